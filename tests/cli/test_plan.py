"""`roadsigns plan`: a text for people or one JSON object for programs."""

import json

from click.testing import CliRunner
from fixtures.errors import raises
from fixtures.sign_folders import write_classes

from roadsigns.cli.plan import command
from roadsigns.errors import DataError


def invoke(*arguments):
    return CliRunner().invoke(command, list(map(str, arguments)), standalone_mode=False)


def test_plan_is_text_or_json(tmp_path):
    """With the same commands."""
    data = write_classes(tmp_path, {"go": 2, "stop": 2})

    text, as_json = invoke(data).stdout, json.loads(invoke(data, "--json").stdout)

    assert all(one["command"] in text for one in as_json["commands"])
    assert as_json["commands"][0]["command"] == f"roadsigns check {data}"


def test_data_that_are_not_there_are_an_error(tmp_path):
    """As with every command."""
    with raises(DataError, problem="does not exist"):
        raise invoke(tmp_path / "gone").exception
