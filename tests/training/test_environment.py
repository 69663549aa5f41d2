"""What a reader needs to repeat a run."""

import importlib.metadata
import re
import sys
from pathlib import Path

import pytest

from roadsigns import __version__
from roadsigns.training.environment import describe_environment, peak_memory_mb


def test_environment_names_versions_machine_and_command():
    record = describe_environment(cpu="a CPU", backend="tensorflow", precision="float32")

    assert record["roadsigns"] == __version__
    assert record["command"] == sys.argv
    assert record["packages"]["numpy"] == importlib.metadata.version("numpy")
    assert (record["cpu"], record["backend"], record["precision"]) == ("a CPU", "tensorflow", "float32")


def test_peak_of_memory_is_what_linux_counts():
    before = peak_memory_mb()
    held = bytearray(b"x") * ((before + 100) * 1_000_000)
    del held

    kib = int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])
    assert peak_memory_mb() >= before + 100
    assert peak_memory_mb() == pytest.approx(kib * 1024 / 1e6, rel=0.01)


def test_peak_of_memory_is_not_told_on_windows(monkeypatch):
    """Which has no module `resource`."""
    monkeypatch.setattr(sys, "platform", "win32")

    assert peak_memory_mb() is None
