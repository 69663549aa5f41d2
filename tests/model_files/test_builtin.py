"""Built-in models have a versioned name and an alias."""

import re

import pytest

from roadsigns.model_files.builtin import (
    BUILTIN_ALIASES,
    DEFAULT_MODEL,
    alias_of,
    builtin_models,
    describe,
    full_name,
)
from roadsigns.model_files.model_file import find_model, read_metadata


def test_every_model_has_a_name_with_its_alias_and_a_version():
    """Of the data set that it was trained on, too; and every alias has its model."""
    assert set(BUILTIN_ALIASES.values()) == set(builtin_models())
    for alias, name in BUILTIN_ALIASES.items():
        assert re.fullmatch(rf"gtsrb-{alias}-v[1-9]\d*", name)
        assert read_metadata(builtin_models()[name]).source == "GTSRB"


@pytest.mark.parametrize(("alias", "name"), BUILTIN_ALIASES.items())
def test_name_and_alias_are_the_same_model(alias, name):
    """Wherever a model is given."""
    assert find_model(alias) == find_model(name) == builtin_models()[name]
    assert full_name(alias) == full_name(name) == name
    assert alias_of(name) == alias


def test_what_is_no_alias_stays_as_it_is():
    """Such as a run folder, or a version that is no longer built in."""
    assert full_name("runs/mine") == "runs/mine"
    assert alias_of("gtsrb-best-v1") == ""


def test_default_is_the_full_name_of_best():
    """A record says the version."""
    assert full_name("best") == DEFAULT_MODEL


def test_description_is_one_line_of_the_card(tmp_path):
    """The first paragraph; a model without a card has none."""
    (tmp_path / "model.md").write_text("# model\n\nReads signs,\nall of them.\n\nMore.\n")

    assert describe(tmp_path / "model.onnx") == "Reads signs, all of them."
    assert describe(tmp_path / "other.onnx") == ""


@pytest.mark.parametrize("name", sorted(builtin_models()))
def test_card_says_what_the_model_is_and_how_often_it_errs(name):
    """In a sentence, for `roadsigns models`: on the official test set; until then, on held-out images."""
    errors = r"\d+ errors in (the 12,630|39,209 held-out) .*\(9[89]\.\d+ %\)"
    assert re.fullmatch(rf".+: {errors}\..*", describe(builtin_models()[name]))
