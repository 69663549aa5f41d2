"""The exception tree."""

import inspect

from roadsigns import errors


def test_every_error_stands_under_one_root_and_in_the_drawing():
    """`except RoadsignsError` catches all; the module's docstring draws each."""
    classes = [member for _, member in inspect.getmembers(errors, inspect.isclass)]

    assert all(issubclass(member, errors.RoadsignsError) for member in classes)
    assert all(member.__name__ in errors.__doc__ for member in classes)
