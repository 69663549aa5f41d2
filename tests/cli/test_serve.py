"""`roadsigns serve`: a process that starts, responds and shuts down."""

import json
import os
import signal
import subprocess
import sys

import httpx
import pytest
from click.testing import CliRunner

from roadsigns.cli.serve import command
from roadsigns.errors import MissingExtraError, ModelError, ServiceError

# The network does not matter here, and need not be loaded.
SCRIPT = """
import sys
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.cli.main import main
from roadsigns.model_files.model_file import ModelMetadata
from roadsigns.inference.decide import DecisionRule
from roadsigns.inference.prediction import ClassProbability, Prediction
from roadsigns.inference.recognizer import Recognizer

class StandIn:
    classes = GTSRB_CLASSES
    rule = DecisionRule(GTSRB_CLASSES)
    metadata = ModelMetadata("fast", "fast", "box", 48, GTSRB_CLASSES, "drawn", frozenset(), None, 1)

    def predict_each(self, images, *, boxes=None, top_k=1):
        for _ in images:
            yield Prediction(14, "stop", 1.0, (ClassProbability(14, "stop", 1.0),))

Recognizer.load = classmethod(lambda cls, model, **options: StandIn())
main()
"""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_process_serves_until_a_signal(number, status):
    """It logs its address to standard error, responds, and ends with the right status."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ROADSIGNS")}
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "serve", "--port", "0", "--max-images", "3"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        try:
            # Warnings come first, here that the stand-in has no thresholds.
            started = next(line for line in map(json.loads, process.stderr) if line["event"] == "serving")
            limits = httpx.get(f"{started['url']}/v1/model", timeout=30).json()["limits"]
            process.send_signal(number)
            output, log = process.communicate(timeout=30)
        finally:
            process.kill()

    assert started["url"].startswith("http://127.0.0.1:")
    assert limits["images"] == 3
    assert process.returncode == status
    assert output == ""
    request, stopped = (json.loads(line) for line in log.splitlines() if line.startswith("{"))
    assert (request["path"], request["status"]) == ("/v1/model", 200)
    assert (stopped["event"], stopped["requests"]) == ("stopped", 1)


def test_missing_extra_is_an_error(monkeypatch):
    """With the command that installs it."""
    monkeypatch.delitem(sys.modules, "roadsigns.serving.server", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)

    result = CliRunner().invoke(command, [])

    assert isinstance(result.exception, MissingExtraError)
    assert "pip install 'roadsigns[serve]'" in str(result.exception)


def test_missing_model_is_an_error():
    """Before the service accepts connections."""
    result = CliRunner().invoke(command, ["--model", "none", "--port", "0"])

    assert isinstance(result.exception, ModelError)


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04 half a zip"])
@pytest.mark.parametrize("suffix", ["keras", "onnx"])
def test_damaged_model_is_an_error(tmp_path, content, suffix):
    """Before the service accepts connections."""
    path = tmp_path / f"model.{suffix}"
    path.write_bytes(content)

    result = CliRunner().invoke(command, ["--model", str(path), "--port", "0"])

    assert isinstance(result.exception, ModelError)
    assert str(path) in str(result.exception)


def test_contradictory_limits_are_an_error():
    """With the options to change."""
    result = CliRunner().invoke(command, ["--queue", "2"])

    assert isinstance(result.exception, ServiceError)
