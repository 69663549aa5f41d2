"""`roadsigns models`: what is built in."""

import json

import pytest
from click.testing import CliRunner

from roadsigns.cli.models import command
from roadsigns.model_files import model_file
from roadsigns.model_files.model_file import read_metadata


@pytest.fixture
def builtin(tiny_model, monkeypatch):
    """The tiny model, built in."""
    monkeypatch.setattr(model_file, "builtin_models", lambda: {"tiny": tiny_model})
    return read_metadata(tiny_model)


def test_table_tells_what_each_model_is(builtin, monkeypatch):
    """Name, classes, network, recipe, epoch, and enough of the checksum to tell models apart."""
    monkeypatch.setenv("COLUMNS", "120")

    header, row = CliRunner().invoke(command, []).stdout.splitlines()

    assert header.split() == ["name", "classes", "network", "recipe", "epoch", "weights_sha256"]
    assert row.split() == ["tiny", "43", "tutorial", "tutorial", "3", builtin.weights_sha256[:12]]


def test_json_is_one_array(builtin):
    """With the whole checksum."""
    assert json.loads(CliRunner().invoke(command, ["--json"]).stdout) == [
        {
            "name": "tiny",
            "classes": 43,
            "network": "tutorial",
            "recipe": "tutorial",
            "epoch": 3,
            "weights_sha256": builtin.weights_sha256,
        }
    ]


def test_absence_of_models_is_told(monkeypatch):
    """With what to do; JSON is an empty array."""
    monkeypatch.setattr(model_file, "builtin_models", dict)

    assert CliRunner().invoke(command, []).stdout.startswith("No model is built into this version. Train one")
    assert json.loads(CliRunner().invoke(command, ["--json"]).stdout) == []
