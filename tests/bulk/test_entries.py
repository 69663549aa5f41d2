"""Entries: how many there are, before they are read."""

from roadsigns.bulk.entries import Extent, add_extents


def test_extents_add_up():
    """The longest name of all is the longest of any."""
    assert add_extents([Extent(3, 20), Extent(0, 0), Extent(2, 7)]) == Extent(5, 20)
    assert add_extents([]) == Extent(0, 0)


def test_of_something_unknown_nothing_is_known():
    """However much is known of the rest."""
    assert add_extents([Extent(3, 20), None]) is None
