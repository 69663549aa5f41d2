"""The registry, and the six corruptions with a random strength: each as strong as documented, and as it always was."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.errors import ImageError
from roadsigns.robustness.corruptions import (
    CORRUPTIONS,
    UNRECORDED_CORRUPTIONS,
    CorruptionId,
    corrupt,
    current_corruptions,
    graded_corruptions,
    sign_box,
)

BOX = (10, 20, 70, 80)
NAMES = [one.name for one in CORRUPTIONS if one.drawn]


@pytest.fixture
def sign():
    """A white square with a black cross on green, its box known; shape (100, 90, 3)."""
    image = np.full((100, 90, 3), (40, 90, 30), np.uint8)
    cv2.rectangle(image, (10, 20), (69, 79), (230, 230, 230), -1)
    cv2.line(image, (40, 25), (40, 75), (20, 20, 20), 6)
    cv2.line(image, (20, 50), (60, 50), (20, 20, 20), 6)
    return image


def corrupted(image, name, box=BOX, count=12):
    """The image with the corruption of that name, by several seeds."""
    return [corrupt(image, box, CorruptionId(name, 1), np.random.default_rng(seed)) for seed in range(count)]


def inside(image):
    """The sign alone."""
    return image[BOX[1] : BOX[3], BOX[0] : BOX[2]].astype(float)


@pytest.mark.parametrize("name", NAMES)
@given(size=st.tuples(st.integers(2, 40), st.integers(2, 40)), known=st.booleans(), seed=st.integers(0, 9))
def test_any_image_keeps_its_shape(name, size, known, seed):
    """The smallest too, with a box of a pixel and without; the image itself is not written to."""
    image = np.random.default_rng(seed).integers(0, 256, (*size, 3), np.uint8)
    image.flags.writeable = False

    after = corrupt(image, (1, 1, 2, 2) if known else None, CorruptionId(name, 1), np.random.default_rng(seed))

    assert (after.shape, after.dtype) == (image.shape, np.uint8)
    assert not np.shares_memory(after, image)


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_decides_all(sign, name):
    """The same twice; another seed differs."""
    first, again = (corrupted(sign, name, count=2) for _ in range(2))

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[0], first[1])


@pytest.mark.parametrize("name", NAMES)
def test_without_a_box_the_middle_is_the_sign(sign, name):
    """80 % of each side."""
    unknown, known = (corrupted(sign, name, box=box, count=3) for box in (None, (9, 10, 81, 90)))

    np.testing.assert_array_equal(unknown, known)


def test_dark_leaves_some_light(sign):
    """8 to 30 %."""
    shares = [after.mean() / sign.mean() for after in corrupted(sign, "dark")]

    assert 0.07 < min(shares) < max(shares) < 0.31


def test_dark_sign_is_not_lost(sign):
    """Its white stays at what eight bits can tell from its black."""
    for after in corrupted((sign * 0.1).astype(np.uint8), "dark"):
        bright, black = after[25:45, 15:35].mean(), after[40:45, 39:42].mean()
        assert 14 < bright < 18
        assert black < 5


def test_low_contrast_keeps_some_contrast(sign):
    """15 to 40 %, about a grey."""
    shares = [inside(after).std() / inside(sign).std() for after in corrupted(sign, "low contrast")]

    assert 0.14 < min(shares) < max(shares) < 0.41


def test_pale_sign_is_not_lost(sign):
    """A sign with hardly any contrast keeps a few levels of it."""
    pale = (sign * 0.1 + 100).astype(np.uint8)

    assert min(inside(after).std() for after in corrupted(pale, "low contrast")) > 3.5


def test_blur_is_that_of_the_signs_side(sign):
    """The cross loses its edges, and no light is lost or won."""
    for after in corrupted(sign, "blurred"):
        assert np.abs(np.diff(inside(after), axis=0)).max() < np.abs(np.diff(inside(sign), axis=0)).max() + 1
        assert inside(after).std() < 0.97 * inside(sign).std()
        assert after.mean() == pytest.approx(sign.mean(), rel=0.02)


def test_tilt_is_about_the_signs_centre(sign):
    """By 10 to 20 degrees, to either side, and no corner is black."""
    angles = []
    for after in corrupted(sign, "tilted"):
        black = (after[35:66, 25:56].max(axis=2) < 100).nonzero()
        centre = np.array(black).mean(axis=1)
        np.testing.assert_allclose(centre, [50 - 35, 40 - 25], atol=1.0)
        above = (after[32, 28:52].max(axis=1) < 100).nonzero()[0].mean() + 28
        angles.append(np.degrees(np.arctan2(above - 40, 18)))
        assert after.min() >= 15
    assert {angle > 0 for angle in angles} == {True, False}
    assert all(8 < abs(angle) < 22 for angle in angles)


def test_cover_hides_a_strip_from_one_side(sign):
    """About 15 to 35 % of the sign, from every side in turn; the rest is as it was."""
    hidden_sides = set()
    for after in corrupted(sign, "covered", count=24):
        changed = (np.abs(inside(after) - inside(sign)).max(axis=2) > 8).astype(float)
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
    for after in corrupted(sign, "small"):
        again = cv2.resize(cv2.resize(after, (23, 25), interpolation=cv2.INTER_AREA), (90, 100))
        assert np.abs(again.astype(float) - after).mean() < 8
        assert inside(after).std() < inside(sign).std()
    tiny = sign[::10, ::10].copy()
    np.testing.assert_array_equal(corrupt(tiny, (1, 2, 7, 8), CorruptionId("small", 1), np.random.default_rng(0)), tiny)


def test_box_outside_the_image_is_refused(sign):
    with pytest.raises(ImageError):
        corrupt(sign, (0, 0, 91, 100), CorruptionId("dark", 1), np.random.default_rng(0))


@pytest.mark.parametrize("unknown", [CorruptionId("snow", 1), CorruptionId("dark", 2)])
def test_unknown_corruption_is_refused(sign, unknown):
    """By name or version; the message lists those that exist."""
    with pytest.raises(ValueError, match=rf"'{unknown.name}' version {unknown.version}.*'low contrast' version 1"):
        corrupt(sign, None, unknown, np.random.default_rng(0))


def test_every_corruption_has_a_name_of_its_own():
    """Results store the name alone beside each image."""
    assert len({one.name for one in CORRUPTIONS}) == len(CORRUPTIONS)


def test_new_cross_validations_use_the_first_six():
    """Kinds that have severities only change nothing there."""
    assert current_corruptions() == UNRECORDED_CORRUPTIONS == tuple(one.id for one in CORRUPTIONS[:6])


def test_kinds_with_severities_are_those_of_the_field_and_of_crops():
    """Of the six all but "blurred", which is two kinds here; names in results must not change."""
    assert [one.name for one in graded_corruptions()] == [
        *("dark", "low contrast", "tilted", "covered", "small"),
        *("gaussian noise", "shot noise", "impulse noise"),
        *("defocus", "motion blur", "zoom blur", "glass blur"),
        *("snow", "fog", "condensation"),
        *("brightness", "elastic", "pixelated", "JPEG"),
        *("over-exposed", "banding", "dead pixels"),
        *("shifted", "loose box", "tight box", "perspective", "sticker"),
    ]


@pytest.mark.parametrize(
    ("kind", "severity", "strength"),
    [
        ("JPEG", 3, 20),
        ("gaussian noise", 3, 25),
        ("impulse noise", 3, 0.1),
        ("tilted", 4, 35),
        ("dark", 5, 0.05),
        ("sticker", 5, 0.45),
    ],
)
def test_points_that_others_quote_are_severities(kind, severity, strength):
    """So that a figure for JPEG of quality 20 can be read off; the documentation names them."""
    [one] = [one for one in graded_corruptions() if one.name == kind]

    assert one.strengths[severity - 1] == strength


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("dark", [36.47, 31.88, 22.85, 16.41]),
        ("low contrast", [124.0, 185.94, 121.17, 111.95]),
        ("blurred", [163.48, 164.17, 165.51, 165.49]),
        ("tilted", [165.25, 165.71, 166.43, 166.56]),
        ("covered", [148.55, 117.1, 155.34, 156.8]),
        ("small", [165.76, 165.42, 165.06, 164.77]),
    ],
)
def test_random_strengths_give_what_they_always_gave(sign, name, levels):
    """Mean levels by four seeds, measured before there were severities: stored results meant these images."""
    means = [float(after[15:75, 5:65].mean()) for after in corrupted(sign, name, count=4)]

    np.testing.assert_allclose(means, levels, atol=0.02)


def test_sign_without_a_box_is_the_middle(sign):
    """One that lies outside is refused."""
    assert sign_box(sign, None) == (9, 10, 81, 90)
    assert sign_box(sign, BOX) == BOX
    with pytest.raises(ImageError):
        sign_box(sign, (0, 0, 91, 100))


def test_files_without_a_list_mean_the_first_six():
    """Whatever is registered later; the order decides which image got which."""
    names = ["dark", "low contrast", "blurred", "tilted", "covered", "small"]

    assert [*UNRECORDED_CORRUPTIONS] == [(name, 1) for name in names]
    assert current_corruptions()[:6] == UNRECORDED_CORRUPTIONS
