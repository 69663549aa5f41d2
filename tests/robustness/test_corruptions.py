"""Six hard conditions: each does what its name says, as much as it may, and leaves the image's shape."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.errors import ImageError
from roadsigns.robustness.corruptions import CONDITIONS, corrupt

BOX = (10, 20, 70, 80)


@pytest.fixture
def sign():
    """A white square with a black cross on green, its box known; shape (100, 90, 3)."""
    image = np.full((100, 90, 3), (40, 90, 30), np.uint8)
    cv2.rectangle(image, (10, 20), (69, 79), (230, 230, 230), -1)
    cv2.line(image, (40, 25), (40, 75), (20, 20, 20), 6)
    cv2.line(image, (20, 50), (60, 50), (20, 20, 20), 6)
    return image


def worsened(image, condition, box=BOX, count=12):
    """The image under a condition, by several seeds."""
    return [corrupt(image, box, condition, np.random.default_rng(seed)) for seed in range(count)]


def inside(image):
    """The sign alone."""
    return image[BOX[1] : BOX[3], BOX[0] : BOX[2]].astype(float)


@pytest.mark.parametrize("condition", CONDITIONS)
@given(size=st.tuples(st.integers(2, 40), st.integers(2, 40)), known=st.booleans(), seed=st.integers(0, 9))
def test_any_image_keeps_its_shape(condition, size, known, seed):
    """The smallest too, with a box of a pixel and without; the image itself is not written to."""
    image = np.random.default_rng(seed).integers(0, 256, (*size, 3), np.uint8)
    image.flags.writeable = False

    hard = corrupt(image, (1, 1, 2, 2) if known else None, condition, np.random.default_rng(seed))

    assert (hard.shape, hard.dtype) == (image.shape, np.uint8)
    assert not np.shares_memory(hard, image)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_seed_decides_all(sign, condition):
    """The same twice; another seed differs."""
    first, again = (worsened(sign, condition, count=2) for _ in range(2))

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[0], first[1])


@pytest.mark.parametrize("condition", CONDITIONS)
def test_without_a_box_the_middle_is_the_sign(sign, condition):
    """80 % of each side."""
    unknown, known = (worsened(sign, condition, box=box, count=3) for box in (None, (9, 10, 81, 90)))

    np.testing.assert_array_equal(unknown, known)


def test_dark_leaves_some_light(sign):
    """8 to 30 %."""
    shares = [hard.mean() / sign.mean() for hard in worsened(sign, "dark")]

    assert 0.07 < min(shares) < max(shares) < 0.31


def test_dark_sign_is_not_lost(sign):
    """Its white stays at what eight bits can tell from its black."""
    for hard in worsened((sign * 0.1).astype(np.uint8), "dark"):
        bright, black = hard[25:45, 15:35].mean(), hard[40:45, 39:42].mean()
        assert 14 < bright < 18
        assert black < 5


def test_low_contrast_keeps_some_contrast(sign):
    """15 to 40 %, about a grey."""
    shares = [inside(hard).std() / inside(sign).std() for hard in worsened(sign, "low contrast")]

    assert 0.14 < min(shares) < max(shares) < 0.41


def test_pale_sign_is_not_lost(sign):
    """A sign with hardly any contrast keeps a few levels of it."""
    pale = (sign * 0.1 + 100).astype(np.uint8)

    assert min(inside(hard).std() for hard in worsened(pale, "low contrast")) > 3.5


def test_blur_is_that_of_the_signs_side(sign):
    """The cross loses its edges, and no light is lost or won."""
    for hard in worsened(sign, "blurred"):
        assert np.abs(np.diff(inside(hard), axis=0)).max() < np.abs(np.diff(inside(sign), axis=0)).max() + 1
        assert inside(hard).std() < 0.97 * inside(sign).std()
        assert hard.mean() == pytest.approx(sign.mean(), rel=0.02)


def test_tilt_is_about_the_signs_centre(sign):
    """By 10 to 20 degrees, to either side, and no corner is black."""
    angles = []
    for hard in worsened(sign, "tilted"):
        black = (hard[35:66, 25:56].max(axis=2) < 100).nonzero()
        centre = np.array(black).mean(axis=1)
        np.testing.assert_allclose(centre, [50 - 35, 40 - 25], atol=1.0)
        above = (hard[32, 28:52].max(axis=1) < 100).nonzero()[0].mean() + 28
        angles.append(np.degrees(np.arctan2(above - 40, 18)))
        assert hard.min() >= 15
    assert {angle > 0 for angle in angles} == {True, False}
    assert all(8 < abs(angle) < 22 for angle in angles)


def test_cover_hides_a_strip_from_one_side(sign):
    """About 15 to 35 % of the sign, from every side in turn; the rest is as it was."""
    hidden_sides = set()
    for hard in worsened(sign, "covered", count=24):
        changed = (np.abs(inside(hard) - inside(sign)).max(axis=2) > 8).astype(float)
        assert 0.1 < changed.mean() < 0.42
        by_side = {
            "left": changed[:, :5].mean(),
            "right": changed[:, -5:].mean(),
            "top": changed[:5].mean(),
            "bottom": changed[-5:].mean(),
        }
        hidden_sides.add(max(by_side, key=by_side.get))
        assert changed[25:35, 25:35].mean() < 0.1
    assert hidden_sides == {"left", "right", "top", "bottom"}


def test_small_sign_has_few_pixels(sign):
    """No more than 14 a side tell all that is left of 60; a sign that is smaller already stays."""
    for hard in worsened(sign, "small"):
        again = cv2.resize(cv2.resize(hard, (23, 25), interpolation=cv2.INTER_AREA), (90, 100))
        assert np.abs(again.astype(float) - hard).mean() < 8
        assert inside(hard).std() < inside(sign).std()
    tiny = sign[::10, ::10].copy()
    np.testing.assert_array_equal(corrupt(tiny, (1, 2, 7, 8), "small", np.random.default_rng(0)), tiny)


def test_box_outside_the_image_is_refused(sign):
    """As everywhere."""
    with pytest.raises(ImageError, match="does not lie inside the image"):
        corrupt(sign, (0, 0, 91, 100), "dark", np.random.default_rng(0))


def test_unknown_condition_is_refused(sign):
    """Those that exist are named."""
    with pytest.raises(ValueError, match=r"no condition 'snow'\. Choose one of dark, low contrast, "):
        corrupt(sign, None, "snow", np.random.default_rng(0))
