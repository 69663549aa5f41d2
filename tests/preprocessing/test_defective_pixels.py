"""Salt and pepper and dead rows are repaired; images without them stay exactly as they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.preprocessing.crop_transform import crop_matrix, resample
from roadsigns.preprocessing.defective_pixels import repair_crop, repair_defective_pixels
from roadsigns.preprocessing.prepare import Preparation, prepare_crop
from roadsigns.robustness.corruptions import graded_corruptions
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track

KINDS = {kind.name: kind for kind in graded_corruptions()}
# Those that lose single pixels.
DEFECTS = ("impulse noise", "dead pixels")


@pytest.fixture(scope="module")
def signs():
    """Drawn signs with their boxes."""
    rng = np.random.default_rng(0)
    return [
        sign
        for class_id in range(0, 43, 6)
        for sign in draw_track(class_id, designs=official_designs(), drawing=Drawing(), frames=2, rng=rng)
    ]


def distance(image, other):
    """The mean distance of two images in levels."""
    return np.abs(image.astype(int) - other.astype(int)).mean()


@pytest.mark.parametrize("kind", DEFECTS)
@pytest.mark.parametrize("severity", [2, 3, 4, 5])
def test_most_of_what_defects_did_is_undone(signs, kind, severity):
    """In the mean over all signs, six tenths of it and more."""
    broken = [KINDS[kind].apply(image, box, severity, np.random.default_rng(severity)) for image, box in signs]

    repaired = [repair_defective_pixels(image) for image in broken]

    left = sum(distance(image, clean) for image, (clean, _) in zip(repaired, signs, strict=True))
    assert left < sum(distance(image, clean) for image, (clean, _) in zip(broken, signs, strict=True)) * 0.4


@pytest.mark.parametrize("kind", ["", *sorted(set(KINDS) - set(DEFECTS))])
def test_all_else_stays_as_it_is(signs, kind):
    """Clean signs, and those under every other kind of corruption: a median makes noise in all pixels worse."""
    for image, box in signs:
        given_image = KINDS[kind].apply(image, box, 3, np.random.default_rng(0)) if kind else image

        assert repair_defective_pixels(given_image) is given_image


def test_a_line_of_single_pixels_stays():
    """A thin stroke is no defect."""
    image = np.full((40, 40, 3), 230, np.uint8)
    image[:, 20] = 10
    image[np.arange(40), np.arange(40)] = 10

    assert repair_defective_pixels(image) is image


def test_pixels_one_above_the_other_stay():
    """Thin strokes have such ends. A program that leaves the look at columns out would repair them."""
    image = np.full((40, 40, 3), 120, np.uint8)
    for y, x in np.random.default_rng(0).integers(1, 38, (20, 2)).tolist():
        image[y : y + 2, x] = 250

    assert repair_defective_pixels(image) is image


@given(st.integers(2, 30), st.integers(2, 30), st.floats(0, 0.3), st.integers(0, 9))
def test_an_even_surface_comes_back(height, width, share, seed):
    """Shape and dtype too, and the input is untouched."""
    image = np.full((height, width, 3), 120, np.uint8)
    lost = np.random.default_rng(seed).random((height, width)) < share / 10
    image[lost] = 255
    before = image.copy()

    repaired = repair_defective_pixels(image)

    assert repaired.shape == image.shape
    assert repaired.dtype == np.uint8
    assert set(np.unique(repaired)) <= set(np.unique(image)) | {187}
    np.testing.assert_array_equal(image, before)


def test_only_what_the_crop_shows_is_looked_at(signs):
    """Defects elsewhere in a photograph are left, and do not decide about the sign."""
    sign, box = signs[-1]
    photograph = np.full((300, 400, 3), 90, np.uint8)
    height, width = sign.shape[:2]
    photograph[100 : 100 + height, 150 : 150 + width] = sign
    photograph[200:290:2, 10:140:2] = 255
    inside = (150 + box.x1, 100 + box.y1, 150 + box.x2, 100 + box.y2)
    matrix = crop_matrix(photograph, inside, image_size=40, margin=0.1)
    assert repair_crop(photograph, matrix, 40) is photograph

    photograph[100 : 100 + height, 150 : 150 + width][::3, ::3] = 255
    repaired = repair_crop(photograph, matrix, 40)

    assert repaired is not photograph
    np.testing.assert_array_equal(repaired[200:290, 10:140], photograph[200:290, 10:140])


def test_preparations_with_boxes_repair(signs):
    """Before they resample; what comes out is nearer to the clean sign."""
    image, box = signs[-1]
    broken = KINDS["impulse noise"].apply(image, box, 3, np.random.default_rng(0))
    for name in ("box", "stretched-box"):
        preparation = Preparation(name, 40)
        clean = prepare_crop(image, preparation, box)
        matrix = crop_matrix(image, box, image_size=40, margin=preparation.margin, stretch=name == "stretched-box")

        raw = resample(broken, matrix, image_size=40)

        assert distance(prepare_crop(broken, preparation, box), clean) < distance(raw, clean) / 3


def test_very_large_signs_are_left_as_they_are():
    """Halving them takes means of many pixels, and to look at all would take long."""
    image = np.zeros((400, 400, 3), np.uint8)
    image[::3, ::3] = 255

    assert repair_crop(image, crop_matrix(image, None, image_size=40, margin=0.1), 40) is image
