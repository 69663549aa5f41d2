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
