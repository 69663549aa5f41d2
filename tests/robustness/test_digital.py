"""What processing does to images."""

import cv2
import numpy as np
import pytest

from roadsigns.robustness.digital import BRIGHTNESS, ELASTIC, JPEG, LOW_CONTRAST, PIXELATED, SMALL
from roadsigns.types import Box

BOX = Box(10, 10, 90, 90)


@pytest.fixture
def sign():
    """Blue with a white arrow's shaft and some grain."""
    image = np.full((100, 100, 3), (30, 60, 150), np.uint8)
    image[30:70, 45:55] = 200
    return image + np.random.default_rng(0).integers(0, 10, image.shape, np.uint8)


def rng():
    return np.random.default_rng(0)


def test_brightness_keeps_the_hue_and_stops_at_white(sign):
    """Half of white is added to the brightest channel at severity 5."""
    after = BRIGHTNESS.apply(sign, BOX, 5, rng())

    assert after.max(axis=2)[0].mean() - sign.max(axis=2)[0].mean() == pytest.approx(127, abs=32)
    hues = [cv2.cvtColor(image, cv2.COLOR_RGB2HSV)[:20, :, 0].astype(float).mean() for image in (sign, after)]
    assert hues[0] == pytest.approx(hues[1], abs=2)
    assert after[30:70, 45:55].max() == 255


def test_contrast_is_the_share_that_is_left(sign):
    """A quarter at severity 3."""
    after = LOW_CONTRAST.apply(sign, BOX, 3, rng())

    assert after.astype(float).std() / sign.astype(float).std() == pytest.approx(0.25, abs=0.03)


def test_elastic_bends_but_keeps_levels(sign):
    """The shaft's edge wanders by a few hundredths of the sign."""
    after = ELASTIC.apply(sign, BOX, 5, rng())
    edges = [(row[:, 0] > 120).argmax() for row in after[35:65]]

    assert 0.5 < np.std(edges) < 6
    assert after.max() <= sign.max()


@pytest.mark.parametrize(("kind", "severity", "side"), [(PIXELATED, 3, 16), (SMALL, 4, 12)])
def test_sign_has_as_many_pixels_as_documented(sign, kind, severity, side):
    """Reduced to them and enlarged again, nothing more is lost."""
    after = kind.apply(sign, BOX, severity, rng())
    few = round(100 * side / 80)
    reduced = cv2.resize(after, (few, few), interpolation=cv2.INTER_AREA)
    method = cv2.INTER_NEAREST if kind is PIXELATED else cv2.INTER_LINEAR

    again = cv2.resize(reduced, (100, 100), interpolation=method)
    assert np.abs(again.astype(float) - after).mean() < (0.5 if kind is PIXELATED else 6)
    assert np.abs(after.astype(float) - sign).mean() > 2


def test_squares_stay_visible_where_the_small_sign_is_smooth(sign):
    """Along the row of the shaft there are steps of 80 / 11 pixels, or slopes."""
    squares, smooth = (kind.apply(sign, BOX, 5, rng())[50, 30:70, 0].astype(float) for kind in (PIXELATED, SMALL))

    assert np.count_nonzero(np.diff(squares)) <= 40 * 11 / 80 + 1
    assert np.abs(np.diff(smooth)).max() < 0.4 * np.abs(np.diff(squares)).max()


@pytest.mark.parametrize("kind", [PIXELATED, SMALL])
def test_sign_that_is_small_already_stays(kind):
    tiny = np.random.default_rng(0).integers(0, 256, (12, 12, 3), np.uint8)

    np.testing.assert_array_equal(kind.apply(tiny, Box(2, 2, 10, 10), 5, rng()), tiny)


def test_jpeg_of_severity_3_is_of_quality_20(sign):
    """As OpenCV writes it, which is what Pillow writes; red stays red."""
    _, content = cv2.imencode(".jpg", sign[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 20])

    after = JPEG.apply(sign, BOX, 3, rng())

    np.testing.assert_array_equal(after, cv2.imdecode(content, cv2.IMREAD_COLOR)[:, :, ::-1])
    assert after[5, 5].argmax() == 2
