"""OpenVINO from many threads."""

import subprocess
import sys

import pytest

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

        assert ended.stdout.splitlines() == ["(32, 43)"] * 8, ended.stderr
