"""Conformal calibration: what it promises for groups, and that it agrees with MAPIE and crepes for single images."""

import crepes
import numpy as np
import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st
from mapie.classification import SplitConformalClassifier
from scipy.stats import binom
from sklearn.base import BaseEstimator, ClassifierMixin

from roadsigns.errors import RunError
from roadsigns.evaluation.conformal import (
    conformal_quantile,
    cross_fitted_quantiles,
    level_text,
    require_units,
    set_metrics,
    units_needed,
)
from roadsigns.inference.prediction_sets import nonconformity_scores, set_members

LEVELS = (0.8, 0.9, 0.95, 0.99)


class GivenProbabilities(ClassifierMixin, BaseEstimator):
    """A classifier for the libraries: its input is its probabilities."""

    def __init__(self, classes=10):
        self.classes = classes

    def fit(self, images, labels):
        self.classes_ = np.arange(self.classes)
        self.n_features_in_ = self.classes
        return self

    def predict_proba(self, images):
        return images

    def predict(self, images):
        return images.argmax(axis=1)


def draw_images(count, *, classes=10, seed=0, sureness=2.0):
    """Probabilities of a network that is surer than it may be, and what the images show."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(scale=2, size=(count, classes))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (chances.cumsum(axis=1) > rng.random((count, 1))).argmax(axis=1)
    sure = np.exp(sureness * logits)
    return sure / sure.sum(axis=1, keepdims=True), labels


def draw_scores(rng, groups):
    """Scores of groups of 1 to 40 images that are alike: large groups are harder. Gives scores and group numbers."""
    sizes = rng.choice([1, 2, 10, 40], groups)
    hardness = rng.normal(size=groups) + 0.03 * sizes
    units = np.repeat(np.arange(groups), sizes)
    return hardness[units] + 0.3 * rng.normal(size=len(units)), units


@st.composite
def scores_and_units(draw):
    sizes = draw(st.lists(st.integers(1, 5), min_size=9, max_size=30))
    scores = draw(st.lists(st.sampled_from(np.linspace(0, 1, 21).tolist()), min_size=sum(sizes), max_size=sum(sizes)))
    return np.array(scores), np.repeat(np.arange(len(sizes)), sizes)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("count", [100, 237, 1000])
def test_with_one_image_in_each_unit_it_is_split_conformal_prediction(count, level):
    """The textbook's quantile: the score of rank (n + 1) * level, rounded up."""
    scores = np.random.default_rng(0).random(count)

    quantile = conformal_quantile(scores, np.arange(count), level)

    rank = int(np.ceil(round((count + 1) * level, 6)))
    assert quantile == np.sort(scores)[rank - 1]


@pytest.mark.parametrize("level", LEVELS)
def test_sets_are_those_of_crepes_for_single_images(level):
    """With the same nonconformity score."""
    (known, labels), (new, _) = draw_images(500), draw_images(300, seed=1)
    of_all = np.stack([nonconformity_scores(new, np.full(len(new), each)) for each in range(10)], axis=1)

    ours = set_members(new, conformal_quantile(nonconformity_scores(known, labels), np.arange(500), level))

    conformal = crepes.ConformalClassifier().fit(nonconformity_scores(known, labels))
    theirs = conformal.predict_set(of_all, confidence=level, smoothing=False)
    np.testing.assert_array_equal(ours, theirs.astype(bool))
    assert 1.0 < ours.sum(axis=1).mean() < 10


def as_probabilities(probabilities):
    """Ratios to the largest probability of each image, scaled to be probabilities: the eleventh class has the rest."""
    ratios = probabilities / probabilities.max(axis=1, keepdims=True) / probabilities.shape[1]
    return np.column_stack([ratios, 1 - ratios.sum(axis=1)])


@pytest.mark.parametrize("level", LEVELS)
def test_sets_are_those_of_mapie_for_single_images(level):
    """Of LAC, which takes 1 - ratio for its score when it is given ratios for probabilities."""
    (known, labels), (new, _) = draw_images(500), draw_images(300, seed=1)

    ours = set_members(new, conformal_quantile(nonconformity_scores(known, labels), np.arange(500), level))

    classifier = GivenProbabilities(classes=11).fit(known, labels)
    mapie = SplitConformalClassifier(classifier, confidence_level=level, conformity_score="lac", prefit=True)
    fitted = mapie.conformalize(as_probabilities(known), labels)
    np.testing.assert_array_equal(ours, fitted.predict_set(as_probabilities(new))[1][:, :10, 0])
    assert 1.0 < ours.sum(axis=1).mean() < 10


