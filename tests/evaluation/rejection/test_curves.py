"""Curves of a score agree with scikit-learn, ties and weights included."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from roadsigns.evaluation.rejection.curves import acceptance_curve, risk_coverage


def scores_of(seed, digits):
    """Scores of 300 known and 120 unknown images; few digits make many of them equal."""
    rng = np.random.default_rng(seed)
    return rng.beta(5, 1, 300).round(digits), rng.beta(2, 2, 120).round(digits)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("digits", [1, 2, 9])
def test_area_and_shares_are_those_of_scikit_learn(seed, digits):
    """With one digit nearly all scores are ties."""
    known, unknown = scores_of(seed, digits)
    curve = acceptance_curve(known, unknown)
    labels, scores = np.repeat([1, 0], [300, 120]), np.concatenate([known, unknown])
    accepted, kept, _ = roc_curve(labels, scores, drop_intermediate=False)

    assert curve.auroc == pytest.approx(roc_auc_score(labels, scores))
    np.testing.assert_allclose(curve.kept, kept[1:])
    np.testing.assert_allclose(curve.accepted, accepted[1:])
    for keep in (0.5, 0.95, 0.99, 1):
        assert curve.accepted_at(keep) == pytest.approx(accepted[np.argmax(kept >= keep)])


def test_weights_are_those_of_scikit_learn():
    """As where every track counts alike."""
    known, unknown = scores_of(3, 2)
    weights = np.random.default_rng(4).uniform(0.1, 3, 420)
    curve = acceptance_curve(known, unknown, known_weights=weights[:300], unknown_weights=weights[300:])
    labels = np.repeat([1, 0], [300, 120])

    expected = roc_auc_score(labels, np.concatenate([known, unknown]), sample_weight=weights)
    assert curve.auroc == pytest.approx(expected)


def test_threshold_keeps_the_share_that_was_asked_for():
    """The highest one that does: 99 of 100 images, not 98 and not 100."""
    known = np.arange(100) / 100
    curve = acceptance_curve(known, np.array([0.005, 0.5]))

    assert curve.threshold_at(0.99) == 0.01
    assert (known >= curve.threshold_at(0.99)).sum() == 99
    assert curve.accepted_at(0.99) == 0.5
    assert curve.accepted_at(1) == 1


def test_equal_scores_are_kept_or_refused_together():
    """Where all scores are equal, whoever keeps one image keeps all."""
    curve = acceptance_curve(np.ones(10), np.ones(5))

    assert (curve.auroc, curve.accepted_at(0.01), curve.threshold_at(0.01)) == (0.5, 1, 1)


@pytest.mark.parametrize("keep", [0, -0.1, 1.01, float("nan")])
def test_share_out_of_range_is_refused(keep):
    """None of the known images can be kept by no threshold that occurs."""
    with pytest.raises(ValueError, match="share to keep"):
        acceptance_curve(np.ones(2), np.ones(2)).accepted_at(keep)


def test_side_without_images_and_scores_that_are_not_numbers_are_refused():
    """There is no figure then."""
    with pytest.raises(ValueError, match="0 unknown"):
        acceptance_curve(np.ones(2), np.empty(0))
    with pytest.raises(ValueError, match="not numbers"):
        acceptance_curve(np.array([1, np.nan]), np.ones(2))


def test_risk_is_the_share_of_misread_images_among_the_accepted():
    """Two equal scores are one threshold."""
    coverage, risk = risk_coverage(np.array([0.9, 0.5, 0.5, 0.1]), np.array([False, True, False, True]))

    np.testing.assert_allclose(coverage, [0.25, 0.75, 1])
    np.testing.assert_allclose(risk, [0, 1 / 3, 0.5])
