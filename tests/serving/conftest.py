"""A service on loopback over a stand-in for the network: what it reads is written into the first pixel."""

import io
import json
import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace

import httpx
import numpy as np
import pytest
from PIL import Image

from roadsigns.datasets.spec import GTSRB_CLASSES
from roadsigns.errors import ImageError
from roadsigns.inference.prediction import ClassProbability, Prediction
from roadsigns.preprocessing.crop import require_box

SIDE = 40


class StandIn:
    """Reads the class from the red of the image's first pixel, or of the box's; takes as long as it is told.

    While `free` is cleared it does not answer at all: a time is over too soon on a busy machine.
    """

    def __init__(self, metadata):
        self.metadata = metadata
        self.classes = GTSRB_CLASSES
        self.seconds = 0.0
        self.free = threading.Event()
        self.free.set()
        self.fault = None
        self.batches = []

    def predict_each(self, images, *, boxes=None, top_k=1):
        self.batches.append(len(images))
        time.sleep(self.seconds)
        assert self.free.wait(20)
        if self.fault:
            raise self.fault
        for image, box in zip(images, boxes or [None] * len(images), strict=True):
            try:
                if box:
                    require_box(image, box)
            except ImageError as error:
                yield error
                continue
            first = int(image[box[1], box[0], 0] if box else image[0, 0, 0])
            order = [(first + step) % 43 for step in range(top_k)]
            top = tuple(ClassProbability(i, GTSRB_CLASSES[i].name, 0.5 ** (n + 1)) for n, i in enumerate(order))
            yield Prediction(top[0].class_id, top[0].name, top[0].probability, top)


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


class Log:
    """A stream that keeps lines of JSON."""

    def __init__(self):
        self.lines = []

    def write(self, text):
        self.lines += [json.loads(line) for line in text.splitlines()]

    def flush(self):
        """Nothing waits."""


@pytest.fixture
def stand_in(tiny_metadata):
    """A stand-in of its own."""
    return StandIn(tiny_metadata)


@pytest.fixture(scope="session")
def running():
    """Run a service on a free port, with these limits; gives its url, address, server, recognizer, log and thread."""
    return _running


@pytest.fixture(scope="module")
def service(tiny_metadata):
    """A service with small limits."""
    limits = {"image_pixels": 4_000_000, "request_bytes": 1_000_000, "images": 8}
    with _running(StandIn(tiny_metadata), **limits) as service:
        yield service


@pytest.fixture(scope="module")
def client(service):
    """A client of that service."""
    with httpx.Client(base_url=service.url, timeout=20) as client:
        yield client


@pytest.fixture(scope="module")
def stand_in_of_the_module(tiny_metadata):
    """A stand-in for a service that several tests share."""
    return StandIn(tiny_metadata)


@contextmanager
def _running(recognizer, **limits):
    """A service on a free port; gives its url, server, recognizer and log."""
    from roadsigns.serving.limits import Limits
    from roadsigns.serving.logs import make_logger
    from roadsigns.serving.server import Server, allow_many_connections, bind, url_of

    allow_many_connections()
    log = Log()
    with bind("127.0.0.1", 0) as listener:
        url, address = url_of(listener), listener.getsockname()
        server = Server(recognizer, name="stand-in", logger=make_logger(log, level="debug"), limits=Limits(**limits))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        try:
            yield SimpleNamespace(
                url=url, address=address, server=server, recognizer=recognizer, log=log, thread=thread
            )
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()