def test_unit_counts_once_however_many_images_it_has():
    """Nine groups at level 0.5: five of ten weights must be reached, and the first group's images share one."""
    scores = np.array([0.9, 0.8, 0.7, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.95, 0.96])
    units = np.array([0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8])

    assert conformal_quantile(scores, units, 0.5) == 0.5
    # A tenth image of a group that has the lowest score moves nothing.
    assert conformal_quantile(np.append(scores, 0.1), np.append(units, 1), 0.5) == 0.5
    # 6 groups and two thirds of another: 6.6667 of 10.
    assert conformal_quantile(scores, units, 2 / 3) == 0.8


@given(scores_and_units(), st.sampled_from([0.3, 0.5, 0.7, 0.8]), st.sampled_from([0.3, 0.5, 0.7, 0.8]))
def test_higher_level_has_no_lower_quantile(case, first, second):
    """So that sets are nested in the level."""
    low, high = sorted((first, second))

    assert conformal_quantile(*case, low) <= conformal_quantile(*case, high)


@given(scores_and_units(), st.integers(0, 99))
def test_order_of_images_and_names_of_units_do_not_matter(case, seed):
    scores, units = case
    rng = np.random.default_rng(seed)
    order, names = rng.permutation(len(scores)), rng.permutation(100)

    assert conformal_quantile(scores[order], names[units[order]], 0.8) == conformal_quantile(scores, units, 0.8)


@pytest.mark.parametrize("level", [0.8, 0.9])
def test_image_of_a_new_group_is_covered_as_promised(level):
    """2,000 draws of 29 groups and a new one: no less than the level, beyond chance, and hardly more."""
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(2000):
        scores, units = draw_scores(rng, 30)
        new = rng.choice(scores[units == 29])
        known = units < 29
        covered += new <= conformal_quantile(scores[known], units[known], level)

    assert binom.cdf(covered, 2000, level) > 0.01
    # Lee, Barber and Willett: at most the level and 2 / (groups + 1) where scores are all different.
    assert covered / 2000 < level + 2 / 30 + 0.02


def test_easy_large_groups_do_not_hide_hard_small_ones():
    """Large groups are easy here: where images count alike, images of a new group are covered less than promised."""
    rng = np.random.default_rng(1)
    covered = covered_by_images = 0
    for _ in range(1000):
        hard = rng.random(40) < 0.3
        units = np.repeat(np.arange(40), np.where(hard, 1, 50))
        scores = np.where(hard[units], 5, 0) + rng.random(len(units))
        known, new = units < 39, rng.choice(scores[units == 39])
        covered += new <= conformal_quantile(scores[known], units[known], 0.9)
        covered_by_images += new <= np.quantile(scores[known], 0.9, method="higher")

    assert binom.cdf(covered, 1000, 0.9) > 0.01
    assert covered_by_images < 800


@pytest.mark.parametrize(
    ("level", "needed"), [(0.5, 1), (0.9, 9), (0.99, 99), (0.999, 999), (0.9999, 9999), (0.995, 199), (0.985, 66)]
)
def test_level_needs_so_many_units_and_not_one_fewer(level, needed):
    """The largest score of n units is beaten by one more with a probability of 1 / (n + 1)."""
    scores = np.random.default_rng(0).random(needed)

    assert units_needed(level) == needed
    assert conformal_quantile(scores, np.arange(needed), level) == scores.max()
    if needed > 1:
        with raises(RunError, problem="cannot support the level", expected=f"at least {needed:,} unit"):
            conformal_quantile(scores[1:], np.arange(needed - 1), level)


def test_level_that_is_too_high_is_refused_with_the_reason():
    """99.99 % of 600 groups."""
    with raises(
        RunError,
        problem="600 groups cannot support the level 99.99 %: even if all of their sets hold the true class, the next "
        "one may miss it with a probability of 1 in 601.",
        expected="at least 9,999 groups",
        hint="lower level",
    ):
        require_units(600, 0.9999, noun="group")
    require_units(9999, 0.9999, noun="group")


def test_levels_are_shown_in_percent():
    assert [level_text(each) for each in (0.9, 0.99, 0.999, 0.9999, 0.57)] == [
        "90 %",
        "99 %",
        "99.9 %",
        "99.99 %",
        "57 %",
    ]


