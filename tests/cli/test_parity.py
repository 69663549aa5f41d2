"""`roadsigns parity`: a table or JSON, and a status that a script can trust."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from roadsigns.cli.parity import command
from roadsigns.exports.parity import check as parity_check
from roadsigns.exports.parity.check import ParityCheck
from roadsigns.exports.parity.metrics import Parity

AGREES = ParityCheck(
    Path("fast.onnx"), "fast", Path("GTSRB"), Parity("float32", 39209, 0, 2.5e-6, 1.25e-7, 400, 400, 2), ()
)
DISAGREES = replace(
    AGREES,
    parity=Parity("float16", 39209, 40, float("inf"), float("inf"), 400, 431),
    undecodable=("GTSRB/00000.ppm is empty (0 bytes). Fetch it again or remove it.",),
)


@pytest.fixture
def found(monkeypatch):
    """Let the comparison find this; gives what it was asked."""
    asked = {}

    def set_result(check):
        def check_parity(file, data, **options):
            asked.update(options, file=file, data=data)
            return check

        monkeypatch.setattr(parity_check, "check_parity", check_parity)
        return asked

    return set_result


def invoke(*options):
    """Run the command."""
    return CliRunner().invoke(
        command, ["fast.onnx", "--data", "GTSRB", *options], catch_exceptions=False, standalone_mode=False
    )


def test_agreement_is_status_0_and_a_table(found):
    """With the errors of both networks and the limits."""
    asked = found(AGREES)

    result = invoke()

    assert result.return_value == 0
    assert [line.split("  ")[0] for line in result.stdout.splitlines()] == [
        "fast.onnx",
        "Keras network",
        "images",
        "unequal labels",
        "unequal decisions",
        "largest difference",
        "mean difference",
        "errors",
        "verdict",
    ]
    assert "0 (limit 0)" in result.stdout
    assert "2 (limit 3)" in result.stdout
    assert "2.5e-06 (limit 0.0001)" in result.stdout
    assert "400 (400 in Keras)" in result.stdout
    assert asked == {"file": Path("fast.onnx"), "data": Path("GTSRB"), "model": None, "arithmetic": "float32"}


def test_a_model_without_threshold_decides_nothing(found):
    """The line stays, so that nobody looks for it."""
    found(replace(AGREES, parity=replace(AGREES.parity, unequal_decisions=None)))

    assert "the model has no threshold" in invoke().stdout


def test_disagreement_is_status_1_and_says_so(found):
    """Images that were skipped are named."""
    found(DISAGREES)

    result = invoke()

    assert result.return_value == 1
    assert "DISAGREES" in result.stdout
    assert "40 (limit 39)" in result.stdout
    assert "skipped: GTSRB/00000.ppm is empty" in result.stderr


def test_json_is_one_object(found):
    """A difference that is not finite is null."""
    found(DISAGREES)

    result = invoke("--json")

    assert result.return_value == 1
    values = json.loads(result.stdout)
    assert values["agrees"] is False
    assert values["largest_difference"] is None
    assert (values["images"], values["unequal_labels"], values["allowed_unequal_labels"]) == (39209, 40, 39)
    assert len(values["undecodable"]) == 1


def test_model_and_arithmetic_are_passed_on(found):
    asked = found(AGREES)

    invoke("--model", "runs/mine", "--bfloat16")

    assert (asked["model"], asked["arithmetic"]) == ("runs/mine", "bfloat16")
