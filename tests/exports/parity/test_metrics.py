"""Parity: equal labels and close probabilities, counted batch by batch."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.exports.parity.metrics import LIMITS, Parity, ParityTally
from roadsigns.inference.decide import DecisionRule
from roadsigns.types import UNKNOWN_KINDS, SignClass


def tally(precision, keras, export, labels=None):
    """The parity of one batch of a network without kinds of unknown."""
    counted = ParityTally(precision, np.shape(keras)[1])
    counted.add(np.asarray(keras, np.float32), np.asarray(export, np.float32), labels)
    return counted.result()


def parity(precision, *, images=1000, unequal_labels=0, largest_difference=0.0):
    """Metrics as if they had been counted."""
    return Parity(precision, images, unequal_labels, largest_difference, 0.0)


def test_equal_answers_agree():
    """No label, no probability differs."""
    result = tally("float32", [[0.9, 0.1], [0.2, 0.8]], [[0.9, 0.1], [0.2, 0.8]])

    assert result == Parity("float32", 2, 0, 0.0, 0.0)
    assert result.agrees


@pytest.mark.parametrize(
    ("metrics", "agrees"),
    [
        (parity("float32", largest_difference=1e-4), True),
        (parity("float32", largest_difference=1.1e-4), False),
        (parity("float32", unequal_labels=1), False),
        (parity("float16", unequal_labels=1, largest_difference=0.02), True),
        (parity("float16", unequal_labels=2), False),
        (parity("float16", largest_difference=0.021), False),
        (parity("bfloat16", unequal_labels=1, largest_difference=0.02), True),
        (parity("bfloat16", unequal_labels=2), False),
        (parity("bfloat16", images=999, unequal_labels=1), False),
        (parity("float32", images=0), False),
    ],
)
def test_limits_are_those_of_the_documentation(metrics, agrees):
    """Float32: equal labels and 1e-4. Half precision: 99.9 % and 0.02. No images, no agreement."""
    assert metrics.agrees is agrees


def test_int8_may_change_few_labels_and_any_probability():
    """Only labels have a limit."""
    allowed = LIMITS["int8"].allowed(1000)

    assert 0 < allowed <= 50
    assert parity("int8", unequal_labels=allowed, largest_difference=0.9).agrees
    assert not parity("int8", unequal_labels=allowed + 1).agrees


def test_differences_are_those_of_the_worst_class():
    """The largest over all images, and the mean of each image's largest."""
    result = tally("float16", [[0.9, 0.1, 0.0], [0.5, 0.3, 0.2]], [[0.8, 0.1, 0.1], [0.5, 0.35, 0.15]])

    assert result.largest_difference == pytest.approx(0.1)
    assert result.mean_difference == pytest.approx(0.075)


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_probabilities_that_are_not_finite_never_agree(broken):
    """Whatever the limits; also where the label happens to be equal."""
    for precision in LIMITS:
        result = tally(precision, [[0.9, 0.1]], [[0.9, broken]])

        assert result.largest_difference == np.inf
        assert not result.agrees


def test_errors_of_both_are_counted_where_labels_are_known():
    """Each against the labels."""
    result = tally("int8", [[0.9, 0.1], [0.6, 0.4]], [[0.1, 0.9], [0.6, 0.4]], np.array([0, 1], np.int32))

    assert (result.keras_errors, result.export_errors, result.unequal_labels) == (1, 2, 1)


def test_errors_are_unknown_if_one_batch_has_no_labels():
    """A count of some batches only would mislead."""
    counted, rows = ParityTally("float32", 2), np.eye(2, dtype=np.float32)
    counted.add(rows, rows, np.array([0, 1], np.int32))
    counted.add(rows, rows)

    assert counted.result().keras_errors is None


def test_kinds_of_unknown_are_no_errors():
    """A known sign that is taken for an unknown one still has a most probable class; that both differ is counted."""
    counted, labels = ParityTally("int8", 2), np.array([0], np.int32)
    counted.add(np.array([[0.6, 0.4, 0.9]], np.float32), np.array([[0.6, 0.4, 0.1]], np.float32), labels)

    result = counted.result()
    assert (result.keras_errors, result.export_errors, result.unequal_labels) == (0, 0, 1)


def two_classes(**rule):
    """The rule of a model of two classes and two kinds of unknown."""
    return DecisionRule((SignClass(0, "stop"), SignClass(1, "bus")), UNKNOWN_KINDS[:2], **rule)


def test_decisions_are_compared_where_the_model_decides():
    """Known or unknown, by the model's threshold; the kind of unknown does not matter to it."""
    keras = np.array([[0.6, 0.4, 0.01, 0.0], [0.6, 0.4, 0.3, 0.1], [0.6, 0.4, 0.05, 0.0]], np.float32)
    export = np.array([[0.6, 0.4, 0.02, 0.0], [0.6, 0.4, 0.1, 0.3], [0.6, 0.4, 0.15, 0.0]], np.float32)
    counted = ParityTally("int8", 2, two_classes(threshold=0.9))
    counted.add(keras, export)

    result = counted.result()

    assert result.unequal_decisions == 1
    assert not result.agrees
    assert tally("int8", keras, export).unequal_decisions is None


def test_uncertain_is_a_decision_of_its_own():
    """Of an unknown image, the size of its set does not matter."""
    keras = np.array([[0.8, 0.2, 0.0, 0.0], [0.6, 0.4, 0.0, 0.0], [0.6, 0.4, 0.5, 0.0]], np.float32)
    export = np.array([[0.7, 0.3, 0.0, 0.0], [0.7, 0.3, 0.0, 0.0], [0.9, 0.1, 0.5, 0.0]], np.float32)
    counted = ParityTally("int8", 2, two_classes(threshold=0.9, quantile=0.5))
    counted.add(keras, export)

    assert counted.result().unequal_decisions == 1


@pytest.mark.parametrize(
    ("precision", "images", "unequal", "agrees"),
    [
        ("float32", 39_209, 3, True),
        ("float32", 39_209, 4, False),
        ("float32", 9_999, 1, False),
        ("float16", 1000, 1, True),
        ("float16", 1000, 2, False),
        ("int8", 1000, 50, True),
        ("int8", 1000, 51, False),
    ],
)
def test_few_decisions_may_differ(precision, images, unequal, agrees):
    """One in ten thousand in float32, in a thousand in half precision, in twenty in int8."""
    metrics = replace(parity(precision, images=images), unequal_decisions=unequal)

    assert metrics.agrees is agrees


def test_answers_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"shape \(1, 2\), Keras \(1, 3\)"):
        tally("float32", [[0.5, 0.3, 0.2]], [[0.5, 0.5]])


@given(cuts=st.lists(st.integers(0, 20), max_size=4), seed=st.integers(0, 99))
def test_batches_do_not_matter(cuts, seed):
    """However the images are cut up."""
    keras, export = np.random.default_rng(seed).random((2, 20, 3), np.float32)
    labels = np.arange(20, dtype=np.int32) % 3
    counted = ParityTally("int8", 3)
    ends = sorted({0, 20, *cuts})
    for start, end in pairwise(ends):
        counted.add(keras[start:end], export[start:end], labels[start:end])

    whole, parts = tally("int8", keras, export, labels), counted.result()

    assert parts.mean_difference == pytest.approx(whole.mean_difference)
    assert (parts.unequal_labels, parts.largest_difference, parts.keras_errors, parts.export_errors) == (
        whole.unequal_labels,
        whole.largest_difference,
        whole.keras_errors,
        whole.export_errors,
    )
