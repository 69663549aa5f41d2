"""The metrics are those of scikit-learn, and a class without images has none."""

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.evaluation.compute_metrics import compute_metrics, metrics_from_classes
from roadsigns.evaluation.intervals import bootstrap_interval

CLASSES = 5


def softmax(rng, images, classes=CLASSES):
    scores = np.exp(rng.normal(size=(images, classes)) * 3)
    return (scores / scores.sum(axis=1, keepdims=True)).astype(np.float32)


def certain(read, classes):
    return np.eye(classes, dtype=np.float32)[np.array(read)]


@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_metrics_are_those_of_scikit_learn(seed, images):
    """Accuracy, errors, log loss, confusion matrix and recall, for any probabilities and labels."""
    rng = np.random.default_rng(seed)
    probabilities, labels = softmax(rng, images), rng.integers(0, CLASSES, images)
    read = probabilities.argmax(axis=1)
    every = list(range(CLASSES))

    metrics = compute_metrics(probabilities, labels, tracks=[None] * images)

    recall = sklearn.metrics.recall_score(labels, read, labels=every, average=None, zero_division=np.nan)
    assert metrics.accuracy == pytest.approx(sklearn.metrics.accuracy_score(labels, read))
    assert metrics.errors == (labels != read).sum()
    assert metrics.images == images
    assert metrics.log_loss == pytest.approx(sklearn.metrics.log_loss(labels, probabilities, labels=every), rel=1e-5)
    np.testing.assert_array_equal(
        metrics.confusion, sklearn.metrics.confusion_matrix(labels, read, labels=every), strict=True
    )
    np.testing.assert_allclose(metrics.recall, recall)
    assert metrics.class_images.sum() == images
    assert metrics.class_errors.sum() == metrics.errors


def test_class_without_images_has_no_recall():
    """NaN, not 0 and not 100 %."""
    metrics = compute_metrics(certain([0, 0, 1], 3), np.array([0, 1, 1]), tracks=[None] * 3)

    np.testing.assert_array_equal(metrics.recall, [1, 0.5, np.nan])


def test_probability_of_zero_for_the_truth_costs_much_but_is_finite():
    """As in scikit-learn: clipped at the smallest step of float32."""
    metrics = compute_metrics(certain([1], 2), np.array([0]), tracks=[None])

    assert metrics.log_loss == pytest.approx(-np.log(np.finfo(np.float32).eps))


def test_misread_tracks_are_counted_in_two_ways():
    """One misread frame of three is misread at least once, two are mostly misread."""
    labels = np.zeros(9, int)
    read = [0, 0, 0, 1, 0, 0, 1, 1, 0]

    metrics = compute_metrics(certain(read, 2), labels, tracks=list("aaabbbccc"))

    assert (metrics.tracks.tracks, metrics.tracks.misread_at_least_once, metrics.tracks.mostly_misread) == (3, 2, 1)
    assert metrics.interval.unit == "track"
    assert metrics.bootstrap == bootstrap_interval(labels != np.array(read), np.repeat([0, 1, 2], 3))


def test_without_tracks_there_are_no_misread_tracks():
    """The counts are missing, not zero; the interval names its unit, and there is no bootstrap by track."""
    metrics = compute_metrics(certain([0], 2), np.array([0]), tracks=[None])

    assert metrics.tracks is None
    assert metrics.bootstrap is None
    assert metrics.interval.unit == "image"


def test_subsets_add_up_to_the_whole_and_stand_beside_people():
    """Every image is in one of the six subsets; a subset without images has no accuracy."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 42, 500)
    subsets = GTSRB.subsets
    labels = labels[~np.isin(labels, subsets[-1].class_ids)]

    metrics = compute_metrics(softmax(rng, len(labels), 43), labels, tracks=[None] * len(labels), subsets=subsets)

    assert [subset.name for subset in metrics.subsets] == [subset.name for subset in subsets]
    assert sum(subset.images for subset in metrics.subsets) == len(labels)
    assert sum(subset.errors for subset in metrics.subsets) == metrics.errors
    assert [subset.human_accuracy for subset in metrics.subsets] == [0.9763, 0.9993, 0.9889, 0.9972, 0.9867, 1.0]
    assert metrics.subsets[-1].accuracy is None


def test_other_classes_have_no_subsets():
    """Custom classes are not GTSRB's."""
    assert compute_metrics(certain([0], 2), np.array([0]), tracks=[None]).subsets is None


@pytest.mark.parametrize(
    ("probabilities", "labels", "tracks", "message"),
    [
        (certain([0], 2), np.array([0, 1]), [None], "Got 1 rows of probabilities, 2 labels"),
        (np.zeros((0, 2), np.float32), np.zeros(0, int), [], "at least one"),
        (certain([0], 2), np.array([2]), [None], "do not fit 2 columns"),
        (np.full((1, 2), np.nan, np.float32), np.array([0]), [None], "not a number"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(probabilities, labels, tracks, message):
    """The message says what came."""
    with pytest.raises(ValueError, match=message):
        compute_metrics(probabilities, labels, tracks=tracks)


def test_classes_alone_give_the_same_metrics():
    """All but the log loss, which is then given."""
    rng = np.random.default_rng(0)
    probabilities, labels = softmax(rng, 50), rng.integers(0, CLASSES, 50)
    tracks = [f"{index // 5}" for index in range(50)]
    whole = compute_metrics(probabilities, labels, tracks=tracks)

    metrics = metrics_from_classes(
        probabilities.argmax(axis=1), labels, num_classes=CLASSES, log_loss=whole.log_loss, tracks=tracks
    )

    assert metrics.as_dict(list("abcde")) == whole.as_dict(list("abcde"))


def test_confused_classes_are_the_pairs_off_the_diagonal():
    """In label order, with their counts."""
    metrics = compute_metrics(certain([1, 1, 1, 0, 2], 3), np.array([0, 0, 1, 2, 2]), tracks=[None] * 5)

    assert [column.tolist() for column in metrics.confused()] == [[0, 2], [1, 0], [2, 1]]
