"""What a model decides by, from held-out images."""

import numpy as np
import pytest

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.evaluation.conformal import conformal_quantile
from roadsigns.evaluation.decision_thresholds import conformal_quantiles, known_thresholds, units_of
from roadsigns.inference.prediction_sets import nonconformity_scores
from roadsigns.types import LabelledImage

NAMES = [sign.name for sign in GTSRB_CLASSES]


def test_unit_of_gtsrb_is_the_group_of_look_alike_tracks():
    """Tracks 6 and 16 of class 26 stand at one place."""
    rows = [LabelledImage("a", 26, "00006"), LabelledImage("b", 26, "00016"), LabelledImage("c", 0, "00006")]

    unit, units = units_of(rows, NAMES, "GTSRB")

    assert unit == "group"
    assert units[0] == units[1] != units[2]


def test_unit_of_other_data_is_the_track_and_without_tracks_the_image():
    """The table of groups is GTSRB's own, whatever the classes."""
    rows = [LabelledImage("a", 26, "00006"), LabelledImage("b", 26, "00016"), LabelledImage("c", 26, "00006")]
    unknown = [LabelledImage(name, 0, None) for name in "abc"]

    unit, units = units_of(rows, NAMES, "own")
    without = units_of(unknown, NAMES, "own")

    assert (unit, units.tolist()) == ("track", [0, 1, 0])
    assert (without[0], without[1].tolist()) == ("image", [0, 1, 2])


@pytest.mark.parametrize(("units", "shares"), [(8, None), (9, [0.9]), (60, [0.9, 0.95, 0.98]), (1200, 7)])
def test_each_share_that_there_are_units_for_gets_a_threshold(units, shares):
    """A share of 99 % needs 99 units."""
    scores = np.random.default_rng(0).random(2 * units)

    found = known_thresholds(scores, np.repeat(np.arange(units), 2), "track")

    if shares is None:
        assert found is None
    else:
        assert found.units == units
        assert len(found.thresholds) == 7 if shares == 7 else list(found.thresholds) == shares


def test_a_threshold_keeps_its_share():
    """And hardly more: the images of 1,200 tracks of two."""
    scores = np.random.default_rng(0).random(2400)

    found = known_thresholds(scores, np.repeat(np.arange(1200), 2), "track")

    for share, threshold in found.thresholds.items():
        kept = (scores >= threshold).mean()
        assert share <= kept < share + 0.005


def test_quantiles_are_those_of_the_scores_of_the_truth():
    rng = np.random.default_rng(0)
    probabilities, labels = rng.dirichlet(np.ones(5), 300), rng.integers(0, 5, 300)
    units = np.repeat(np.arange(150), 2)

    found = conformal_quantiles(probabilities, labels, units, "track")

    assert found.quantiles == {0.99: conformal_quantile(nonconformity_scores(probabilities, labels), units, 0.99)}


def test_too_few_units_give_no_quantile():
    assert conformal_quantiles(np.full((4, 2), 0.5), np.zeros(4, int), np.arange(4), "image") is None
