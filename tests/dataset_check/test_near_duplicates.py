"""Nearly equal pictures: every pair is found, and no other."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.dataset_check import near_duplicates as near_module
from roadsigns.dataset_check.near_duplicates import MIN_CORRELATION, contrast_of, near_pairs

PIXELS = 144


def smooth(rng, count):
    """Pictures as signs are: few coarse patches."""
    coarse = rng.uniform(20, 235, (count, 4, 4)).astype(np.float32)
    return np.stack([cv2.resize(one, (12, 12), interpolation=cv2.INTER_CUBIC).ravel() for one in coarse])


def as_bytes(pictures):
    return pictures.clip(0, 255).round().astype(np.uint8)


def by_brute_force(thumbnails, units):
    """All pairs, one by one as it were."""
    correlation = np.corrcoef(thumbnails.astype(np.float64))
    first, second = np.nonzero(np.triu(correlation >= MIN_CORRELATION, 1) & (units[:, None] != units))
    return {(int(one), int(other)): correlation[one, other] for one, other in zip(first, second, strict=True)}


@settings(max_examples=15)
@given(
    seed=st.integers(0, 2**32 - 1),
    originals=st.integers(1, 60),
    noise=st.floats(0, 12),
    rows=st.sampled_from([5, 16, 300]),
)
def test_every_near_pair_is_found_and_no_other(seed, originals, noise, rows):
    """Beside a comparison of all with all, whatever the block size. Pairs at the very threshold may go either way."""
    rng = np.random.default_rng(seed)
    base = smooth(rng, originals)
    pictures = base[rng.integers(0, originals, 2 * originals)] * rng.uniform(0.5, 1, (2 * originals, 1))
    thumbnails = as_bytes(pictures + rng.normal(0, noise, pictures.shape))
    units = rng.integers(0, 5, 2 * originals)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near_module, "ROWS", rows)
        patch.setattr(near_module, "COLUMNS", 2 * rows)
        pairs = near_pairs(thumbnails, units, np.arange(2 * originals))

    found = dict(zip(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True), pairs.correlation, strict=True))
    expected = by_brute_force(thumbnails, units)
    assert len(found) == len(pairs.first)
    for pair in found.keys() ^ expected.keys():
        assert found.get(pair, expected.get(pair)) == pytest.approx(MIN_CORRELATION, abs=1e-5)
    for pair in found.keys() & expected.keys():
        assert found[pair] == pytest.approx(expected[pair], abs=1e-5)


def test_brightness_and_contrast_make_no_difference_and_the_nearest_come_first():
    """Half as bright is the same picture; noise is a little less so."""
    rng = np.random.default_rng(0)
    (picture,) = smooth(rng, 1)
    thumbnails = as_bytes(np.stack([picture, picture + rng.normal(0, 3, PIXELS), 0.5 * picture + 90, 255 - picture]))

    pairs = near_pairs(thumbnails, np.arange(4), np.arange(4))

    assert set(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)) == {(0, 1), (0, 2), (1, 2)}
    assert (pairs.first[0], pairs.second[0]) == (0, 2)
    assert (np.diff(pairs.correlation) <= 0).all()
    assert pairs.complete


def test_pictures_of_one_unit_are_no_news():
    """Neighbouring frames of a track are alike by nature."""
    thumbnails = as_bytes(np.repeat(smooth(np.random.default_rng(0), 1), 3, axis=0))

    pairs = near_pairs(thumbnails, np.array([0, 0, 1]), np.arange(3))

    assert list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)) == [(0, 2), (1, 2)]


def test_only_the_requested_images_are_compared():
    """Of equal files one is enough."""
    thumbnails = as_bytes(np.repeat(smooth(np.random.default_rng(0), 1), 4, axis=0))

    pairs = near_pairs(thumbnails, np.arange(4), np.array([1, 3]))

    assert list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)) == [(1, 3)]


def test_pictures_with_nothing_on_them_are_passed_over():
    """Rounding alone makes them equal."""
    thumbnails = np.full((20, PIXELS), 100, np.uint8)
    thumbnails[:, 0] += 1

    assert contrast_of(thumbnails) == pytest.approx(thumbnails.std(axis=1))
    assert len(near_pairs(thumbnails, np.arange(20), np.arange(20)).first) == 0


@pytest.mark.parametrize("count", [0, 1])
def test_few_pictures_make_no_pair(count):
    """None, or one."""
    thumbnails = as_bytes(smooth(np.random.default_rng(0), 1))[:count]

    pairs = near_pairs(thumbnails, np.arange(count), np.arange(count))

    assert len(pairs.first) == 0
    assert pairs.complete


def test_search_stops_where_all_images_are_similar(monkeypatch):
    """With a finding: a folder of a million frames of one sign would take days and fill the disk."""
    monkeypatch.setattr(near_module, "MAX_PAIRS", 100)
    monkeypatch.setattr(near_module, "ROWS", 8)
    thumbnails = as_bytes(np.repeat(smooth(np.random.default_rng(0), 1), 200, axis=0))

    pairs = near_pairs(thumbnails, np.arange(200), np.arange(200))

    assert not pairs.complete
    assert 100 <= len(pairs.first) < 200 * 199 / 2
