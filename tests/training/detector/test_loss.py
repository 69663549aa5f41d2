"""The loss of the detector."""

import numpy as np
import pytest
from keras import ops

from roadsigns.detection.locations import locations_of, targets_of
from roadsigns.training.detector.loss import detection_loss

PLACES = locations_of(64, 64)
LOSS = detection_loss(PLACES)
SIGN = np.array([[10, 10, 40, 40]], np.float32)


def said(targets, *, logit=6.0, stretch=1.0):
    """What a network would say that knows the targets."""
    output = np.zeros_like(targets)
    output[..., 0] = np.where(targets[..., 0] > 0, logit, -logit)
    distances = np.maximum(targets[..., 1:], 0.01) * stretch
    output[..., 1:] = np.log(distances / PLACES.stride[:, np.newaxis])
    return output


def loss(targets, output):
    return float(np.mean(ops.convert_to_numpy(LOSS(targets[np.newaxis], output[np.newaxis]))))


@pytest.fixture
def targets():
    return targets_of(SIGN, np.zeros(1, bool), PLACES)


def test_what_is_right_costs_next_to_nothing(targets):
    assert loss(targets, said(targets)) < 0.01


@pytest.mark.parametrize("wrong", [{"logit": -6.0}, {"logit": 0.0}, {"stretch": 1.5}, {"stretch": 0.5}])
def test_what_is_wrong_costs(targets, wrong):
    assert loss(targets, said(targets, **wrong)) > 0.2


def test_a_box_that_fits_half_wants_three_quarters_of_the_score(targets):
    """The best box of a sign comes first, and a sign whose box fits badly is a sign all the same."""
    wide = said(targets, stretch=2**0.5)

    def at(score):
        wide[..., 0] = np.where(targets[..., 0] > 0, np.log(score / (1 - score)), -6)
        return loss(targets, wide)

    assert at(0.75) < at(0.95)
    assert at(0.75) < at(0.4)


def test_ignored_locations_cost_nothing():
    targets = targets_of(SIGN, np.ones(1, bool), PLACES)
    quiet = said(targets)
    loud = quiet.copy()
    loud[targets[:, 0] < 0, 0] = 6

    assert loss(targets, loud) == loss(targets, quiet)


def test_a_picture_without_signs_has_a_finite_loss():
    targets = np.zeros((len(PLACES.x), 5), np.float32)

    assert 0 <= loss(targets, said(targets)) < 0.01
    assert loss(targets, said(targets, logit=-6.0)) > 1
