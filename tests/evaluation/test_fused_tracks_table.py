"""The tables of signs that are told from several frames."""

import io

import pytest

from roadsigns.evaluation.fused_tracks import FusedResult, FusedTracks
from roadsigns.evaluation.fused_tracks_table import METHODS, print_fused_tracks

COUNTS = {"tracks": 1307, "sure_errors": 0.0, "known_errors": 0.0, "uncertain": 39.0, "unknown": 12.0, "ece": 0.0022}
COUNTS |= {"error_low": 0.003, "error_high": 0.011}


def results(order, frames, **errors):
    """One for each way, with so many misread tracks."""
    return tuple(
        FusedResult(method=method, order=order, frames=frames, errors=errors.get(method, 7.0), **COUNTS)
        for method in METHODS
    )


def printed(fused):
    text = io.StringIO()
    print_fused_tracks(fused, text)
    return text.getvalue()


@pytest.fixture
def fused():
    return FusedTracks(results("first", 5, fused=3.0) + results("random", 5, fused=1.6), 0.8, 0.85)


def test_tables_fit_a_terminal_of_80_columns(fused):
    """A row for each order and number of frames, in whole tracks where no draws are averaged."""
    text = printed(fused)
    rows = [line.replace("│", " ").split() for line in text.splitlines() if line.startswith("│")]

    assert rows[0] == ["first", "5", "1,307", "3", "0", "0", "39", "12", "0.22", "%"]
    assert rows[1][:4] == ["any", "5", "1,307", "1.6"]
    assert rows[2:] == [["first", "5", "3", *["7"] * 4], ["any", "5", "1.6", *["7"] * 4]]
    assert "correlated by 0.8; 0.85 fits these tracks best" in text


def test_without_enough_frames_no_correlation_is_fitted(fused):
    assert printed(FusedTracks(fused.results, 0.8, None)).endswith("correlated by 0.8.\n")


def test_without_tracks_that_is_said():
    assert printed(FusedTracks((), 0.8, None)).startswith("No track is known")
