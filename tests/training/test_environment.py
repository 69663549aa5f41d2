"""What a reader needs to repeat a run."""

import importlib.metadata
import re
import subprocess
import sys

import pytest

from roadsigns import __version__
from roadsigns.training.environment import describe_environment, peak_memory_mb


def test_environment_names_versions_machine_and_command():
    record = describe_environment(cpu="a CPU", device="a GPU", backend="jax", precision="float32")

    assert record["roadsigns"] == __version__
    assert record["command"] == sys.argv
    assert record["packages"]["numpy"] == importlib.metadata.version("numpy")
    assert (record["cpu"], record["device"]) == ("a CPU", "a GPU")
    assert (record["backend"], record["precision"]) == ("jax", "float32")


# In a process of its own, which need not fill more than the gigabytes of the tests. Linux hands the peak of whoever
# starts a program on to it: that is a small shell, which must not end before.
SHELL = ["sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c"]
PEAK = """
from pathlib import Path
from roadsigns.training.environment import peak_memory_mb

before = peak_memory_mb()
held = bytearray(b"x") * ((before + 100) * 1_000_000)
del held
print(before, peak_memory_mb(), Path("/proc/self/status").read_text())
"""


def test_peak_of_memory_is_what_linux_counts():
    output = subprocess.run([*SHELL, PEAK], capture_output=True, text=True, check=True).stdout

    before, after = map(int, output.split()[:2])
    kib = int(re.search(r"VmHWM:\s+(\d+) kB", output)[1])
    assert after >= before + 100
    assert after == pytest.approx(kib * 1024 / 1e6, rel=0.01)


def test_peak_of_memory_is_not_told_on_windows(monkeypatch):
    """Which has no module `resource`."""
    monkeypatch.setattr(sys, "platform", "win32")

    assert peak_memory_mb() is None
