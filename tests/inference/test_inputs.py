"""Whatever an image comes as, the crop is the same; what is not an image is told by its name or place."""

import io
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image

from roadsigns.errors import ImageError
from roadsigns.inference.inputs import ImageInput, check_arguments, decode_input, pair_with_boxes
from roadsigns.inference.prepared_batch import prepare_batch
from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.prepare import Preparation, prepare_crop

PREPARATION = Preparation("stretched-box", 32)


def noise(height, width, seed=0):
    """An RGB image."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def prepared(image, box=None, number=0):
    """One image's batch, as the recogniser prepares it."""
    *_, given = pair_with_boxes([noise(9, 9)] * number + [image], [None] * number + [box])
    return prepare_batch([given], PREPARATION)


def crop(image, box=None):
    """An image's crop."""
    return prepared(image, box).crops[0]


def error(image, box=None, number=0):
    """Why an image could not be read."""
    return prepared(image, box, number).errors[0]


@pytest.mark.parametrize(
    "given",
    [
        str,
        lambda path: path,
        lambda path: path.read_bytes(),
        lambda path: bytearray(path.read_bytes()),
        lambda path: memoryview(path.read_bytes()),
        Image.open,
        read_image,
    ],
    ids=lambda kind: "",
)
@pytest.mark.parametrize("box", [None, (8, 9, 40, 38)])
def test_paths_bytes_pillow_images_and_arrays_give_the_same(tmp_path, given, box):
    """With and without a box."""
    path = tmp_path / "sign.png"
    Image.fromarray(noise(60, 50)).save(path)

    np.testing.assert_array_equal(crop(given(path), box), prepare_crop(noise(60, 50), PREPARATION, box))


def test_image_that_does_not_decode_is_named(tmp_path):
    """By its path, or by its number where it has none."""
    broken = tmp_path / "broken.ppm"
    broken.write_bytes(b"P6\n9 9\n255\nshort")

    errors = [error(broken), error(b"nothing", number=1), error(noise(1, 1), number=2)]

    assert [type(each) for each in errors] == [ImageError] * 3
    assert [each.subject for each in errors] == [str(broken), "Image 1", "Image 2"]
    assert "does not decode" in errors[0].problem
    assert "1x1 pixels" in errors[2].problem


def test_pillow_image_of_a_broken_file_is_refused():
    """Pillow reads the header when it opens, and the pixels when they are wanted."""
    file = io.BytesIO()
    Image.fromarray(noise(60, 60)).save(file, "PNG")

    refused = error(Image.open(io.BytesIO(file.getvalue()[:5000])))

    assert (refused.subject, refused.expected) == ("Image 0", "a whole image")
    assert "does not decode" in refused.problem


def test_pillow_image_that_its_plugin_cannot_decode_is_refused(monkeypatch):
    """That of AVIF raises a RuntimeError."""
    image = Image.new("RGB", (60, 60))
    monkeypatch.setattr(image, "load", Mock(side_effect=RuntimeError("Failed to decode frame 0")))

    assert "Failed to decode frame 0" in error(image).problem


def test_box_outside_its_image_is_refused(tmp_path):
    """The image is named, and the box."""
    path = tmp_path / "sign.png"
    Image.fromarray(noise(60, 50)).save(path)

    refused = error(path, (0, 0, 5000, 5))

    assert refused.subject == str(path)
    assert "0,0,5000,5" in refused.problem


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((9, 9), np.uint8),
        np.zeros((9, 9, 4), np.uint8),
        np.zeros((9, 9, 3), np.float32),
        np.zeros((0, 9, 3), np.uint8),
    ],
)
def test_array_that_is_not_rgb_uint8_is_refused(array):
    """Grey, RGBA and float: guessing what was meant would guess wrong some day. Without pixels there is no image."""
    refused = error(array)

    assert refused.subject == "Image 0"
    assert str(array.shape) in refused.problem
    assert refused.expected == "an RGB array, shape (height, width, 3), uint8, of at least one pixel"


