"""Framing: a single resampling from the original pixels. The oracle is geometry: ramps, whose value tells the place."""

import numpy as np
import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.errors import ImageError
from roadsigns.preprocessing.crop_transform import compose, crop_matrix, halve_until_sampled, resample

SIDES = st.integers(2, 300)


def ramps(height, width):
    """An image that tells where it was looked at: x in its first channel, y in its second, float32."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    return np.dstack([x, y, np.zeros_like(x)])


def points(size):
    """The middles of a square's pixels in pixels from its corner."""
    return np.arange(size) + 0.5


@pytest.mark.parametrize("margin", [-0.1, 0.0, 0.1, 0.5])
@pytest.mark.parametrize("box", [(40, 30, 72, 62), (40, 30, 60, 62), (41, 33, 72, 62)])
def test_pixels_show_what_lies_evenly_over_box_and_margin(box, margin):
    """The square is about the box's middle, as long as its longer side and the margin on both ends."""
    x1, y1, x2, y2 = box
    side = (1 + 2 * margin) * max(x2 - x1, y2 - y1)
    matrix = crop_matrix(np.zeros((120, 130, 3), np.uint8), box, image_size=32, margin=margin)

    crop = resample(ramps(120, 130), matrix, image_size=32)

    # A ramp's value is the pixel's number, half a pixel less than its middle's distance from the corner.
    np.testing.assert_allclose(crop[0, :, 0], (x1 + x2 - side) / 2 + points(32) * side / 32 - 0.5, atol=0.04)
    np.testing.assert_allclose(crop[:, 0, 1], (y1 + y2 - side) / 2 + points(32) * side / 32 - 0.5, atol=0.04)


@pytest.mark.parametrize("box", [(40, 30, 72, 62), (40, 30, 56, 62), (41, 33, 105, 62)])
def test_stretched_box_fills_the_square(box):
    """Each of its sides with the margin of its own length."""
    x1, y1, x2, y2 = box
    across, down = 1.2 * (x2 - x1), 1.2 * (y2 - y1)
    matrix = crop_matrix(np.zeros((120, 130, 3), np.uint8), box, image_size=32, margin=0.1, stretch=True)

    crop = resample(ramps(120, 130), matrix, image_size=32)

    np.testing.assert_allclose(crop[0, :, 0], (x1 + x2 - across) / 2 + points(32) * across / 32 - 0.5, atol=0.04)
    np.testing.assert_allclose(crop[:, 0, 1], (y1 + y2 - down) / 2 + points(32) * down / 32 - 0.5, atol=0.04)


def test_stretched_large_box_is_shrunk_for_its_longer_side():
    """Which would skip pixels; the shorter one is then enlarged again."""
    image = np.zeros((300, 300, 3), np.uint8)

    shrunk, matrix = halve_until_sampled(
        image, crop_matrix(image, (100, 0, 140, 256), image_size=32, margin=0.0, stretch=True)
    )

    assert shrunk.shape == (38 - 1, 37, 3)
    assert (matrix[0, 0], matrix[1, 1]) == (40 / 32 / 8, 1.0)


def test_box_of_the_squares_size_is_copied():
    """No pixel is resampled where none need be."""
    image = np.random.default_rng(0).integers(0, 256, (60, 70, 3), np.uint8)
    matrix = crop_matrix(image, (10, 20, 42, 52), image_size=32, margin=0.0)

    np.testing.assert_array_equal(resample(image, matrix, image_size=32), image[20:52, 10:42])


@pytest.mark.parametrize(("side", "border"), [(30, 5), (50, 5), (60, 5), (120, 10), (240, 20), (16, 4), (2, 0.5)])
def test_without_a_box_gtsrbs_border_is_taken_off(side, border):
    """10 %, at least 5 pixels; of an image too small for that, a quarter."""
    matrix = crop_matrix(np.zeros((side, side, 3), np.uint8), None, image_size=32, margin=0.0)

    left, top = matrix[:, 2] - matrix[:, :2] @ [0.5, 0.5] + 0.5
    assert (left, top) == pytest.approx((border, border))
    assert matrix[0, 0] * 32 == pytest.approx(side - 2 * border)


@pytest.mark.parametrize("box", [(-1, 0, 9, 9), (0, 0, 31, 9), (5, 5, 5, 9)])
def test_box_outside_the_image_is_refused(box):
    with raises(ImageError, problem=f"The box {box[0]},{box[1]},{box[2]},{box[3]} "):
        crop_matrix(np.zeros((30, 30, 3), np.uint8), box, image_size=32, margin=0.1)


@given(SIDES, SIDES)
def test_shrunk_images_are_sampled_in_steps_below_two(height, width):
    """So that no pixel is skipped; of the smallest images one row or column may be left."""
    image = np.zeros((height, width, 3), np.uint8)

    shrunk, matrix = halve_until_sampled(image, crop_matrix(image, None, image_size=32, margin=0.1))

    assert matrix[0, 0] < 2 or min(shrunk.shape[:2]) == 1


@given(st.integers(90, 300), st.integers(90, 300))
def test_shrinking_moves_nothing(height, width):
    """A pixel of the halves is the middle of two by two, or of four by four pixels of the whole."""
    image = ramps(height, width).astype(np.uint8)
    matrix = crop_matrix(image, None, image_size=32, margin=0.1)

    shrunk, halved = halve_until_sampled(image, matrix)

    times = round(matrix[0, 0] / halved[0, 0])
    assert times in {2, 4, 8}
    assert shrunk.shape == (height // times, width // times, 3)
    points = np.random.default_rng(0).uniform(0, 32, (3, 9))
    points[2] = 1
    np.testing.assert_allclose(times * (halved @ points) + (times - 1) / 2, matrix @ points)
    np.testing.assert_allclose(shrunk[2, 3], image[2 * times : 3 * times, 3 * times : 4 * times].mean((0, 1)), atol=2)


def test_fine_lines_of_a_large_sign_become_grey():
    """Taken pixel by pixel they would flicker between black and white."""
    image = np.zeros((256, 256, 3), np.uint8)
    image[:, ::2] = 255

    crop = resample(
        *halve_until_sampled(image, crop_matrix(image, (0, 0, 256, 256), image_size=32, margin=0.0)), image_size=32
    )

    assert crop.min() >= 126
    assert crop.max() <= 129


@given(st.integers(0, 2**32 - 1))
def test_change_of_a_frame_is_a_change_of_its_crop(seed):
    """Where one resampling looks is where two would have looked one after the other."""
    rng = np.random.default_rng(seed)
    matrix, change = rng.normal(size=(2, 2, 3))
    point = rng.normal(size=2)

    direct = compose(matrix, change) @ [*point, 1]

    np.testing.assert_allclose(direct, matrix @ [*(change @ [*point, 1]), 1], atol=1e-9)


def test_frames_are_changed_many_at_once():
    """Each by its own change."""
    matrices, changes = np.random.default_rng(0).normal(size=(2, 5, 2, 3))

    for matrix, change, combined in zip(matrices, changes, compose(matrices, changes), strict=True):
        np.testing.assert_allclose(combined, compose(matrix, change))


def test_outside_the_image_its_edge_is_repeated():
    """A sign at the border of its picture gets no black bar."""
    image = np.full((20, 20, 3), 77, np.uint8)

    crop = resample(image, crop_matrix(image, (0, 0, 20, 20), image_size=32, margin=0.5), image_size=32)

    assert (crop == 77).all()
