"""Options that name a file to write."""

import pytest
from click.testing import CliRunner
from fixtures.errors import raises

from roadsigns.cli.main import group
from roadsigns.errors import OutputError

COMMANDS = [
    ("predict", "a.png", "--out"),
    ("look", "fast", "a.png", "--out"),
    ("group", "data", "--out"),
    ("group", "data", "--sheet"),
    ("sheet", "data", "--out"),
    ("calibrate", "fast", "--on", "cross", "--out"),
    ("export", "fast", "--format", "onnx", "--out"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_name_of_a_folder_is_refused_where_a_file_is_to_be(tmp_path, monkeypatch, arguments):
    """By its slash, though no such folder is there."""
    monkeypatch.chdir(tmp_path)

    with raises(OutputError, problem="ends in a slash", expected="a file", hint=arguments[-1], subject="s.csv/"):
        raise CliRunner().invoke(group, [*arguments, "s.csv/"]).exception
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_standard_output_is_refused_where_a_file_is_to_be(tmp_path, monkeypatch, arguments):
    """No file called "-" is left behind."""
    monkeypatch.chdir(tmp_path)

    with raises(OutputError, problem="means standard output", hint=arguments[-1], subject="-"):
        raise CliRunner().invoke(group, [*arguments, "-"]).exception
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["predict", "detect"])
def test_how_to_write_to_standard_output_is_said(command):
    with raises(OutputError, problem="means standard output", hint="Without it, the results go", subject="-"):
        raise CliRunner().invoke(group, [command, "a.png", "--json", "--out", "-"]).exception
