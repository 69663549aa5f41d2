"""Signs that are not as their box says."""

import cv2
import numpy as np
import pytest

from roadsigns.robustness.geometry import LOOSE_BOX, PERSPECTIVE, SHIFTED, TIGHT_BOX, TILTED
from roadsigns.types import Box

BOX = Box(30, 20, 110, 100)
CENTRE = (69.5, 59.5)


@pytest.fixture
def sign():
    """A white square with a darker lower half on black; larger than usual surroundings."""
    image = np.zeros((130, 150, 3), np.uint8)
    cv2.rectangle(image, (30, 20), (109, 99), (240, 240, 240), -1)
    cv2.rectangle(image, (30, 60), (109, 99), (150, 150, 150), -1)
    return image


def outline(image):
    """The white square as OpenCV finds it: centre, sides, and its angle from 0 to 90 degrees."""
    points = cv2.findNonZero((image[:, :, 0] > 60).astype(np.uint8))
    centre, sides, degrees = cv2.minAreaRect(points)
    return np.array(centre), np.array(sides), degrees % 90


def apply(kind, image, severity, seed=0):
    return kind.apply(image, BOX, severity, np.random.default_rng(seed))


def test_tilt_is_35_degrees_at_severity_4(sign):
    """About the sign's centre, to either side."""
    degrees = set()
    for seed in range(8):
        centre, sides, angle = outline(apply(TILTED, sign, 4, seed))
        np.testing.assert_allclose(centre, CENTRE, atol=0.8)
        np.testing.assert_allclose(sides, 79, atol=2)
        degrees.add(round(angle))
    assert degrees == {35, 55}


def test_shift_is_a_fifth_of_the_side_at_severity_4(sign):
    """In directions all around; the sign stays upright and as large."""
    shifts = np.array([outline(apply(SHIFTED, sign, 4, seed))[0] - CENTRE for seed in range(12)])

    np.testing.assert_allclose(np.hypot(*shifts.T), 0.2 * 80, atol=1)
    assert (shifts.min(axis=0) < -5).all()
    assert (shifts.max(axis=0) > 5).all()


@pytest.mark.parametrize(("kind", "severity", "size"), [(LOOSE_BOX, 3, 0.7), (LOOSE_BOX, 5, 0.5), (TIGHT_BOX, 1, 1.12)])
def test_sign_is_smaller_or_larger_than_its_box(sign, kind, severity, size):
    """Its centre stays."""
    centre, sides, angle = outline(apply(kind, sign, severity))

    np.testing.assert_allclose(centre, CENTRE, atol=0.8)
    np.testing.assert_allclose(sides, size * 80, atol=3)
    assert angle == pytest.approx(0, abs=1)


def test_perspective_foreshortens_about_the_centre(sign):
    """By the cosine of 42 degrees at severity 3 across some axis; the nearer half looks larger."""
    for seed in range(6):
        after = apply(PERSPECTIVE, sign, 3, seed)
        area = (after[:, :, 0] > 60).sum() / 80**2
        assert np.cos(np.radians(42)) - 0.06 < area < np.cos(np.radians(42)) + 0.22
        assert after[55:58, 66:74].mean() > 180
    assert not np.array_equal(apply(PERSPECTIVE, sign, 3, 0), apply(PERSPECTIVE, sign, 3, 1))


@pytest.mark.parametrize("kind", [TILTED, SHIFTED, LOOSE_BOX, TIGHT_BOX, PERSPECTIVE])
def test_no_black_comes_in_at_the_edge(kind):
    """The last pixels repeat."""
    image = np.full((60, 60, 3), 130, np.uint8)

    after = kind.apply(image, Box(6, 6, 54, 54), 5, np.random.default_rng(0))

    np.testing.assert_array_equal(after, image)
