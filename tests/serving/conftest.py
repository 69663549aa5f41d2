"""A service with small limits, a client of it, and images that the stand-in for the network reads."""

import io

import httpx
import numpy as np
import pytest
from fixtures.service import StandIn, StandInDetector
from PIL import Image

SIDE = 40


@pytest.fixture(scope="session")
def encode():
    """Write a Pillow image to the bytes of a file."""

    def write(image, kind="PNG", **options):
        stream = io.BytesIO()
        image.save(stream, kind, **options)
        return stream.getvalue()

    return write


@pytest.fixture(scope="session")
def png(encode):
    """The bytes of a square PNG that the stand-in reads as this class."""

    def write(class_id, side=SIDE):
        return encode(Image.fromarray(np.full((side, side, 3), class_id, np.uint8)))

    return write


@pytest.fixture
def stand_in(tiny_metadata):
    """A stand-in of its own."""
    return StandIn(tiny_metadata)


@pytest.fixture
def detector():
    """A stand-in for the detector, of its own."""
    return StandInDetector()


@pytest.fixture(scope="session")
def photograph(encode):
    """The bytes of a PNG in which the stand-in finds so many signs of a class."""

    def write(signs, class_id=14, size=(60, 40)):
        width, height = size
        return encode(Image.fromarray(np.full((height, width, 3), (signs, class_id, 0), np.uint8)))

    return write


@pytest.fixture(scope="module")
def service(tiny_metadata, running):
    """A service with small limits."""
    limits = {"image_pixels": 4_000_000, "request_bytes": 1_000_000, "images": 8}
    with running(StandIn(tiny_metadata), detector=StandInDetector(), **limits) as service:
        yield service


@pytest.fixture(scope="module")
def client(service):
    """A client of that service."""
    with httpx.Client(base_url=service.url, timeout=20) as client:
        yield client
