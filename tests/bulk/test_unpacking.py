"""Packed content is counted while it is read."""

import io

import pytest

from roadsigns.bulk import unpacking
from roadsigns.bulk.unpacking import Unpacked
from roadsigns.errors import DataError


@pytest.fixture
def unpacked(monkeypatch):
    """Content of 1,000 bytes from 10, of which 100 are harmless and twenty times as many in proportion."""
    monkeypatch.setattr(unpacking, "HARMLESS_BYTES", 100)
    monkeypatch.setattr(unpacking, "LARGEST_RATIO", 20)
    return Unpacked(io.BytesIO(bytes(1000)), packed=lambda: 10)


def test_content_in_proportion_is_read(unpacked):
    """Up to the limit."""
    assert len(unpacked.read(300)) == 300


def test_content_out_of_proportion_is_refused(unpacked):
    """One byte more."""
    unpacked.read(300)

    with pytest.raises(DataError, match="unpacks to more than 20 times its size"):
        unpacked.read(1)


def test_announced_bytes_count_as_well(unpacked):
    """As a zip archive's list announces them."""
    with pytest.raises(DataError, match="unpacks to more than"):
        unpacked.count(301)


def test_a_bound_holds_until_it_is_lifted(unpacked):
    """What is read for headers is little."""
    unpacked.allow(50)
    unpacked.read(50)
    with pytest.raises(DataError, match="has a header of more than"):
        unpacked.read(1)

    unpacked.allow(None)
    assert len(unpacked.read(100)) == 100
