"""Confident learning, with cleanlab as oracle."""

import numpy as np
import pytest
from fixtures.audits import made_up

from roadsigns.audit.confident import SLACK, class_thresholds, confident_classes, margins, ruled_out


@pytest.fixture(params=[0, 1, 2])
def planted(request):
    """Labels of 1,200 images of 12 classes, 60 of them wrong, and predictions that are not sure of everything."""
    rng = np.random.default_rng(request.param)
    truth = rng.integers(0, 12, 1200)
    labels = truth.copy()
    wrong = rng.choice(1200, 60, replace=False)
    labels[wrong] = (truth[wrong] + rng.integers(1, 12, 60)) % 12
    return labels, made_up(truth, 12, seed=request.param, sure=3.0)


def test_thresholds_are_those_of_cleanlab(planted):
    """The mean probability of a class among the images labelled so."""
    count = pytest.importorskip("cleanlab.count")
    labels, probabilities = planted

    expected = count.get_confident_thresholds(labels, probabilities)

    np.testing.assert_allclose(class_thresholds(labels, probabilities), expected, rtol=1e-5)


def test_suspected_labels_are_those_of_cleanlab(planted):
    """Without the slack, image by image: the off-diagonal ones of the confident joint."""
    filters = pytest.importorskip("cleanlab.filter")
    labels, probabilities = planted

    expected = filters.find_label_issues(labels, probabilities, filter_by="confident_learning", n_jobs=1)

    found = confident_classes(labels, probabilities, slack=1) != labels
    assert expected.sum() > 20
    assert (found == expected).all()


def test_slack_finds_more_of_the_wrong_labels():
    """A network trained with label smoothing is as sure of every image, give or take a little."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 10, 10_000)
    probabilities = np.full((10_000, 10), 0.01)
    probabilities[np.arange(10_000), truth] = rng.normal(0.9, 0.02, 10_000).clip(0, 1)
    labels = truth.copy()
    labels[:100] = (truth[:100] + 1) % 10

    strict, slack = (confident_classes(labels, probabilities, slack=slack) != labels for slack in (1, SLACK))

    assert strict[:100].mean() < 0.8
    assert slack[:100].mean() > 0.95
    assert not slack[100:].any()


def test_class_without_images_suggests_nothing():
    """Its threshold cannot be known."""
    probabilities = np.array([[0.1, 0.0, 0.9], [0.9, 0.1, 0.0], [0.2, 0.8, 0.0]])

    assert class_thresholds(np.array([0, 0, 1]), probabilities)[2] == np.inf
    assert confident_classes(np.array([0, 0, 1]), probabilities).tolist() == [0, 0, 1]


def test_margin_does_not_saturate():
    """A thousandth and a millionth differ, where the difference of probabilities is 1 in both cases. Zero is no end."""
    probabilities = np.array([[1e-3, 0.999], [1e-6, 1.0], [0.0, 1.0]])

    found = margins(np.zeros(3, int), np.ones(3, int), probabilities)

    assert found.tolist() == sorted(found)
    np.testing.assert_allclose(found[:2], np.log([999, 1e6]))
    assert np.isfinite(found).all()


def test_label_is_ruled_out_where_other_classes_have_as_little():
    """A misread image whose label keeps a tenth of the probability is none; one that leaves it nothing is."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 100)
    probabilities = rng.uniform(0, 0.01, (400, 4))
    probabilities[np.arange(400), labels] = 0.95
    probabilities[0] = (0.1, 0.9, 0, 0)
    probabilities[1] = (0.004, 0.996, 0, 0)

    found = ruled_out(labels, probabilities)

    assert np.flatnonzero(found).tolist() == [1]
