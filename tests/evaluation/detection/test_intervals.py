"""Intervals come from whole runs of scenes."""

import numpy as np

from roadsigns.evaluation.detection.intervals import Estimate, estimate

VALUES = np.array([1.0, 1, 1, 0, 0, 0])


def mean_of(times):
    return np.array([VALUES @ times / times.sum()])


def test_scenes_of_a_run_are_drawn_together():
    """With two runs, the mean of all ones and all zeros is 0, a half or 1; of single scenes it is rarely so."""
    seen = set()

    def watched(times):
        seen.add(tuple(times.tolist()))
        return mean_of(times)

    (figure,) = estimate(watched, np.array([0, 0, 0, 1, 1, 1]), resamples=200, seed=0)

    assert seen == {(2, 2, 2, 0, 0, 0), (1,) * 6, (0, 0, 0, 2, 2, 2)}
    assert figure == Estimate(0.5, 0, 1)


def test_interval_of_single_scenes_is_that_of_the_binomial_distribution():
    """Half of 100 scenes: the standard error is 5 %."""
    values = np.repeat([0.0, 1], 50)
    (figure,) = estimate(lambda times: np.array([values @ times / 100]), np.arange(100), resamples=2000, seed=0)

    assert figure.value == 0.5
    assert figure.interval == (figure.low, figure.high)
    np.testing.assert_allclose(figure.interval, [0.402, 0.598], atol=0.015)


def test_one_run_has_no_interval():
    """Drawn again and again it is always the same."""
    assert estimate(mean_of, np.zeros(6, np.intp), resamples=5, seed=0) == [Estimate(0.5, None, None)]


def test_figure_of_nothing_is_none():
    """As the recall of signs of a size that does not occur. Draws without such a sign are passed over."""

    def rare(times):
        return np.array([np.nan, 1.0 if times[0] else np.nan])

    nothing, figure = estimate(rare, np.arange(6), resamples=100, seed=0)

    assert nothing is None
    assert figure == Estimate(1, None, None)


def test_figure_that_no_draw_changes_has_no_interval():
    """Every sign is found: how rarely one is missed cannot be told from that. Rounding makes no interval either."""

    def always(times):
        return np.array([1.0, 1 - 1e-15 * times[0]])

    assert [one.interval for one in estimate(always, np.arange(6), resamples=100, seed=0)] == [None, None]
