"""Prediction sets: never empty, best first, nested, and the same whatever the classes are called."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.inference.prediction_sets import nonconformity_scores, prediction_set, set_members


@st.composite
def probability_rows(draw, dtype=np.float32):
    """Up to eight images of two to six classes, rounded, so that some are equal."""
    images, classes = draw(st.integers(1, 8)), draw(st.integers(2, 6))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    rows = rng.dirichlet(np.full(classes, draw(st.sampled_from([0.05, 0.5, 5]))), images)
    return rows.round(draw(st.sampled_from([1, 2, 7]))).astype(dtype)


def test_set_holds_all_classes_near_the_most_probable_one_best_first():
    """Ratios to it of 0.17, 0.5; 0.01; 0.44, 0.78."""
    rows = np.array([[0.1, 0.3, 0.6], [0.98, 0.01, 0.01], [0.2, 0.45, 0.35]])

    assert prediction_set(rows, 0.5) == [[2, 1], [0], [1, 2]]
    assert prediction_set(rows, 0.3) == [[2], [0], [1, 2]]
    assert prediction_set(rows, 0.6) == [[2, 1], [0], [1, 2, 0]]


@given(st.integers(0, 1000), st.floats(0.2, 5), st.floats(0.01, 0.99))
def test_a_temperature_changes_no_set(seed, temperature, quantile):
    """Once the quantile is that of the same temperature."""
    rows = np.random.default_rng(seed).dirichlet(np.full(5, 0.5), 6) + 1e-12
    scaled = rows ** (1 / temperature)
    scaled /= scaled.sum(axis=1, keepdims=True)

    other = prediction_set(scaled, 1 - (1 - quantile) ** (1 / temperature))

    assert other == prediction_set(rows, quantile)


def test_quantile_of_0_leaves_the_most_probable_class_and_1_keeps_all():
    """Also where every probability is small."""
    rows = np.array([[0.3, 0.25, 0.45], [1, 0, 0]], np.float32)

    assert prediction_set(rows, 0) == [[2], [0]]
    assert prediction_set(rows, 1) == [[2, 0, 1], [0, 1, 2]]


def test_of_equal_probabilities_the_lower_class_comes_first():
    assert prediction_set(np.array([[0.2, 0.4, 0.4]]), 0.9) == [[1, 2, 0]]
    assert prediction_set(np.array([[0.2, 0.4, 0.4]]), 0) == [[1, 2]]


def test_no_image_has_no_set():
    assert prediction_set(np.empty((0, 3), np.float32), 0.9) == []


@pytest.mark.parametrize("quantile", [-0.1, 1.1, float("nan"), float("inf")])
def test_quantile_out_of_range_is_refused(quantile):
    with pytest.raises(ValueError, match="from 0 to 1"):
        prediction_set(np.full((1, 2), 0.5), quantile)


@given(probability_rows(), st.floats(0, 1), st.floats(0, 1))
def test_sets_are_never_empty_and_nested_in_the_quantile(rows, first, second):
    """A larger quantile only adds classes, at the end."""
    small, large = (prediction_set(rows, quantile) for quantile in sorted((first, second)))

    for few, many in zip(small, large, strict=True):
        assert few
        assert set(few) <= set(many)
    assert [one[0] for one in small] == rows.argmax(axis=1).tolist()


@given(probability_rows(), st.floats(0, 1))
def test_lists_are_the_members_by_falling_probability(rows, quantile):
    members = set_members(rows, quantile)

    for row, inside, listed in zip(rows, members, prediction_set(rows, quantile), strict=True):
        assert sorted(listed) == np.flatnonzero(inside).tolist()
        assert row[listed].tolist() == sorted(row[inside].tolist(), reverse=True)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(data=st.data())
def test_class_is_in_its_set_exactly_from_its_score_up(dtype, data):
    """Rounding does not part the two: a quantile is the score of some image."""
    rows = data.draw(probability_rows(dtype))
    class_ids = np.array([data.draw(st.integers(0, rows.shape[1] - 1)) for _ in rows])
    scores = nonconformity_scores(rows, class_ids)

    for image, (class_id, score) in enumerate(zip(class_ids, scores, strict=True)):
        assert set_members(rows, score)[image, class_id]
        if score > 0:
            assert not set_members(rows, np.nextafter(score, 0))[image, class_id]


@given(st.integers(0, 1000), st.floats(0, 1))
def test_other_order_of_the_classes_gives_the_same_sets(seed, quantile):
    """Where no two probabilities are equal."""
    rng = np.random.default_rng(seed)
    rows, order = rng.dirichlet(np.full(5, 0.5), 6), rng.permutation(5)

    moved = prediction_set(rows[:, order], quantile)

    assert [order[one].tolist() for one in moved] == prediction_set(rows, quantile)
