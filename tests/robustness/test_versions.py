"""All versions of an image: the same wherever it lies, and each kind independent of the others."""

import numpy as np
import pytest

from roadsigns.errors import ImageError
from roadsigns.robustness.versions import cut_surroundings, image_versions
from roadsigns.types import Box, LabelledImage

IMAGE = np.random.default_rng(0).integers(0, 256, (40, 38, 3), np.uint8)
ROW = LabelledImage("00014/00003_00027.ppm", 14, "00003")
BOX = Box(5, 6, 33, 34)


def versions(kinds=("fog", "gaussian noise"), seed=0, row=ROW, box=BOX):
    return list(image_versions(IMAGE, box, row, kinds=kinds, seed=seed))


def test_the_image_itself_comes_first():
    assert len(versions()) == 1 + 2 * 5
    np.testing.assert_array_equal(versions()[0], IMAGE)


def test_another_kind_beside_it_changes_nothing_in_a_kind():
    """So figures of one kind stay when others are added or left out."""
    np.testing.assert_array_equal(versions()[6:], versions(("gaussian noise",))[1:])


def test_severities_have_the_same_noise():
    """They differ in strength alone: here by 15 / 8, where nothing is cut off."""
    grey = np.full((40, 38, 3), 128, np.uint8)
    _, mild, worse, *_ = image_versions(grey, BOX, ROW, kinds=("gaussian noise",), seed=0)

    np.testing.assert_allclose((worse - 128.0) * 8 / 15, mild - 128.0, atol=1.1)


@pytest.mark.parametrize(
    "other", [{"seed": 1}, {"row": ROW._replace(image="00014/00003_00028.ppm")}, {"row": ROW._replace(track="00004")}]
)
def test_seed_and_name_decide(other):
    """Two frames of a sign have noise of their own; twice the same is the same."""
    np.testing.assert_array_equal(versions()[6:], versions()[6:])
    assert not np.array_equal(versions()[6], versions(**other)[6])


def test_box_outside_the_image_is_refused():
    with pytest.raises(ImageError):
        versions(box=Box(0, 0, 39, 40))


def test_photograph_is_cut_to_the_sign_and_its_side_around_it():
    """The box moves along; what the margin of a preparation needs is still there."""
    photo = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)

    cut, box = cut_surroundings(photo, Box(100, 50, 130, 70))

    assert cut.shape == (80, 90, 3)
    assert box == (30, 30, 60, 50)
    np.testing.assert_array_equal(cut[30:50, 30:60], photo[50:70, 100:130])


def test_image_of_a_sign_stays_whole():
    """As those of GTSRB, with a tenth of margin."""
    cut, box = cut_surroundings(IMAGE, BOX)

    np.testing.assert_array_equal(cut, IMAGE)
    assert box == BOX
