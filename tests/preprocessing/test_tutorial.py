"""The tutorial's preparation. Its oracle is scikit-image, called as the tutorial called it in 2017."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage import color, exposure, transform

from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.tutorial import (
    crop_central_square,
    equalising_gain,
    hsv_value,
    prepare_tutorial,
    resize_bilinear,
    scale_value,
)

WHITE = 255
SIDES = st.integers(2, 70)
SHAPES = st.tuples(SIDES, SIDES, st.just(3))


def prepare_as_in_2017(image, image_size=48):
    """The tutorial's `preprocess_img`. In 2017 `resize` was bilinear, black outside, without anti-aliasing."""
    hsv = color.rgb2hsv(image)
    hsv[:, :, 2] = exposure.equalize_hist(hsv[:, :, 2])
    image = color.hsv2rgb(hsv)
    min_side = min(image.shape[:-1])
    centre = image.shape[0] // 2, image.shape[1] // 2
    image = image[
        centre[0] - min_side // 2 : centre[0] + min_side // 2, centre[1] - min_side // 2 : centre[1] + min_side // 2
    ]
    return transform.resize(image, (image_size, image_size), order=1, mode="constant", anti_aliasing=False)


def assert_equals_2017(image, image_size=48):
    """Within 1/255 at most and 0.2/255 on average."""
    prepared = prepare_tutorial(image, image_size)
    difference = np.abs(prepared - prepare_as_in_2017(image, image_size)) * WHITE

    assert difference.max() <= 1
    assert difference.mean() <= 0.2


@given(arrays(np.uint8, SHAPES, fill=st.integers(0, 255)))
def test_any_image_is_prepared_as_in_2017(image):
    """Odd and even sides, wide and tall, enlarged and reduced, few colours and many."""
    assert_equals_2017(image)


@given(SHAPES, st.integers(0, 2**32 - 1))
def test_noise_is_prepared_as_in_2017(shape, seed):
    """The hardest case for interpolation: no pixel is like its neighbour."""
    assert_equals_2017(np.random.default_rng(seed).integers(0, 256, shape, np.uint8))


@given(SHAPES, st.tuples(*[st.integers(0, 255)] * 3))
def test_image_of_one_colour_is_prepared_as_in_2017(shape, colour):
    """A histogram of one level has no width; numpy then widens it by a half on each side."""
    assert_equals_2017(np.full(shape, colour, np.uint8))


@pytest.mark.parametrize("level", [0, 1, 127, 254, 255])
def test_black_grey_and_white_images_are_prepared_as_in_2017(level):
    """At 48 pixels, nothing is resized."""
    assert_equals_2017(np.full((48, 48, 3), level, np.uint8))


@given(arrays(np.uint8, SHAPES, elements=st.sampled_from([0, 0, 1, 255])))
def test_images_with_black_pixels_are_prepared_as_in_2017(image):
    """Black has no hue, and becomes grey when V is raised."""
    assert_equals_2017(image)


@pytest.mark.parametrize("image_size", [32, 48, 65])
def test_drawn_signs_are_prepared_as_in_2017(drawn_folder, image_size):
    """One image of each class, at three sizes."""
    for path in sorted(drawn_folder.glob("Final_Training/Images/*/00000_00001.ppm")):
        assert_equals_2017(read_image(path), image_size)


@pytest.mark.gtsrb
def test_real_signs_are_prepared_as_in_2017(gtsrb_folder):
    """500 images of the training set, chosen by a seed."""
    paths = sorted(gtsrb_folder.glob("Final_Training/Images/*/*.ppm"))

    for index in np.random.default_rng(0).choice(len(paths), 500, replace=False):
        assert_equals_2017(read_image(paths[index]))


@given(arrays(np.uint8, SHAPES, fill=st.integers(0, 255)), st.integers(32, 64))
def test_result_has_the_networks_shape_and_range(image, image_size):
    """Float32 in [0, 1], and the input is untouched."""
    before = image.copy()

    prepared = prepare_tutorial(image, image_size)

    assert prepared.shape == (image_size, image_size, 3)
    assert prepared.dtype == np.float32
    assert prepared.min() >= 0
    assert prepared.max() <= 1 + 1e-6
    np.testing.assert_array_equal(image, before)


def test_read_only_image_is_prepared():
    image = np.arange(25 * 25 * 3, dtype=np.uint8).reshape(25, 25, 3)
    image.flags.writeable = False

    assert prepare_tutorial(image, 48).shape == (48, 48, 3)


def test_part_of_an_image_is_prepared_like_a_copy_of_it():
    """A crop is a view into a larger image, not contiguous in memory."""
    image = np.random.default_rng(0).integers(0, 256, (90, 80, 3), np.uint8)
    part = image[11:60, 7:50]

    np.testing.assert_array_equal(
        prepare_tutorial(part, 48),
        prepare_tutorial(part.copy(), 48),
    )


def test_equalised_value_spreads_over_the_whole_range():
    """A dark image with little contrast reaches white, and keeps its hue."""
    image = np.random.default_rng(0).integers(20, 40, (48, 48, 3), np.uint8)

    value = hsv_value(image)
    equalised = scale_value(image, value, equalising_gain(value))

    assert equalised.max() == pytest.approx(1)
    np.testing.assert_allclose(color.rgb2hsv(equalised)[:, :, 0], color.rgb2hsv(image)[:, :, 0], atol=1e-3)


@pytest.mark.parametrize(
    ("height", "width", "side"), [(30, 40, 30), (31, 40, 30), (40, 31, 30), (25, 25, 24), (2, 9, 2)]
)
def test_central_square_has_the_tutorials_even_side(height, width, side):
    """Odd sides lose a row or column: the tutorial takes half of the side on both sides of the centre."""
    assert crop_central_square(np.zeros((height, width, 3), np.float32)).shape == (side, side, 3)


def test_image_of_the_right_size_is_not_resampled():
    """48 pixels stay the 48 pixels they are."""
    image = np.random.default_rng(0).random((48, 48, 3), np.float32)

    np.testing.assert_array_equal(resize_bilinear(image, 48), image)
