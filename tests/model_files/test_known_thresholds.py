"""Thresholds of the known score, by the share of known signs that they keep."""

import json

import pytest
from fixtures.errors import raises

from roadsigns.errors import ModelError
from roadsigns.model_files.known_thresholds import KnownThresholds

THRESHOLDS = KnownThresholds("group", 600, {0.9: 0.95, 0.99: 0.5, 0.998: 0.1})


@pytest.mark.parametrize(("keep", "threshold"), [(0.99, 0.5), (0.95, 0.5), (0.5, 0.95), (0.998, 0.1)])
def test_the_threshold_keeps_at_least_that_share(keep, threshold):
    """Between two shares it is that of the larger one."""
    assert THRESHOLDS.at(keep) == threshold


def test_a_share_that_the_calibration_data_cannot_support_is_refused():
    """With the reason."""
    with raises(
        ModelError,
        problem="Calibrated on 600 groups, it has thresholds for shares up to 0.998",
        expected="at most 0.998",
    ):
        THRESHOLDS.at(0.9999)


@pytest.mark.parametrize("keep", [0.0, -1.0, 1.0, 99.0])
def test_a_number_that_is_no_share_is_refused(keep):
    with raises(ModelError, problem=f"The share of known signs to keep is {keep:g}.", expected="above 0"):
        THRESHOLDS.at(keep)


@pytest.mark.parametrize("thresholds", [THRESHOLDS, KnownThresholds("track", 9, {0.9: -1e-9})])
def test_thresholds_survive_json(thresholds):
    """Those of earlier versions too, whose known scores could be a little below 0."""
    assert KnownThresholds.from_dict(json.loads(json.dumps(thresholds.as_dict()))) == thresholds


@pytest.mark.parametrize(
    "thresholds",
    [{}, {"0.99": float("nan")}, {"0.99": -1}, {"0.99": 2}, {"0": 0.5}, {"1": 0.5}, {"nan": 0.5}, {"much": 0.5}, [0.5]],
)
def test_thresholds_that_would_decide_wrongly_are_refused(thresholds):
    """As damage of the file, which its reader reports."""
    with pytest.raises((AttributeError, TypeError, ValueError)):
        KnownThresholds.from_dict({"unit": "group", "units": 999, "thresholds": thresholds})


@pytest.mark.parametrize(("units", "share"), [(-1, "0.9"), (8, "0.9"), (600, "0.9999")])
def test_a_share_that_so_few_units_cannot_support_is_refused(units, share):
    """Nobody could have measured it."""
    with pytest.raises(ValueError, match=f"^{units} units are too few for a threshold that keeps {share}$"):
        KnownThresholds.from_dict({"unit": "group", "units": units, "thresholds": {"0.5": 0.9, share: 0.5}})
