"""Levers of drawn signs: each is described and bounded, and nothing else is taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from roadsigns.synthesis.settings import Drawing, NegativeSettings

LEVERS = Drawing.model_fields
every_lever = pytest.mark.parametrize("name", LEVERS)


def bounds_of(name):
    """{"ge": 0, "le": 1} and the like."""
    rules = LEVERS[name].metadata
    return {key: getattr(rule, key) for rule in rules for key in ("ge", "gt", "le") if hasattr(rule, key)}


@every_lever
def test_every_setting_says_what_it_does_and_has_two_ends(name):
    """A sentence, a least and a largest value, and a default between them."""
    bounds, default = bounds_of(name), LEVERS[name].default

    assert LEVERS[name].description.endswith(".")
    assert len(bounds) == 2
    assert bounds.get("ge", bounds.get("gt")) <= default <= bounds["le"]


@every_lever
def test_value_beyond_its_ends_is_refused(name):
    """By a message that names the setting."""
    bounds, number = bounds_of(name), LEVERS[name].annotation

    for value in (bounds["le"] + 1, bounds.get("ge", bounds.get("gt")) - 1):
        with pytest.raises(ValidationError, match=name):
            Drawing(**{name: number(value)})


@pytest.mark.parametrize("value", [float("nan"), "0.1", True, None])
def test_value_that_is_no_number_is_refused(value):
    """Of no setting; nothing is guessed."""
    for name in LEVERS:
        with pytest.raises(ValidationError, match=name):
            Drawing(**{name: value})


@given(st.text().filter(lambda name: name not in LEVERS))
def test_unknown_setting_is_refused(name):
    """A typing mistake must not silently draw by a default."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Drawing(**{name: 0})


def test_settings_cannot_be_changed_later():
    """They are part of what a run records."""
    with pytest.raises(ValidationError, match="frozen"):
        Drawing().dirt = 0.0


@pytest.mark.parametrize(
    ("given", "names"),
    [("stop", ("stop",)), (350, ("350",)), (["274-40", 206], ("274-40", "206")), ([], ()), (("stop",), ("stop",))],
)
def test_signs_to_leave_out_are_a_list_or_one(given, names):
    """As TOML and --set give them."""
    assert NegativeSettings(leave_out=given).leave_out == names


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["stop", "zebra crosing"], "such as 'zebra crossing'.* 'zebra crosing' is none"),
        ("", "'' is none"),
        (7, "'7' is none"),
        ([1.5], "valid string"),
        (True, "valid string"),
    ],
)
def test_signs_that_are_not_drawn_are_refused(given, message):
    """With names that are spelled alike."""
    with pytest.raises(ValidationError, match=message):
        NegativeSettings(leave_out=given)
