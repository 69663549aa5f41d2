"""The tables of prediction sets and thresholds: the figures, what they rest on, and what is missing."""

import io

import pytest

from roadsigns.cross_validation.conformal import ConformalSets, JudgedLevel, LeftOutLevel
from roadsigns.cross_validation.conformal_table import print_sets, print_thresholds
from roadsigns.cross_validation.known_score import JudgedShare, KnownScores
from roadsigns.evaluation.conformal import ClassCoverage, SetMetrics
from roadsigns.evaluation.intervals import Interval
from roadsigns.model_files.known_thresholds import KnownThresholds

INTERVAL = Interval(0.9123, 0.9876, "group", 600)


def judged(level, *, parts):
    """Sets of 600 groups of two classes, of which the second is covered less."""
    classes = (
        ClassCoverage(0, 300, 3000, 0.99, INTERVAL, 1.2),
        ClassCoverage(1, 300, 3000, 0.9321, INTERVAL, 1.6),
    )
    metrics = SetMetrics(0.9611, INTERVAL, 0.9722, 1.4, 2, 0.6, classes)
    return JudgedLevel(level, 0.8, 1.345, 0.655, parts, metrics)


def shown(*levels, left_out=()):
    """What is printed of sets at these levels."""
    file = io.StringIO()
    print_sets(ConformalSets(("Bus", "[b]ferry"), "group", 600, levels, left_out), file)
    return file.getvalue()


def test_figures_of_each_level_stand_in_a_column():
    text = shown(judged(0.99, parts=2))

    for figure in ("99 %", "96.11 %", "91.23 to 98.76 %", "97.22 %", "1.400", "60.00 %", "1.345", "65.50 %"):
        assert figure in text
    assert "Coverage by group" in text


def test_least_covered_class_is_named_and_no_markup():
    assert "[b]ferry: 93.21 %" in shown(judged(0.99, parts=2))


def test_promise_and_how_it_was_judged_stand_below():
    """A level with too few groups for halves is judged group by group."""
    text = shown(judged(0.99, parts=2), judged(0.998, parts=600))

    assert "calibrated on 600 groups" in text
    assert "if groups are exchangeable" in text
    assert "half of the groups at the quantile of the other half (99 %)" in text
    assert "each group at the quantile of all others (99.8 %)" in text


def test_level_without_enough_groups_is_missing_with_the_reason():
    """Where all are, there is no table."""
    text = shown(left_out=(LeftOutLevel(0.9999, 9999),))

    assert text == "No sets at 99.99 %: that needs 9,999 groups, and there are 600.\n"


@pytest.mark.parametrize(("units", "words"), [(600, "600 tracks"), (1, "1 track;")])
def test_thresholds_stand_with_what_they_keep_and_rest_on(units, words):
    thresholds = KnownThresholds("track", units, {0.99: 0.43210987})
    file = io.StringIO()
    print_thresholds(KnownScores(thresholds, (JudgedShare(0.99, 0.43210987, 0.9871, INTERVAL, 0.9913),)), file)

    text = file.getvalue()
    for figure in ("99 %", "0.4321", "98.71 %", "91.23 to 98.76 %", "99.13 %", "Kept, by track"):
        assert figure in text
    assert f"Set on {words}" in text
    assert "judged at the threshold of others" in text


def test_a_share_without_enough_tracks_is_missing_with_the_reason():
    thresholds = KnownThresholds("track", 600, dict.fromkeys((0.9, 0.95, 0.98, 0.99, 0.995, 0.998), 0.4))
    file = io.StringIO()
    known = KnownScores(thresholds, ())
    print_thresholds(known, file)

    assert known.as_dict()["left_out"] == [{"share": 0.999, "needed": 1000}]
    assert file.getvalue().endswith("\nNo threshold that keeps 99.9 %: that needs 1,000 tracks, and there are 600.\n")
    assert "99.8 %:" not in file.getvalue()
