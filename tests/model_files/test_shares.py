"""Numbers by share, as a model file has them."""

import math

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import ModelError
from roadsigns.model_files.conformal_quantiles import ConformalQuantiles
from roadsigns.model_files.known_thresholds import KnownThresholds
from roadsigns.model_files.shares import descends, read_shares, require_unit


def test_numbers_come_in_the_order_of_their_shares():
    assert list(read_shares({"0.99": 1, "0.9": 0.5}).items()) == [(0.9, 0.5), (0.99, 1.0)]


@pytest.mark.parametrize(
    "values", [{}, {"0": 0.5}, {"1": 0.5}, {"nan": 0.5}, {"much": 0.5}, {"0.99": 0.1, "0.990": 0.2}, {"0.9": True}, [1]]
)
def test_shares_that_are_none_or_not_clear_are_refused(values):
    with pytest.raises((AttributeError, TypeError, ValueError)):
        read_shares(values)


@pytest.mark.parametrize(
    ("values", "expected"), [([], True), ([1], True), ([1, 1, 0.5], True), ([0.5, 1], False), ([1, math.nan], False)]
)
def test_values_that_are_not_numbers_do_not_descend(values, expected):
    assert descends(values) == expected


@pytest.mark.parametrize(
    "values",
    [
        {"units": 600},
        {"unit": "banana", "units": 600},
        {"unit": "group", "units": True},
        {"unit": "group", "units": 600.5},
    ],
)
def test_units_that_nobody_can_have_counted_are_refused(values):
    with pytest.raises((KeyError, TypeError, ValueError)):
        require_unit(values)


def test_who_keeps_more_does_not_refuse_more():
    """A file edited by hand would decide at random."""
    with pytest.raises(ValueError, match="the thresholds of its known score are"):
        KnownThresholds.from_dict({"unit": "group", "units": 999, "thresholds": {"0.9": 0.1, "0.99": 0.9}})


def test_who_promises_more_does_not_list_less():
    values = {"score": "ratio", "unit": "group", "units": 9999, "quantiles": {"0.99": 0.9, "0.999": 0.1}}

    with pytest.raises(ValueError, match="the quantiles of its prediction sets are"):
        ConformalQuantiles.from_dict(values)


def test_a_share_of_lower_precision_is_the_same_share():
    """As from an array of float32."""
    share = float(np.float32(0.99))

    assert KnownThresholds("group", 9999, {0.99: 0.5, 0.995: 0.1}).at(share) == 0.5
    assert ConformalQuantiles("ratio", "group", 9999, {0.99: 0.5}).at(share) == 0.5
    with raises(ModelError, problem="no prediction sets at the level 0.991"):
        ConformalQuantiles("ratio", "group", 9999, {0.99: 0.5}).at(0.991)