@pytest.mark.parametrize("image", [None, 5, [1, 2]])
def test_what_is_no_image_is_refused_by_its_type(image):
    """In its place, like an image that does not decode: the others are answered."""
    refused = error(image, number=2)

    assert type(refused) is ImageError
    assert refused.subject == "Image 2"
    assert refused.problem == f"The image is of type {type(image).__name__}."
    assert refused.expected.startswith("a path, the bytes of an image file")


def test_open_file_is_read_from_where_it_stands(tmp_path):
    """Also what is only like one: Flask's uploads are."""
    content = io.BytesIO()
    Image.fromarray(noise(9, 9)).save(content, "PNG")
    (tmp_path / "sign.png").write_bytes(content.getvalue())
    upload = SimpleNamespace(read=content.getvalue)

    with (tmp_path / "sign.png").open("rb") as file:
        for given in (file, io.BytesIO(content.getvalue()), upload):
            np.testing.assert_array_equal(decode_input(ImageInput(given, None, "a")), noise(9, 9))


def test_file_of_text_and_closed_file_are_refused():
    """With how to open it."""
    closed = io.BytesIO(b"P6")
    closed.close()

    assert "open(name, 'rb')" in error(io.StringIO("P6")).hint
    assert "closed" in error(closed).problem


def test_url_is_refused():
    """Nothing is fetched unasked."""
    assert "URL" in error("https://example.com/sign.png").problem


@pytest.mark.parametrize("box", [(), (1, 2, 3), "1,2,3,4", (1, 2, 8.5, 9), (None,) * 4])
@pytest.mark.parametrize("preparation", ["tutorial", "box", "stretched-box"])
def test_box_that_is_none_is_refused(box, preparation):
    """In every preparation; never is the whole image taken instead."""
    (given,) = pair_with_boxes([noise(60, 50)], [box])
    (refused,) = prepare_batch([given], Preparation(preparation, 32)).errors

    assert (refused.subject, refused.problem) == ("Image 0", f"The box is {box!r}.")
    assert "four whole numbers" in refused.expected


@pytest.mark.parametrize(
    "images", ["a.png", b"P6", bytearray(b"P6"), Image.new("RGB", (9, 9)), noise(9, 9), io.BytesIO(b"P6"), None, 5]
)
def test_single_image_is_not_several(images):
    """A path is a sequence of letters, an array one of rows and an open file one of lines."""
    with pytest.raises(TypeError, match=f"images is of type {type(images).__name__}.*Use predict_one"):
        check_arguments(images, None, 1)


@pytest.mark.parametrize("boxes", [5, "1,2,3,4"])
def test_boxes_that_are_no_list_are_refused(boxes):
    """Before any image is read."""
    with pytest.raises(TypeError, match=f"boxes is of type {type(boxes).__name__}"):
        check_arguments(iter([]), boxes, 1)


@pytest.mark.parametrize("top_k", ["3", 2.5, 2.0, None, True, [1]])
def test_top_k_that_is_no_whole_number_is_refused(top_k):
    """NumPy's integers are whole numbers too."""
    check_arguments([], None, np.int64(3))
    with pytest.raises(TypeError, match="Expected a whole number") as raised:
        check_arguments([], None, top_k)
    assert f"'top_k' is {top_k!r}." in str(raised.value)


def test_images_without_boxes_are_paired_with_none():
    """Named by their paths, or by their numbers."""
    pairs = list(pair_with_boxes(["a.png", b"P6"], None))

    assert pairs == [ImageInput("a.png", None, "a.png"), ImageInput(b"P6", None, "Image 1")]


@pytest.mark.parametrize(("images", "boxes", "ended"), [(3, 1, "1 boxes and more images"), (1, 2, "1 images and more")])
def test_images_and_boxes_of_unequal_number_are_an_error(images, boxes, ended):
    """No image is dropped in silence, and no box."""
    pairs = pair_with_boxes((b"P6" for _ in range(images)), (None for _ in range(boxes)))

    assert next(pairs).image == b"P6"
    with pytest.raises(ValueError, match=ended):
        list(pairs)
