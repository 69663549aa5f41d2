"""Functions that a recipe names: where they are looked for, and what is said where they are not found."""

import sys

import pytest
from fixtures.errors import raises

from roadsigns.errors import RecipeError
from roadsigns.user_functions import import_function, is_reference


@pytest.mark.parametrize(
    ("name", "known"),
    [("my_module:build", True), ("my.signs:build", True), ("fast", False), ("a:b:c", False), ("a b:c", False)],
)
def test_reference_is_a_module_and_a_function(name, known):
    assert is_reference(name) is known


def test_module_in_the_current_folder_is_found_and_leaves_the_path_as_it_was(own_module):
    before = sys.path.copy()

    function = import_function(f"{own_module()}:darken")

    assert function.__name__ == "darken"
    assert sys.path == before


def test_module_beside_the_recipe_is_found(own_module, tmp_path):
    """From any folder, and then without the recipe."""
    name = own_module(folder=tmp_path / "recipes")

    function = import_function(f"{name}:darken", recipe="recipes/mine.toml")

    assert import_function(f"{name}:darken") is function


def test_function_of_an_installed_module_is_found():
    import math

    assert import_function("math:sqrt") is math.sqrt


def test_module_that_there_is_not_is_refused(own_module):
    """With the name that was meant."""
    name = own_module()

    with raises(RecipeError, problem=f"There is no module '{name}s'. Did you mean '{name}'?", subject=":build"):
        import_function(f"{name}s:build")


def test_function_that_there_is_not_is_refused(own_module):
    with raises(RecipeError, problem="Did you mean 'darken'?", subject=":darkne"):
        import_function(f"{own_module()}:darkne")


def test_value_that_is_no_function_is_refused(own_module):
    with raises(RecipeError, problem="'size' is no function in"):
        import_function(f"{own_module('size = 3')}:size")


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("def broken(:", "SyntaxError"),
        ("import no_such_package", "No module named 'no_such_package'"),
        ("1 / 0", "Zero"),
    ],
)
def test_module_that_fails_is_refused_with_its_reason(own_module, code, problem):
    """What it lacks is not taken for the module itself."""
    with raises(RecipeError, problem=problem, hint="--debug"):
        import_function(f"{own_module(code)}:build")


def test_module_beside_the_recipe_whose_name_is_taken_is_refused(own_module, tmp_path):
    """Never another function than the one that was written."""
    name = own_module(folder=tmp_path / "first")
    own_module(folder=tmp_path / "second")
    import_function(f"{name}:darken", recipe="first/mine.toml")

    with raises(RecipeError, problem="is not the one that Python has", hint="name of its own"):
        import_function(f"{name}:darken", recipe="second/mine.toml")
