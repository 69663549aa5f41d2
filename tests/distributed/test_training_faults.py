"""Trainings on a real local Ray cluster, with faults: afterwards every epoch was trained, and every fold is there."""

import csv
import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from roadsigns.cross_validation.store import read_cross_validation

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed"),
]

EPOCHS = 6
# A busy machine starts processes slowly.
SECONDS = 240
VALUES = ["data.image_size=32", "training.keep=last", f"training.epochs={EPOCHS}", "training.learning_rate=0.01,1e30"]
OPTIONS = ["--recipe", "tutorial", "--only-fold", "1", "--by", "track", "--no-cache", "--workers", "1"]


def start(command, data, out):
    """Start a command that trains on a local cluster, one training after the other."""
    values = [word for value in VALUES for word in ("--set", value)]
    arguments = [command, "--data", data, "--out", out, *OPTIONS, *values]
    # Ray writes a token into the home folder unless it has one.
    environment = os.environ | {"RAY_AUTH_TOKEN": "0123456789abcdef" * 4}
    return subprocess.Popen(
        [sys.executable, "-m", "roadsigns", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def finish(process):
    """Wait for its end; gives its status, its words and its complaints."""
    output, errors = process.communicate(timeout=SECONDS)
    return process.returncode, output, errors


def wait_for(condition, process):
    """Wait until something is so, as long as the command runs."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)


def epochs(cross):
    """The epochs in the history of the first fold, with their losses."""
    path = cross / "fold-1" / "history.csv"
    if not path.is_file():
        return []
    with path.open(newline="") as file:
        return [(row["epoch"], row["loss"]) for row in csv.DictReader(file)]


def trainings():
    """The processes that train, as Ray names them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cmdline").read_bytes().startswith(b"ray::_run"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def test_killed_training_goes_on_and_killed_sweep_too(drawn_folder, tmp_path):
    """From the last epoch that was done; what is finished stays as it is, and what cannot be trained is named."""
    good, bad = (tmp_path / "out" / f"tutorial,training.learning_rate={rate}" / "seed-0" for rate in ("0.01", "1e30"))
    process = start("sweep", drawn_folder, tmp_path / "out")
    wait_for(lambda: len(epochs(good)) >= 2, process)
    before = epochs(good)
    for number in trainings():
        os.kill(number, signal.SIGKILL)

    wait_for((bad / "fold-1.log").is_file, process)
    after = epochs(good)
    assert [epoch for epoch, _ in after] == [str(epoch) for epoch in range(1, EPOCHS + 1)]
    # It did not begin again: the losses of a second training would be others in their last digits.
    assert after[0] == before[0]
    assert (good / "fold-1.log").read_text().count("Fold 1 of 2\n") == 2
    kept = (good / "fold-1.csv").read_bytes(), (good / "fold-1" / "model.keras").stat().st_mtime_ns
    process.kill()
    assert "The process of fold 1" in finish(process)[2]

    status, output, errors = finish(start("sweep", drawn_folder, tmp_path / "out"))

    assert kept == ((good / "fold-1.csv").read_bytes(), (good / "fold-1" / "model.keras").stat().st_mtime_ns)
    assert read_cross_validation(good).parts.keys() == {1}
    assert "1 of 2" in output
    # A rate that is far too high.
    assert "0 of 2" in output
    assert status == 1
    assert f"Not finished: fold 1 of {bad}" in errors
    assert "no longer finite" in errors
    assert (tmp_path / "out" / "sweep.csv").is_file()
