"""Samples and their track keys."""

from pathlib import Path

from roadsigns.types import Sample, TrackKey


def test_track_key_holds_the_class():
    """Track numbers restart in every class."""
    assert Sample(Path("a.ppm"), 3, None, "00001").track_key == TrackKey(3, "00001")
    assert Sample(Path("a.ppm"), 4, None, "00001").track_key != TrackKey(3, "00001")


def test_sample_without_a_track_has_no_key():
    """Nothing can be said of which sign it is."""
    assert Sample(Path("a.ppm"), 3).track_key is None
