"""`roadsigns recipes`: what can be trained."""

import json

import pytest
from click.testing import CliRunner

from roadsigns.cli.recipes import command
from roadsigns.errors import RecipeError
from roadsigns.recipe import Recipe, load_recipe, parse_recipe, recipe_names, recipe_text


def test_list_shows_name_and_description():
    """One line each, descriptions below each other, and a header."""
    header, *lines = CliRunner().invoke(command, []).stdout.splitlines()

    assert header.split() == ["name", "description"]
    assert [line.split()[0] for line in lines] == recipe_names()
    assert {line.index(load_recipe(line.split()[0]).description) for line in lines} == {header.index("description")}


def test_list_as_json_is_one_array():
    """Name and description."""
    assert json.loads(CliRunner().invoke(command, ["--json"]).stdout) == [
        {"name": name, "description": load_recipe(name).description} for name in recipe_names()
    ]


@pytest.mark.parametrize("name", recipe_names())
def test_recipe_is_printed_as_its_file(name):
    """Comments included, so that the output is a start for one's own."""
    output = CliRunner().invoke(command, [name]).stdout

    assert output == recipe_text(name)
    assert parse_recipe(output, name=name) == load_recipe(name)


def test_recipe_as_json_has_every_value():
    """Defaults too."""
    values = json.loads(CliRunner().invoke(command, ["tutorial", "--json"]).stdout)

    assert Recipe.model_validate(values) == load_recipe("tutorial")
    assert values["training"]["precision"] == "auto"


def test_unknown_recipe_is_refused_with_a_suggestion():
    assert "Did you mean 'tutorial'?" in str(CliRunner().invoke(command, ["tutorail"]).exception)
    assert isinstance(CliRunner().invoke(command, ["tutorail"]).exception, RecipeError)
