"""`roadsigns models`: what is built in."""

import json

import pytest
from click.testing import CliRunner

from roadsigns.cli.models import command
from roadsigns.model_files import model_file
from roadsigns.model_files.builtin import DEFAULT_DETECTOR
from roadsigns.model_files.model_file import read_metadata

CARD = "# gtsrb-best-v9\n\nA tiny model:\nit knows nothing.\n\nMore.\n"


@pytest.fixture
def builtin(tiny_model, tmp_path, monkeypatch):
    """The tiny model with a card, built in under a name that has an alias."""
    path = tmp_path / "gtsrb-best-v9.keras"
    path.write_bytes(tiny_model.read_bytes())
    path.with_suffix(".md").write_text(CARD)
    monkeypatch.setattr(model_file, "builtin_models", lambda: {path.stem: path})
    monkeypatch.setattr(model_file, "builtin_detectors", dict)
    return read_metadata(path)


@pytest.mark.usefixtures("builtin")
def test_table_shows_what_each_model_is(monkeypatch):
    """Name, alias and the first sentence of its card."""
    monkeypatch.setenv("COLUMNS", "120")

    header, row = CliRunner().invoke(command, []).stdout.splitlines()

    assert header.split() == ["name", "alias", "description"]
    assert row.split(maxsplit=2) == ["gtsrb-best-v9", "best", "A tiny model: it knows nothing."]


def test_json_is_one_array(builtin):
    """With what tells models apart, the whole checksum included."""
    assert json.loads(CliRunner().invoke(command, ["--json"]).stdout) == [
        {
            "name": "gtsrb-best-v9",
            "alias": "best",
            "kind": "recogniser",
            "description": "A tiny model: it knows nothing.",
            "classes": 43,
            "network": "tutorial",
            "recipe": "tutorial",
            "epoch": 3,
            "weights_sha256": builtin.weights_sha256,
        }
    ]


def test_detectors_are_listed_after_recognisers(builtin, red_detector, monkeypatch):
    """By their alias; they have no classes."""
    monkeypatch.setattr(model_file, "builtin_detectors", lambda: {DEFAULT_DETECTOR: red_detector})

    recogniser, detector = json.loads(CliRunner().invoke(command, ["--json"]).stdout)

    assert recogniser["weights_sha256"] == builtin.weights_sha256
    assert (detector["name"], detector["alias"], detector["kind"]) == (DEFAULT_DETECTOR, "detector", "detector")
    assert detector["classes"] is None


def test_absence_of_models_is_reported(monkeypatch):
    """With what to do; JSON is an empty array."""
    monkeypatch.setattr(model_file, "builtin_models", dict)
    monkeypatch.setattr(model_file, "builtin_detectors", dict)

    assert CliRunner().invoke(command, []).stdout.startswith("No model is built into this version. Train one")
    assert json.loads(CliRunner().invoke(command, ["--json"]).stdout) == []
