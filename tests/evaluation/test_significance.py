"""Is it more than chance? Both tests are paired, and count tracks, not frames."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from roadsigns.evaluation.significance import mcnemar_p, pair_tracks, permutation_p_text, sign_flip_p

DIFFERENCES = st.lists(st.integers(-30, 30), max_size=40).map(lambda values: np.array(values, np.int64))
COUNTS = st.integers(0, 700)


@given(DIFFERENCES)
def test_p_lies_between_0_and_1_and_is_never_0(differences):
    """The observed signs are one of those that might have come."""
    assert 1 / 101 <= sign_flip_p(differences, permutations=100) <= 1


@given(DIFFERENCES, st.integers(0, 2**32))
def test_exchanging_a_and_b_or_the_order_of_tracks_changes_no_p(differences, seed):
    """Exactly, not only nearly."""
    p = sign_flip_p(differences, permutations=200, seed=seed)
    shuffled = np.random.default_rng(seed).permutation(differences)

    assert sign_flip_p(-differences, permutations=200, seed=seed) == p
    assert sign_flip_p(shuffled, permutations=200, seed=seed) == p


@given(DIFFERENCES)
def test_tracks_that_both_read_equally_change_no_p(differences):
    """They tell nothing of which is better."""
    with_more = np.concatenate([differences, np.zeros(7, np.int64)])

    assert sign_flip_p(with_more, permutations=200) == sign_flip_p(differences, permutations=200)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=8))
def test_p_is_that_of_all_sign_flips(values):
    """Counted out for few tracks; 10,000 draws come within five standard errors."""
    differences = np.array(values)
    sums = [
        abs(sum(map(math.prod, zip(signs, values, strict=True))))
        for signs in itertools.product((-1, 1), repeat=len(values))
    ]
    exact = np.mean([total >= abs(sum(values)) for total in sums])

    assert sign_flip_p(differences) == pytest.approx(exact, abs=5 * math.sqrt(exact * (1 - exact) / 10_000) + 1e-3)


def test_equal_models_differ_by_chance_only():
    """Nothing differs, or gains and losses cancel."""
    assert sign_flip_p(np.zeros(50, np.int64)) == 1
    assert sign_flip_p(np.array([3, -3, 1, -1])) == 1
    assert sign_flip_p(np.zeros(0, np.int64)) == 1


def test_gain_in_every_track_is_significant():
    """Twenty tracks of one frame each: as good as never by chance."""
    assert sign_flip_p(np.full(20, -1)) == 1 / 10_001


def test_thirty_frames_of_one_track_are_one_observation():
    """A sign that changes sides wholly is no more than one throw of the coin."""
    assert sign_flip_p(np.array([-30])) == 1


def test_between_equals_p_is_small_rarely():
    """Of 1,000 comparisons about 50 come below 5 %."""
    rng = np.random.default_rng(0)
    below = sum(sign_flip_p(rng.integers(-5, 6, 30), permutations=99) <= 0.05 for _ in range(1000))

    assert 25 <= below <= 75


@given(COUNTS, COUNTS)
def test_mcnemar_is_the_binomial_test(only_a, only_b):
    """As in scipy, and symmetric in A and B."""
    p = mcnemar_p(only_a, only_b)

    assert p == mcnemar_p(only_b, only_a)
    assert 0 <= p <= 1
    if only_a + only_b:
        assert p == pytest.approx(stats.binomtest(only_a, only_a + only_b).pvalue, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(("only_a", "only_b"), [(500_000, 500_000), (499_000, 501_000), (30_000, 31_000), (0, 20_000)])
def test_mcnemar_of_a_million_tracks_takes_no_hours(only_a, only_b):
    expected = stats.binomtest(only_a, only_a + only_b).pvalue

    assert mcnemar_p(only_a, only_b) == pytest.approx(expected, rel=1e-6, abs=1e-300)


def test_flips_of_a_million_tracks_are_counted_by_kind():
    """A difference of two standard deviations; and of none, which is chance."""
    differences = np.ones(1_000_000, np.int64)
    differences[: 500_000 - 1_000] = -1

    assert sign_flip_p(differences) == pytest.approx(0.0455, abs=0.01)
    assert sign_flip_p(np.tile([1, -1, 3, -3], 250_000)) == 1


def test_mcnemar_of_nothing_is_1():
    """No track is wrong in one only."""
    assert mcnemar_p(0, 0) == 1


def test_mcnemar_of_a_textbook_case():
    """8 against 1: 2 * (1 + 9) / 512."""
    assert mcnemar_p(8, 1) == 20 / 512


def test_tracks_are_wrong_when_more_than_half_of_their_frames_are():
    """Two of four frames are not."""
    tracks = np.array([0] * 4 + [1] * 3)
    wrong_a = np.array([1, 1, 0, 0, 1, 1, 0], bool)
    wrong_b = np.array([1, 1, 1, 0, 0, 0, 0], bool)

    pairs = pair_tracks(wrong_a, wrong_b, tracks)

    assert pairs.frames.tolist() == [4, 3]
    assert pairs.change.tolist() == [1, -2]
    assert pairs.mostly_misread_a.tolist() == [False, True]
    assert pairs.mostly_misread_b.tolist() == [True, False]


def test_smallest_p_that_permutations_can_show_is_a_bound():
    """Sixty tracks, all better: none of 10,000 draws comes as far."""
    smallest = sign_flip_p(np.ones(60, np.int64))

    assert permutation_p_text(smallest) == "p ≤ 0.0001"
    assert permutation_p_text(2 * smallest) == "p = 0.0002"
    assert permutation_p_text(0.034) == "p = 0.034"
