"""Paths as callers give them."""

from pathlib import Path

import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.paths import to_path


@pytest.mark.parametrize("name", ["a/b", ".", " ", Path("a")])
def test_name_becomes_its_path(name):
    assert to_path(name, DataError, what="data folder") == Path(name)


def test_empty_name_is_refused():
    with raises(DataError, problem="The name of the data folder is empty.", expected="a path", hint="give '.'"):
        to_path("", DataError, what="data folder")
