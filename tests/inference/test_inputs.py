"""Whatever an image comes as, the crop is the same; what is no image is told by its name or place."""

import io

import numpy as np
import pytest
from PIL import Image

from roadsigns.errors import ImageError
from roadsigns.inference.inputs import crop_of
from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.prepare import Preparation, prepare_crop

PREPARATION = Preparation("stretched-box", 32)


def noise(height, width, seed=0):
    """An RGB image."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def crop(image, box=None, number=0):
    """As the recogniser does."""
    return crop_of(image, PREPARATION, box, number)


@pytest.mark.parametrize(
    "given", [str, lambda path: path, lambda path: path.read_bytes(), Image.open, read_image], ids=lambda kind: ""
)
@pytest.mark.parametrize("box", [None, (8, 9, 40, 38)])
def test_paths_bytes_pillow_images_and_arrays_give_the_same(tmp_path, given, box):
    """With and without a box."""
    path = tmp_path / "sign.png"
    Image.fromarray(noise(60, 50)).save(path)

    np.testing.assert_array_equal(crop(given(path), box), prepare_crop(noise(60, 50), PREPARATION, box))


def test_image_that_does_not_decode_is_named(tmp_path):
    """By its path, or by its place where it has none."""
    broken = tmp_path / "broken.ppm"
    broken.write_bytes(b"P6\n9 9\n255\nshort")

    errors = [crop(broken), crop(b"nothing", number=1), crop(noise(1, 1), number=2)]

    assert all(isinstance(error, ImageError) for error in errors)
    assert str(errors[0]).startswith(f"{broken} does not decode")
    assert str(errors[1]).startswith("Image 1 does not decode")
    assert str(errors[2]).startswith("Image 2: The image has 1x1 pixels")


def test_pillow_image_of_a_broken_file_is_refused():
    """Pillow reads the header when it opens, and the pixels when they are wanted."""
    file = io.BytesIO()
    Image.fromarray(noise(60, 60)).save(file, "PNG")

    error = crop(Image.open(io.BytesIO(file.getvalue()[:5000])))

    assert str(error).startswith("Image 0 does not decode")


def test_box_outside_its_image_is_refused(tmp_path):
    """The image is named."""
    path = tmp_path / "sign.png"
    Image.fromarray(noise(60, 50)).save(path)

    assert str(crop(path, (0, 0, 5000, 5))).startswith(f"{path}: Sign box 0,0,5000,5 does not lie inside")


@pytest.mark.parametrize(
    "array", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3), np.float32)]
)
def test_array_that_is_not_rgb_uint8_is_refused(array):
    """Grey, RGBA and float: guessing what was meant would guess wrong some day."""
    error = str(crop(array))

    assert error.startswith("Image 0 is an array of shape")
    assert error.endswith("Expected RGB, shape (height, width, 3), uint8.")
