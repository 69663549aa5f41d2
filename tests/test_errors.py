"""Errors carry what came, what was expected and what to do next, each as a field."""

import pickle

import pytest

from roadsigns import errors
from roadsigns.errors import ImageError, RoadsignsError


@pytest.fixture
def error():
    return ImageError("The file ends early.", expected="a whole PNG file", hint="Send it again.", subject="a.png")


def test_every_error_is_a_roadsigns_error():
    own = [value for value in vars(errors).values() if isinstance(value, type) and value.__module__ == errors.__name__]

    assert len(own) == 12
    assert all(issubclass(kind, RoadsignsError) for kind in own)


def test_message_puts_the_fields_together(error):
    """Subject, problem, expectation and hint, in this order."""
    assert str(error) == "a.png: The file ends early. Expected a whole PNG file. Send it again."


def test_a_problem_alone_is_a_message():
    """Nothing is added to it."""
    assert str(RoadsignsError("It is raining.")) == "It is raining."


def test_an_error_can_be_made_about_another_subject(error):
    """Type and other fields stay."""
    renamed = error.about("image 3")

    assert type(renamed) is ImageError
    assert (renamed.subject, renamed.problem, renamed.hint) == ("image 3", error.problem, error.hint)
    assert error.subject == "a.png"


def test_fields_survive_pickling(error):
    """Errors cross from worker processes."""
    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is ImageError
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)


def test_the_tree_in_the_docstring_names_every_error():
    """The module's docstring shows all of them at once."""
    own = [value for value in vars(errors).values() if isinstance(value, type) and value.__module__ == errors.__name__]

    assert all(error.__name__ in errors.__doc__ for error in own)
