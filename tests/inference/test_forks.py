"""A loaded model in forked processes: it works, or says at once what to do."""

import os
import signal
import subprocess
import sys

import pytest
from fixtures.errors import raises

from roadsigns.errors import ModelError
from roadsigns.inference.forks import require_own_process

# Loads a model, runs `before` images, says whether that left the process as it was, and forks. The copy runs `after`
# images, with the model that it inherits or with a fresh one, and ends as a process ends that ends itself. Then the
# next copy.
PROGRAM = """
import gc, os, sys
import numpy as np
from roadsigns import Recognizer
from roadsigns.errors import ModelError

model, engine, before, after, *kinds = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
images = [np.full((40, 40, 3), value, np.uint8) for value in range(40)]

def state():
    return gc.isenabled(), gc.get_freeze_count(), os.environ.get("TF_CPP_MIN_LOG_LEVEL")

os.environ.pop("TF_CPP_MIN_LOG_LEVEL", None)
found = state()
recognizer = Recognizer.load(model, engine=engine, threads=2)
wanted = [prediction.class_id for prediction in recognizer.predict(images[: before or 1])]
print("untouched" if state() == found else "changed", flush=True)
for fresh in kinds:
    if os.fork() == 0:
        try:
            if fresh:
                recognizer = Recognizer.load(model, engine=engine, threads=2)
            got = [prediction.class_id for prediction in recognizer.predict(images[:after])]
            print("same" if got[: len(wanted)] == wanted[: len(got)] else "other", flush=True)
        except ModelError as error:
            print(error.hint, flush=True)
        sys.exit(0)
    print("status", os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""


@pytest.fixture(scope="module")
def fork():
    """Run the program in a process group of its own, which is killed if it hangs; gives what both processes printed."""

    def run(*arguments):
        command = [sys.executable, "-W", "ignore", "-c", PROGRAM, *map(str, arguments)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
        ) as process:
            try:
                return process.communicate(timeout=60)[0]
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                pytest.fail("The copy hangs.")

    return run


@pytest.fixture(scope="module")
def keras_output(fork, tiny_run):
    """What is printed with Keras, in one process: its import takes five seconds."""
    return fork(tiny_run, "keras", 1, 1, 0, 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize(("before", "after"), [(1, 40), (40, 1), (40, 40)])
@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_copy_of_a_process_reads_signs(fork, engine, before, after):
    """With the model that it inherited, and with one of its own; it ends without hanging too."""
    assert fork("fast", engine, before, after, 0, 1) == "untouched\n" + 2 * "same\nstatus 0\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_keras_in_a_copy_is_refused_at_once(keras_output):
    """TensorFlow would hang, with the model that the copy inherited, and with one of its own too."""
    inherited, fresh, end = keras_output.split("status 0\n")

    assert "get_context('spawn')" in inherited
    assert "get_context('spawn')" in fresh
    assert end == ""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_import_of_keras_leaves_the_process_as_it_is(keras_output):
    """Collecting garbage and the environment are the caller's."""
    assert keras_output.startswith("untouched\n")


def test_own_process_is_the_one_that_loaded():
    """By its number."""
    require_own_process(os.getpid(), "Keras")
    with raises(ModelError, problem="Keras was loaded before", hint="spawn"):
        require_own_process(os.getpid() + 1, "Keras")
