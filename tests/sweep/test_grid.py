"""The grid of a sweep has every combination once, and each its own folder."""

import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.errors import RecipeError
from roadsigns.recipe import parse_value
from roadsigns.sweep.grid import Setting, settings_of


def test_every_combination_of_recipes_and_values_is_a_setting():
    """Values that are the same for all are no part of its name."""
    grid = settings_of(["fast", "mine/wide.toml"], ["training.epochs=5", "training.learning_rate=0.01, 0.1"])

    assert [one.name for one in grid] == [
        "fast, training.learning_rate=0.01",
        "fast, training.learning_rate=0.1",
        "wide, training.learning_rate=0.01",
        "wide, training.learning_rate=0.1",
    ]
    assert grid[3] == Setting(
        "mine/wide.toml", ("training.epochs=5", "training.learning_rate=0.1"), ("training.learning_rate=0.1",)
    )
    assert grid[3].values == {"training.learning_rate": "0.1"}


def test_a_recipe_alone_is_one_setting():
    """With or without a value."""
    assert [one.name for one in settings_of(["fast"], [])] == ["fast"]
    assert [one.folder for one in settings_of(["fast"], ["training.epochs=5"])] == ["fast"]


def test_more_values_leave_the_folders_of_the_others_as_they_are():
    """So that a sweep can be extended."""
    few, many = (
        settings_of(["fast"], [f"training.learning_rate={values}"]) for values in ("0.01,0.1", "0.01,0.03,0.1")
    )

    assert {one.folder for one in few} < {one.folder for one in many}
    assert "fast,training.learning_rate=0.03" in {one.folder for one in many}


TEXTS = st.text(st.characters(blacklist_characters=",\"'[", codec="utf-8"), min_size=1)


@given(st.lists(TEXTS, min_size=2, unique_by=lambda text: repr(parse_value(text))))
def test_folders_are_different_and_fit_any_system(texts):
    """Whatever the values are."""
    values = {text.strip() for text in texts} - {""}
    if len(values) < 2:
        return
    folders = [one.folder for one in settings_of(["fast"], [f"data.x={','.join(sorted(values))}"])]

    assert len(set(folders)) == len(values)
    assert all(not set(folder) & set('/\\:*?"<>| \n\0') and len(folder.encode()) < 140 for folder in folders)
    assert not any(folder.startswith(".") for folder in folders)


@pytest.mark.parametrize("name", [".", "..", ".hidden", "止" * 80, "a b", "\udce4"])
def test_folder_of_any_recipe_lies_in_that_of_the_sweep(name):
    """Whatever its file is called."""
    folder = Setting(f"mine/{name}.toml").folder

    assert not folder.startswith(".")
    assert len(folder.encode()) < 140


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ('"a,b"', ['"a,b"']),
        ('"a,b", c', ['"a,b"', "c"]),
        ("'a,b','c,d'", ["'a,b'", "'c,d'"]),
        ('["stop", "yield"]', ['["stop", "yield"]']),
        ('["stop", "yield"],[], ["stop"]', ['["stop", "yield"]', "[]", '["stop"]']),
        ('[a,b"', ["[a", 'b"']),
        ("true,false", ["true", "false"]),
    ],
)
def test_commas_in_quotes_and_lists_are_part_of_the_value(values, expected):
    """Such as a path that has one; what is not TOML is split at each."""
    grid = settings_of(["fast"], [f"data.x={values}"])

    assert [one.overrides[0].removeprefix("data.x=") for one in grid] == expected


def test_far_too_many_settings_are_refused_at_once():
    """Before any of them is made."""
    values = ",".join(map(str, range(1, 101)))
    with raises(RecipeError, problem="1,000,000 cross-validations", expected="10,000 at most"):
        settings_of(["fast"], [f"data.{key}={values}" for key in "abc"])


@pytest.mark.parametrize(
    ("recipes", "overrides", "words"),
    [
        (["fast", "mine/fast.toml"], [], "recipe fast is given 2 times"),
        (["fast"], ["training.epochs=1", "training.epochs=2"], "key training.epochs is given 2 times"),
        (["fast"], ["training.epochs=1,2,1"], "value of training.epochs 1 is given 2 times"),
        (["fast"], ["training.momentum=0.01,1e-3,0.001"], "values 1e-3 and 0.001 of training.momentum are the same"),
        (["fast"], ["model.width=1,1.0"], "values 1 and 1.0 of model.width are the same"),
        (["fast"], ['model.name=fast,"fast"'], "of model.name are the same"),
        (["fast"], ["data.x=[1],[ 1]"], "of data.x are the same"),
        (["fast"], ["training.epochs=1,,2"], "A value is empty"),
    ],
)
def test_what_is_given_twice_or_is_empty_is_refused(recipes, overrides, words):
    """It is a slip of the keyboard."""
    with raises(RecipeError, problem=words):
        settings_of(recipes, overrides)
