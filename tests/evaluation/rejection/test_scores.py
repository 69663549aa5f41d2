"""Scores are computed from what a network gives, and refused where it does not give it."""

import numpy as np
from fixtures.errors import raises

from roadsigns.errors import ModelError
from roadsigns.evaluation.rejection.scores import NetworkOutputs, available_scores, choose_scores
from roadsigns.inference.decide import known_scores

PROBABILITIES = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]], np.float32)
NO_KINDS = np.empty((len(PROBABILITIES), 0), np.float32)


def test_maximum_softmax_is_the_probability_of_the_prediction():
    """Every network has it."""
    scores = available_scores(NetworkOutputs(PROBABILITIES, NO_KINDS))

    assert list(scores) == ["max-softmax"]
    np.testing.assert_allclose(scores["max-softmax"], [0.7, 0.4], rtol=1e-6)


def test_network_with_outputs_for_unknown_signs_has_its_own_score_first():
    """It is what these leave over of 1."""
    scores = available_scores(NetworkOutputs(PROBABILITIES, np.array([[0.25, 0.5], [0, 0]], np.float32)))

    assert list(scores) == ["known", "max-softmax"]
    np.testing.assert_allclose(scores["known"], [0.25, 1])


def test_score_that_a_model_does_not_have_is_refused():
    """Nothing is made up in its place."""
    with raises(ModelError, problem="'known' cannot be computed", expected="max-softmax", hint="--score"):
        choose_scores(NetworkOutputs(PROBABILITIES, NO_KINDS), "known")
    assert list(choose_scores(NetworkOutputs(PROBABILITIES, NO_KINDS), "max-softmax")) == ["max-softmax"]


def test_known_score_is_the_one_that_decides():
    """To the last digit, so that a threshold means the same in both."""
    unknown = np.random.default_rng(0).dirichlet(np.ones(6), 50)[:, :5].astype(np.float32)

    scores = available_scores(NetworkOutputs(np.full((50, 2), 0.5, np.float32), unknown))

    np.testing.assert_array_equal(scores["known"], known_scores(unknown))
