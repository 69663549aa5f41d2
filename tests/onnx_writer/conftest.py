"""What the tests of the ONNX writer share: metadata of small networks, and answers from both runtimes."""

from dataclasses import replace

import numpy as np
import pytest


@pytest.fixture(scope="session")
def box_metadata(tiny_metadata):
    """Make metadata of a network that takes bytes."""

    def make(image_size, num_classes):
        classes = tiny_metadata.classes[:num_classes]
        return replace(tiny_metadata, preparation="box", image_size=image_size, classes=classes, network="any")

    return make


@pytest.fixture(scope="session")
def ask_onnx():
    """Ask ONNX Runtime."""
    import onnxruntime

    return lambda content, images: onnxruntime.InferenceSession(content).run(None, {"images": images})[0]


@pytest.fixture(scope="session")
def ask_keras():
    """Ask Keras, on whichever back-end."""
    from keras import ops

    return lambda network, images: ops.convert_to_numpy(network(images))


@pytest.fixture(scope="session")
def some_crops():
    """Make crops of noise."""
    return lambda count, size: np.random.default_rng(0).integers(0, 256, (count, size, size, 3), np.uint8)
