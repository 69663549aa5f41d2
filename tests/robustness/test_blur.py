"""Blur: as wide as documented, relative to the sign, and no light is lost."""

import numpy as np
import pytest

from roadsigns.robustness.blur import DEFOCUS, GLASS_BLUR, MOTION_BLUR, ZOOM_BLUR
from roadsigns.types import Box

BOX = Box(20, 20, 120, 120)


@pytest.fixture
def point():
    """A white point at the centre of a sign of 100 pixels."""
    image = np.zeros((141, 141, 3), np.uint8)
    image[69:72, 69:72] = 255
    return image


def spread(image):
    """Standard deviations of the light along the two main axes, the larger first, in pixels."""
    rows, columns = np.nonzero(image[:, :, 0])
    weights = image[rows, columns, 0].astype(float)
    return np.sqrt(np.linalg.eigvalsh(np.cov(np.stack([rows, columns]), aweights=weights))[::-1])


def test_defocus_makes_a_disc(point):
    """Of 6.5 pixels' radius at severity 3; a disc's standard deviation is half its radius."""
    after = DEFOCUS.apply(point, BOX, 3, np.random.default_rng(0))

    across, down = spread(after)
    assert across == pytest.approx(6.5 / 2, rel=0.15)
    assert down == pytest.approx(6.5 / 2, rel=0.15)


def test_motion_makes_a_line_in_any_direction(point):
    """Of 27 pixels at severity 5; a line's standard deviation is its length by the root of 12."""
    afters = [MOTION_BLUR.apply(point, BOX, 5, np.random.default_rng(seed)) for seed in range(6)]

    for after in afters:
        along, across = spread(after)
        assert along == pytest.approx(27 / 12**0.5, rel=0.1)
        assert across < 2
    assert len({after.tobytes() for after in afters}) == 6


def test_zoom_keeps_the_centre_and_smears_the_edge(point):
    """Outward, by half the sign's growth."""
    image = point * 0
    image[:, 110:113] = 255

    after = ZOOM_BLUR.apply(image, BOX, 3, np.random.default_rng(0))

    lit = np.flatnonzero(after[69, :, 0] > 10)
    assert lit.min() >= 108
    assert lit.max() == pytest.approx(69.5 + 1.3 * (111.5 - 69.5), abs=3)
    assert ZOOM_BLUR.apply(np.full_like(image, 77), BOX, 5, np.random.default_rng(0)).min() == 77


def test_glass_scatters_without_new_levels(point):
    """Each pixel shows one nearby, a few hundredths of the sign away."""
    image = point * 0
    image[:, 70:] = 200

    after = GLASS_BLUR.apply(image, BOX, 3, np.random.default_rng(0))

    changed = np.flatnonzero((after != image).any(axis=(0, 2)))
    assert 61 <= changed.min() < 67
    assert 72 < changed.max() <= 79


@pytest.mark.parametrize("kind", [DEFOCUS, MOTION_BLUR, ZOOM_BLUR, GLASS_BLUR])
def test_even_images_stay_even(kind):
    """Also at their edges."""
    even = np.full((40, 50, 3), 90, np.uint8)

    np.testing.assert_array_equal(kind.apply(even, Box(5, 5, 45, 35), 5, np.random.default_rng(0)), even)
