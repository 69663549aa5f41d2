"""Scores of unknown images: each gives what its paper says on features that are made up."""

import numpy as np
import pytest

from bench.unknown_scores import FeatureScores, Network, log_sum_exp, scores_of

CLASSES, WIDTH = 3, 300


@pytest.fixture
def network():
    """Three classes and two kinds of unknown; the features are the first numbers of a vector of 300."""
    weights = np.zeros((WIDTH, CLASSES + 2))
    weights[np.arange(CLASSES + 2), np.arange(CLASSES + 2)] = 1
    return Network(None, weights, np.zeros(CLASSES + 2), CLASSES)


def features(rng, class_ids, *, noise=0.1):
    """Those of signs: ten where the class is, noise elsewhere."""
    made = rng.normal(scale=noise, size=(len(class_ids), WIDTH))
    made[np.arange(len(class_ids)), class_ids] += 10
    return made


def test_every_score_is_higher_for_known_images(network):
    """Unknown ones are between a class and a kind of unknown, and far from all that was seen in other directions."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, CLASSES, 900)
    fitted = FeatureScores(network, features(rng, labels), labels)
    known = scores_of(network, fitted, features(rng, labels[:50]))
    strange = features(rng, labels[:50]) / 2
    strange[:, CLASSES] += 6
    strange[:, -20:] += 5

    unknown = scores_of(network, fitted, strange)

    assert list(known) == ["max-softmax", "max-logit", "energy", "mahalanobis", "vim", "known"]
    for name, scores in known.items():
        assert scores.min() > unknown[name].max(), name


def test_energy_is_the_logarithm_of_the_sum_of_exponentials():
    """Also of logits that are too large for an exponential."""
    np.testing.assert_allclose(log_sum_exp(np.log([[1, 2, 3], [2, 2, 4]])), np.log([6, 8]))
    assert log_sum_exp(np.array([[1000.0, 0]])) == pytest.approx(1000)


def test_outputs_for_unknown_kinds_are_needed_for_their_score(network):
    bare = Network(None, network.weights[:, :CLASSES], network.bias[:CLASSES], CLASSES)
    rng = np.random.default_rng(0)
    labels = rng.integers(0, CLASSES, 900)
    made = features(rng, labels)

    assert "known" not in scores_of(bare, FeatureScores(bare, made, labels), made[:9])
