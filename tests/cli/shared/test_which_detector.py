"""The options of commands that may use a detector."""

import click
import pytest

from roadsigns.cli.shared.which_detector import chosen_detector
from roadsigns.model_files import builtin


@pytest.fixture
def with_builtin(monkeypatch, tmp_path):
    """As if a detector were built in."""
    monkeypatch.setattr(builtin, "builtin_detectors", lambda: {builtin.DEFAULT_DETECTOR: tmp_path / "it.onnx"})


@pytest.mark.usefixtures("with_builtin")
def test_the_built_in_detector_is_the_default():
    """Unless another one is named, or none wanted."""
    assert chosen_detector(None, none=False) == builtin.DEFAULT_DETECTOR
    assert chosen_detector("mine", none=False) == "mine"
    assert chosen_detector(None, none=True) is None


def test_without_a_built_in_detector_there_is_none(monkeypatch):
    monkeypatch.setattr(builtin, "builtin_detectors", dict)

    assert chosen_detector(None, none=False) is None


def test_one_and_none_contradict_each_other():
    with pytest.raises(click.UsageError, match="cannot be combined"):
        chosen_detector("mine", none=True)
