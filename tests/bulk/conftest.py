"""A stand-in for a recogniser: it decodes as the real one does, and computes nothing."""

from itertools import islice, repeat
from types import SimpleNamespace

import pytest

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.errors import ImageError
from roadsigns.inference.prediction import ClassProbability, Prediction
from roadsigns.preprocessing.crop import require_box
from roadsigns.preprocessing.decode import decode_image, read_image


@pytest.fixture(scope="session")
def prediction():
    """Make the prediction of a class: itself, and runners-up that follow it."""

    def make(class_id, top_k=3, probability=0.75):
        top = tuple(
            ClassProbability(index % 43, GTSRB_CLASSES[index % 43].name, probability / 4**place)
            for place, index in enumerate(range(class_id, class_id + top_k))
        )
        return Prediction(top[0].class_id, top[0].name, top[0].probability, top)

    return make


@pytest.fixture
def stand_in(prediction):
    """Tells an image's class by its first red value; has noted how large its batches were."""
    batches = []

    def read(image, number):
        try:
            return decode_image(image, name=f"Image {number}") if isinstance(image, bytes) else read_image(image)
        except ImageError as error:
            return error

    def predict_each(images, *, boxes=None, top_k=1):
        pairs = enumerate(zip(images, boxes or repeat(None), strict=False))
        while batch := list(islice(pairs, 4)):
            batches.append(len(batch))
            for number, (image, box) in batch:
                pixels = read(image, number)
                try:
                    if box and not isinstance(pixels, ImageError):
                        require_box(pixels, box)
                except ImageError as error:
                    pixels = error
                yield pixels if isinstance(pixels, ImageError) else prediction(int(pixels[0, 0, 0]), top_k)

    return SimpleNamespace(predict_each=predict_each, classes=GTSRB_CLASSES, batches=batches)


@pytest.fixture(scope="session")
def picture():
    """The bytes of a picture of that class for the stand-in."""

    def make(class_id, side=2):
        return b"P6 %d %d 255\n" % (side, side) + bytes([class_id]) * (3 * side * side)

    return make
