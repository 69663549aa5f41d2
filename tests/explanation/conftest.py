"""What the tests of this room share: built-in models in use, drawn signs, and a network that looks at one corner."""

import numpy as np
import pytest

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.inference.recognizer import Recognizer
from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.prepare import Preparation, prepare_crop


class CornerNetwork:
    """An engine that says "stop" the surer the brighter the upper left quarter is, and sees nothing else."""

    name = "corner"

    def __init__(self):
        self.calls = []

    def run_low_latency(self, crops):
        """See `Engine`."""
        self.calls.append(len(crops))
        side = crops.shape[1] // 2
        brightness = crops[:, :side, :side].astype(np.float64).mean(axis=(1, 2, 3)) / 255
        outputs = np.zeros((len(crops), len(GTSRB_CLASSES)))
        outputs[:, 14] = 6 * brightness
        powers = np.exp(outputs)
        return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)

    run_high_throughput = run_low_latency


class CornerRecognizer:
    """A recognizer of it."""

    def __init__(self, preparation):
        self.engine = CornerNetwork()
        self.classes = GTSRB_CLASSES
        self.preparation = preparation

    def outputs(self, crops):
        """See `Recognizer.outputs`."""
        assert crops.dtype == self.preparation.crop_type
        return self.engine.run_low_latency(crops * 255 if crops.dtype == np.float32 else crops)


@pytest.fixture
def corner():
    """A recognizer that looks at the upper left quarter only."""
    return CornerRecognizer(Preparation("box", 32))


@pytest.fixture
def corner_of_floats():
    """The same, whose preparation gives floats."""
    return CornerRecognizer(Preparation("tutorial", 32))


@pytest.fixture
def bright():
    """An image whose four quarters are equally bright, on a dark ground."""
    image = np.full((32, 32, 3), 30, np.uint8)
    for top in (4, 20):
        for left in (4, 20):
            image[top : top + 8, left : left + 8] = 250
    return image


@pytest.fixture(scope="package")
def tiny():
    """The built-in `tiny` as ONNX."""
    return Recognizer.load("tiny", engine="onnxruntime")


@pytest.fixture(scope="package")
def tiny_in_keras():
    """The same network in Keras."""
    return Recognizer.load("tiny", engine="keras")


@pytest.fixture(scope="package")
def drawn_signs(drawn_folder, tiny):
    """Prepared drawn signs, one for every fourth class, as the network sees them; all are read right."""
    from roadsigns.datasets.reader import read_training

    first = {sample.class_id: sample for sample in reversed(read_training(drawn_folder).samples)}
    samples = [first[class_id] for class_id in range(0, 43, 4)]
    crops = [prepare_crop(read_image(sample.path), tiny.preparation, sample.box) for sample in samples]
    read = tiny.outputs(np.stack(crops))[:, :43].argmax(axis=1)
    return [crop for crop, sample, found in zip(crops, samples, read, strict=True) if found == sample.class_id]
