"""The intervals count signs, not frames; Wilson's does not collapse where nothing is wrong."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from roadsigns.evaluation import intervals
from roadsigns.evaluation.intervals import (
    Z,
    accuracy_interval,
    bootstrap_interval,
    coverage_interval,
    effective_images,
    number_tracks,
)

FRAMES = 30


def tracks_of(count, frames=FRAMES):
    return np.repeat(np.arange(count), frames)


@st.composite
def wrong_and_tracks(draw):
    sizes = draw(st.lists(st.integers(1, 8), min_size=1, max_size=12))
    wrong = draw(st.lists(st.booleans(), min_size=sum(sizes), max_size=sum(sizes)))
    return np.array(wrong), np.repeat(np.arange(len(sizes)), sizes)


@given(wrong_and_tracks())
def test_interval_holds_the_accuracy_and_stays_within_0_and_1(case):
    """Whatever is wrong, 0 <= low <= accuracy <= high <= 1, and the interval has a width."""
    wrong, tracks = case

    interval = accuracy_interval(wrong, tracks)

    assert 0 <= interval.low <= 1 - wrong.mean() + 1e-12
    assert 1 - wrong.mean() - 1e-12 <= interval.high <= 1
    assert interval.high - interval.low > 0.01
    assert 0 < interval.effective_images <= len(wrong)


@given(wrong_and_tracks())
def test_interval_of_the_errors_mirrors_that_of_the_accuracy(case):
    """Exchanging right and wrong exchanges the ends."""
    wrong, tracks = case
    if 2 * wrong.sum() == len(wrong):
        return

    interval, mirrored = accuracy_interval(wrong, tracks), accuracy_interval(~wrong, tracks)

    assert mirrored.low == pytest.approx(1 - interval.high)
    assert mirrored.high == pytest.approx(1 - interval.low)


def test_without_tracks_it_is_wilsons_interval_of_the_images():
    """10 errors of 1,000: the textbook's formula, and the unit is the image."""
    wrong = np.arange(1000) < 10
    rate, n = 0.99, 1000
    centre = (rate + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(rate * (1 - rate) / n + Z**2 / (4 * n**2))

    interval = accuracy_interval(wrong, None)

    assert interval.unit == "image"
    assert interval.effective_images == pytest.approx(1000)
    assert (interval.low, interval.high) == pytest.approx((centre - half, centre + half))


def test_without_errors_every_track_counts_once():
    """260 tracks of 30 frames, all right: as much as 260 images, so the lower end is at Wilson's n / (n + z^2)."""
    interval = accuracy_interval(np.zeros(260 * FRAMES, bool), tracks_of(260))

    assert interval.unit == "track"
    assert interval.effective_images == pytest.approx(260)
    assert interval.low == pytest.approx(260 / (260 + Z**2))
    assert interval.high == pytest.approx(1)


def test_one_wrong_frame_hardly_changes_the_width():
    """The step from no error to one is small; a variance without the added track would make it thirtyfold."""
    wrong = np.zeros(260 * FRAMES, bool)
    none = accuracy_interval(wrong, tracks_of(260))
    wrong[0] = True
    one = accuracy_interval(wrong, tracks_of(260))

    assert one.high - one.low == pytest.approx(none.high - none.low, rel=0.1)


def test_whole_wrong_tracks_count_as_single_images():
    """20 of 200 tracks wrong in every frame: as much as 200 images."""
    wrong = np.repeat(np.arange(200) < 20, FRAMES)

    assert effective_images(wrong, tracks_of(200)) == pytest.approx(200, rel=0.01)


@pytest.mark.parametrize("errors", [0, 1, 15, 30])
def test_one_sign_is_one_observation(errors):
    """Whatever is misread in it: how much its frames differ from those of other signs cannot be told."""
    wrong = np.arange(FRAMES) < errors

    assert effective_images(wrong, tracks_of(1)) == pytest.approx(1)


def test_one_sign_half_right_says_no_more_than_two_signs_of_which_one_is_right():
    one = accuracy_interval(np.arange(FRAMES) < FRAMES / 2, tracks_of(1))
    two = accuracy_interval(np.repeat([True, False], FRAMES), tracks_of(2))

    assert one.high - one.low > two.high - two.low


def test_errors_that_do_not_keep_to_tracks_count_as_images():
    """Independent frames: many errors show that, and the added track no longer matters much."""
    wrong = np.random.default_rng(0).random(400 * FRAMES) < 0.3

    assert effective_images(wrong, tracks_of(400)) > 0.5 * len(wrong)


@pytest.mark.parametrize(("tracks", "rate"), [(50, 0.05), (260, 0.02), (260, 0.002)])
def test_interval_covers_the_truth_where_frames_of_a_sign_err_together(tracks, rate):
    """In 300 drawn data sets the truth lies inside about 95 times of 100; counting frames it would be 30 times."""
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(300):
        hardness = rng.beta(0.3 * rate, 0.3 * (1 - rate), tracks)
        wrong = rng.random((tracks, FRAMES)) < hardness[:, None]
        interval = accuracy_interval(wrong.ravel(), tracks_of(tracks))
        covered += interval.low <= 1 - rate <= interval.high

    assert covered / 300 >= 0.9


def test_images_without_a_track_are_tracks_of_their_own():
    """Equal keys share a number, None never does; with no key at all nothing is numbered."""
    assert number_tracks(["a", None, "a", None, "b"]).tolist() == [0, 1, 0, 2, 3]
    assert number_tracks([None, None]) is None


def test_bootstrap_resamples_whole_tracks():
    """All 256 resamples of four tracks, counted out: the ends are quantiles of their accuracies."""
    sizes, errors = np.array([1, 2, 3, 6]), np.array([0, 1, 3, 2])
    wrong = np.concatenate([np.arange(size) < count for size, count in zip(sizes, errors, strict=True)])
    accuracies = [
        1 - errors[list(drawn)].sum() / sizes[list(drawn)].sum() for drawn in itertools.product(range(4), repeat=4)
    ]

    interval = bootstrap_interval(wrong, np.repeat(np.arange(4), sizes), resamples=200_000)

    assert (interval.low, interval.high) == pytest.approx(np.quantile(accuracies, [0.025, 0.975]), abs=0.02)


def test_bootstrap_is_that_of_scipy():
    """Of the ratio of two sums over tracks, within the noise of 10,000 resamples."""
    rng = np.random.default_rng(0)
    sizes = rng.integers(5, 40, 150)
    errors = rng.binomial(sizes, rng.beta(0.3, 3, 150))
    wrong = np.concatenate([np.arange(size) < count for size, count in zip(sizes, errors, strict=True)])

    interval = bootstrap_interval(wrong, np.repeat(np.arange(150), sizes))

    expected = stats.bootstrap(
        (sizes - errors, sizes),
        lambda right, images, axis: right.sum(axis) / images.sum(axis),
        paired=True,
        method="percentile",
        n_resamples=10_000,
        rng=np.random.default_rng(1),
    ).confidence_interval
    assert (interval.low, interval.high) == pytest.approx(expected, abs=0.003)
    assert interval.high - interval.low > 0.04


@given(wrong_and_tracks(), st.integers(0, 99))
def test_bootstrap_stays_within_0_and_1_and_follows_its_seed(case, seed):
    """Without errors it has no width, which is why the other interval stands first."""
    wrong, tracks = case

    interval = bootstrap_interval(wrong, tracks, resamples=50, seed=seed)

    assert 0 <= interval.low <= interval.high <= 1
    assert interval == bootstrap_interval(wrong, tracks, resamples=50, seed=seed)
    clean = bootstrap_interval(np.zeros_like(wrong), tracks, resamples=50)
    assert (clean.low, clean.high) == (1, 1)


def test_many_tracks_are_drawn_in_parts():
    """More tracks than fit into memory a thousand times."""
    wrong = np.arange(300_000) % 10 == 0

    interval = bootstrap_interval(wrong, np.arange(300_000), resamples=20)

    assert interval.low == pytest.approx(0.9, abs=0.003)
    assert interval.resamples == 20


def test_a_million_tracks_are_drawn_by_kind():
    """In a moment, and as exactly: the interval of so many images is that of the normal distribution."""
    wrong = np.arange(1_000_000) % 10 == 0

    interval = bootstrap_interval(wrong, np.arange(1_000_000))

    width = 1.96 * (0.9 * 0.1 / 1_000_000) ** 0.5
    assert (interval.low, interval.high) == pytest.approx((0.9 - width, 0.9 + width), abs=width / 10)


def test_tracks_drawn_by_kind_make_the_same_interval(monkeypatch):
    """Whether of many sizes, wholly or partly misread."""
    rng = np.random.default_rng(0)
    tracks = np.repeat(np.arange(400), rng.integers(1, 31, 400))
    wrong = rng.random(len(tracks)) < rng.beta(0.2, 1, 400)[tracks]
    one_by_one = bootstrap_interval(wrong, tracks)

    monkeypatch.setattr(intervals, "MANY_TRACKS", 0)
    by_kind = bootstrap_interval(wrong, tracks)

    assert by_kind != one_by_one
    width = one_by_one.high - one_by_one.low
    assert (by_kind.low, by_kind.high) == pytest.approx((one_by_one.low, one_by_one.high), abs=0.05 * width)


def test_coverage_of_whole_units_is_wilsons_interval_of_the_units():
    """As if each were one image: 5 of 100 wholly missed."""
    missed = (np.arange(100) < 5).astype(float)

    interval = coverage_interval(missed, "group")

    expected = accuracy_interval(missed.astype(bool), None)
    assert (interval.low, interval.high) == (expected.low, expected.high)
    assert interval.unit == "group"
    assert interval.effective_images <= 100


def test_coverage_of_units_that_are_missed_in_part_is_no_wider():
    """Half of the images of ten units vary less than all of five; never is it as if there were more units."""
    whole = coverage_interval((np.arange(100) < 5).astype(float), "group")
    half = coverage_interval(np.where(np.arange(100) < 10, 0.5, 0.0), "group")

    assert half.high - half.low <= whole.high - whole.low
    assert half.effective_images <= 100


def test_intervals_say_in_json_what_they_are():
    """Level, ends and unit."""
    wrong, tracks = np.arange(60) < 6, tracks_of(2)

    wilson, bootstrap = accuracy_interval(wrong, tracks).as_dict(), bootstrap_interval(wrong, tracks).as_dict()

    assert wilson.keys() == {"level", "low", "high", "unit", "effective_images"}
    assert bootstrap.keys() == {"level", "low", "high", "unit", "resamples"}
    assert wilson["level"] == bootstrap["level"] == 0.95
