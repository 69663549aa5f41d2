"""The drawn golden inputs."""

import numpy as np
import pytest

from roadsigns.exports.parity.golden_inputs import FRAMES, golden_images, golden_inputs
from roadsigns.preprocessing.prepare import Preparation


def test_golden_images_are_signs_of_every_class_and_nothing():
    """43 classes in 8 sizes; black, grey, white, noise. No two are equal."""
    images = golden_images()

    assert len(images) == 43 * FRAMES + 4
    assert sum(box is None for _, box in images) == 4
    assert len({image.tobytes() for image, _ in images}) == len(images)
    assert len({image.shape for image, _ in images}) > 50


@pytest.mark.parametrize(("name", "dtype"), [("box", np.uint8), ("stretched-box", np.uint8), ("tutorial", np.float32)])
def test_golden_inputs_are_what_an_export_takes(name, dtype):
    """All in one array, of the preparation's type and the model's size."""
    inputs = golden_inputs(Preparation(name, 24))

    assert (inputs.shape, inputs.dtype) == ((348, 24, 24, 3), dtype)


def test_golden_images_are_the_same_each_time():
    """Drawn anew, they are equal."""
    again = golden_images.__wrapped__()

    assert [image.tobytes() for image, _ in again] == [image.tobytes() for image, _ in golden_images()]
