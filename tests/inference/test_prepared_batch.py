"""A batch of images, decoded and prepared, with errors in their places."""

import numpy as np
import pytest

from roadsigns.errors import ImageError
from roadsigns.inference.inputs import pair_with_boxes
from roadsigns.inference.prediction import Prediction
from roadsigns.inference.prepared_batch import prepare_batch
from roadsigns.preprocessing.prepare import Preparation, prepare_crop

SIZE = 32


def noise(seed):
    """An RGB image."""
    return np.random.default_rng(seed).integers(0, 256, (40, 50, 3), np.uint8)


@pytest.mark.parametrize(("name", "dtype"), [("box", np.uint8), ("stretched-box", np.uint8), ("tutorial", np.float32)])
def test_crops_of_the_readable_images_are_stacked(name, dtype):
    """In order, of the preparation's type."""
    preparation = Preparation(name, SIZE)

    prepared = prepare_batch(list(pair_with_boxes([noise(0), b"", noise(1)], None)), preparation)

    assert prepared.crops.dtype == dtype
    np.testing.assert_array_equal(prepared.crops, [prepare_crop(noise(seed), preparation) for seed in (0, 1)])


def test_the_sizes_are_those_of_the_boxes_of_the_readable_images():
    """Or of the whole image, 50x40, where there is no box."""
    boxes = [(10, 5, 40, 25), None, (0, 0, 8, 9)]

    prepared = prepare_batch(list(pair_with_boxes([noise(0), noise(1), b""], boxes)), Preparation("box", SIZE))

    assert prepared.sizes == [(30, 20), (50, 40)]


def test_predictions_and_errors_are_merged_in_the_order_of_the_images():
    """An error in the place of its image, named by it."""
    prepared = prepare_batch(list(pair_with_boxes([b"", noise(0), noise(1), b""], None)), Preparation("box", SIZE))
    first, second = (Prediction(class_id, "a sign", 1.0, ()) for class_id in (3, 5))

    error, *good, last = prepared.merge([first, second])

    assert good == [first, second]
    assert [type(each) for each in (error, last)] == [ImageError, ImageError]
    assert [each.subject for each in (error, last)] == ["Image 0", "Image 3"]


@pytest.mark.parametrize("images", [[], [b""], [b"", b"no image"]])
def test_without_a_readable_image_there_are_no_crops(images):
    """The network need not run; errors are still told."""
    prepared = prepare_batch(list(pair_with_boxes(images, None)), Preparation("box", SIZE))

    assert prepared.crops is None
    assert len(prepared.merge([])) == len(images)
