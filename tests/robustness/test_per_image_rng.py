"""Randomness of an image's own."""

from roadsigns.robustness.per_image_rng import image_generator
from roadsigns.types import LabelledImage

ROW = LabelledImage("00014/00003_00027.ppm", 14, "00003")


def test_an_image_has_the_same_randomness_each_time():
    """The number is written here, since metrics of other days hang on it."""
    assert image_generator(ROW, 0).integers(1_000_000) == 209_032


def test_seed_name_track_and_class_all_decide():
    """None of them shares randomness with another."""
    others = [ROW._replace(image="00014/00003_00028.ppm"), ROW._replace(track="00004"), ROW._replace(class_id=15)]

    drawn = {image_generator(row, 0).integers(2**60) for row in (ROW, *others)} | {
        image_generator(ROW, 1).integers(2**60)
    }

    assert len(drawn) == 5
