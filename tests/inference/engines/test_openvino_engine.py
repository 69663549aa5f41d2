"""OpenVINO: what it computes in, and from many threads."""

import subprocess
import sys

import numpy as np
import pytest

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.inference.decide import DecisionRule
from roadsigns.inference.recognizer import Recognizer

pytest.importorskip("openvino")

from roadsigns.inference.engines.openvino_engine import in_doubt

# The interpreter changes threads as often as it can, so that they meet where they would meet once in a thousand runs.
AT_ONCE = """
import sys, threading
import numpy as np
from roadsigns import Recognizer

THREADS = 8
recognizer = Recognizer.load("fast", engine="openvino", threads=2)
ready = threading.Barrier(THREADS)
shapes = []

def infer():
    ready.wait()
    shapes.append(recognizer.engine.run_high_throughput(np.zeros((32, 32, 32, 3), np.uint8)).shape)

sys.setswitchinterval(1e-6)
threads = [threading.Thread(target=infer) for _ in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(*shapes, sep="\\n")
"""


def load(model, monkeypatch, *, gains):
    """Load a model in OpenVINO on a CPU that is, or is not, faster in bfloat16."""
    monkeypatch.setattr("roadsigns.inference.engines.openvino_engine.gains_from_bfloat16", lambda: gains)
    return Recognizer.load(model, engine="openvino")


def test_first_inferences_do_not_wait_for_each_other_for_ever():
    """Of 8 threads at once in a new process: before the network was tried out in one, 9 of 10 processes hung."""
    for _ in range(2):
        ended = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, timeout=120, check=True)

        assert ended.stdout.splitlines() == ["(32, 48)"] * 8, ended.stderr


@pytest.mark.usefixtures("bfloat16_in_openvino")
def test_openvino_computes_in_bfloat16_where_it_pays(tiny_onnx, paths, monkeypatch):
    """It says so, and strays by no more than is documented."""
    answers = []
    for gains in (False, True):
        recognizer = load(tiny_onnx, monkeypatch, gains=gains)
        answers.append((recognizer.engine.name, recognizer.predict(paths, top_k=43)))

    (exact_name, exact), (lowered_name, lowered) = answers
    assert (exact_name, lowered_name) == ("openvino", "openvino, bfloat16")
    for one, other in zip(exact, lowered, strict=True):
        expected = {entry.class_id: entry.probability for entry in one.top_k}
        assert {entry.class_id: entry.probability for entry in other.top_k} == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("classes", "kinds", "doubt"),
    [
        ([0.95, 0.05], [], False),
        ([0.6, 0.4], [], True),
        ([0.95, 0.05], [0.01, 0.01], False),
        ([0.95, 0.05], [0.2, 0.01], True),
        ([0.6, 0.4], [0.95, 0.01], False),
        ([0.6, 0.4], [0.5, 0.45], True),
        ([np.nan, 0.5], [], True),
    ],
)
def test_an_image_is_in_doubt_if_no_class_and_no_kind_of_unknown_is_probable(classes, kinds, doubt):
    """The probabilities of classes hold for known signs alone, those of kinds for any image."""
    outputs = np.array([classes + kinds], np.float32)

    assert in_doubt(outputs, DecisionRule(GTSRB_CLASSES[:2])).tolist() == [doubt]


def test_an_image_is_in_doubt_if_rounding_could_change_its_decision():
    """However probable its class is."""
    rule = DecisionRule(GTSRB_CLASSES[:2], ("danger", "no sign"), threshold=0.98, quantile=0.98)
    outputs = np.array([[0.999, 0.001, 0.001, 0], [0.999, 0.001, 0.021, 0], [0.981, 0.019, 0.001, 0]], np.float32)

    assert in_doubt(outputs, rule).tolist() == [False, True, True]


@pytest.mark.usefixtures("bfloat16_in_openvino")
def test_what_is_in_doubt_in_bfloat16_is_computed_in_float32(monkeypatch):
    """One by one, a few at once and in batches; the rest stays as it is."""
    crops = np.random.default_rng(0).integers(0, 256, (40, 40, 40, 3), np.uint8)
    engines = {}
    for gains in (False, True):
        monkeypatch.setattr(
            "roadsigns.inference.engines.openvino_engine.gains_from_bfloat16", lambda gains=gains: gains
        )
        recognizer = Recognizer.load("best", engine="openvino")
        engines[gains], rule = recognizer.engine, recognizer.rule

    for run in ("run_low_latency", "run_high_throughput"):
        for count in (1, 5, 40):
            exact, lowered = (getattr(engines[gains], run)(crops[:count]) for gains in (False, True))
            doubt = in_doubt(lowered, rule)
            assert np.abs(lowered - exact)[doubt].max(initial=0) <= 1e-4
            assert count < 40 or 0 < doubt.sum() < count
            assert count < 40 or np.abs(lowered - exact)[~doubt].max() > 1e-4


@pytest.mark.usefixtures("openvino_without_bfloat16")
def test_openvino_says_what_it_computes_in(tiny_onnx, monkeypatch):
    assert load(tiny_onnx, monkeypatch, gains=True).engine.name == "openvino"