@pytest.mark.parametrize(("level", "parts"), [(0.8, 2), (0.93, 20)])
def test_unit_is_judged_by_quantiles_that_it_did_not_contribute_to(level, parts):
    """Halves where they are enough, else one unit at a time: its own scores change nothing."""
    rng = np.random.default_rng(0)
    units = np.repeat(np.arange(20), rng.integers(1, 6, 20))
    scores = rng.random(len(units))

    quantiles, made = cross_fitted_quantiles(scores, units, level)

    assert made == parts
    assert len(np.unique(quantiles)) > 1
    for unit in range(20):
        own = units == unit
        changed, _ = cross_fitted_quantiles(np.where(own, 9.0, scores), units, level)
        assert (changed[own] == quantiles[own]).all()
        assert len(np.unique(quantiles[own])) == 1


def test_halves_get_the_quantile_of_the_other_half():
    """There are two, as large as each other, and they are not those of the order of the units."""
    scores, units = draw_scores(np.random.default_rng(0), 100)

    quantiles, _ = cross_fitted_quantiles(scores, units, 0.9)

    first = quantiles == quantiles[0]
    assert len(np.unique(units[first])) == 50
    assert quantiles[0] == conformal_quantile(scores[~first], units[~first], 0.9)
    assert quantiles[~first][0] == conformal_quantile(scores[first], units[first], 0.9)
    assert not np.isin(np.arange(50), units[first]).all()


def test_single_units_get_the_quantile_of_all_others():
    scores, units = draw_scores(np.random.default_rng(0), 12)

    quantiles, parts = cross_fitted_quantiles(scores, units, 0.9)

    assert parts == 12
    for unit in range(12):
        others = units != unit
        assert (quantiles[~others] == conformal_quantile(scores[others], units[others], 0.9)).all()


def test_units_that_only_just_support_a_level_leave_none_to_judge():
    """One more is needed."""
    with raises(RunError, problem="9 units support the level 90 % only together", expected="at least 10 units"):
        cross_fitted_quantiles(np.arange(9.0), np.arange(9), 0.9)


def test_metrics_count_units_for_the_coverage_and_images_for_the_sizes():
    """Two groups of three and one images; of the first, one image's truth is outside its set."""
    rows = np.array([[0.9, 0.06, 0.04], [0.5, 0.4, 0.1], [0.1, 0.8, 0.1], [0.2, 0.3, 0.5]])
    labels, units = np.array([0, 1, 0, 2]), np.array([7, 7, 7, 3])

    metrics = set_metrics(rows, labels, units, np.full(4, 0.3), unit="group")

    assert metrics.coverage == pytest.approx((2 / 3 + 1) / 2)
    assert metrics.image_coverage == pytest.approx(3 / 4)
    assert metrics.mean_size == pytest.approx((1 + 2 + 1 + 1) / 4)
    assert metrics.largest_size == 2
    assert metrics.single == pytest.approx(3 / 4)
    assert [(one.class_id, one.units, one.images, one.coverage) for one in metrics.classes] == [
        (0, 1, 2, 0.5),
        (1, 1, 1, 1),
        (2, 1, 1, 1),
    ]
    assert metrics.interval.unit == "group"
    assert metrics.interval.low < metrics.coverage < metrics.interval.high


def test_each_image_has_the_set_of_its_own_quantile():
    """As cross-fitting gives them."""
    rows, labels = draw_images(50)
    quantiles = np.where(np.arange(50) % 2, 0.6, 0.97)

    metrics = set_metrics(rows, labels, np.arange(50), quantiles, unit="image")

    members = [set_members(rows[[image]], quantiles[image])[0] for image in range(50)]
    assert metrics.mean_size == pytest.approx(np.mean([one.sum() for one in members]))
    assert metrics.image_coverage == pytest.approx(
        np.mean([one[label] for one, label in zip(members, labels, strict=True)])
    )


def test_metrics_say_in_json_what_they_are():
    """With the level of each interval."""
    rows, labels = draw_images(40)

    values = set_metrics(rows, labels, np.arange(40), np.full(40, 0.8), unit="image").as_dict()

    assert values["interval"].keys() == {"level", "low", "high", "unit", "effective_images"}
    assert values["classes"][0]["interval"]["level"] == 0.95
    assert values.keys() == {
        *("coverage", "interval", "image_coverage", "mean_size", "largest_size", "single", "classes"),
    }
