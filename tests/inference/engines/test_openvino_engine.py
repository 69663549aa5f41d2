"""OpenVINO: what it computes in, and from many threads."""

import subprocess
import sys

import pytest

from roadsigns.inference.recognizer import Recognizer

pytest.importorskip("openvino")

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
        monkeypatch.setattr(
            "roadsigns.inference.engines.openvino_engine.gains_from_bfloat16", lambda gains=gains: gains
        )
        recognizer = Recognizer.load(tiny_onnx, engine="openvino")
        answers.append((recognizer.engine.name, recognizer.predict(paths, top_k=43)))

    (exact_name, exact), (lowered_name, lowered) = answers
    assert (exact_name, lowered_name) == ("openvino", "openvino, bfloat16")
    for one, other in zip(exact, lowered, strict=True):
        expected = {entry.class_id: entry.probability for entry in one.top_k}
        assert {entry.class_id: entry.probability for entry in other.top_k} == pytest.approx(expected, abs=0.02)


@pytest.mark.usefixtures("openvino_without_bfloat16")
def test_openvino_says_what_it_computes_in(tiny_onnx, monkeypatch):
    monkeypatch.setattr("roadsigns.inference.engines.openvino_engine.gains_from_bfloat16", lambda: True)

    assert Recognizer.load(tiny_onnx, engine="openvino").engine.name == "openvino"
