"""What holds for every kind with severities: shape, type, determinism, and worse from one severity to the next."""

import inspect
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.robustness.corruption import SEVERITIES, Corruption, drawn_between
from roadsigns.robustness.corruptions import graded_corruptions, sign_box
from roadsigns.types import Box

KINDS = graded_corruptions()
BY_NAME = pytest.mark.parametrize("kind", KINDS, ids=[one.name for one in KINDS])
SIDES = st.integers(15, 300)


def small_sign(height, width):
    """A red ring with a black bar on white, before green; with a little grain, so that no area is quite even."""
    image = np.full((height, width, 3), (60, 100, 50), np.uint8)
    centre, radius = (width // 2, height // 2), int(0.4 * min(height, width))
    cv2.circle(image, centre, radius, (225, 225, 220), -1)
    cv2.circle(image, centre, radius, (190, 30, 40), max(radius // 4, 1))
    cv2.rectangle(
        image, (centre[0] - radius // 2, centre[1] - 1), (centre[0] + radius // 2, centre[1] + 1), (25,) * 3, -1
    )
    grain = np.random.default_rng(0).integers(0, 6, image.shape, np.uint8)
    return image + grain


@BY_NAME
@settings(max_examples=12)
@given(height=SIDES, width=SIDES, known=st.booleans(), severity=st.sampled_from(SEVERITIES), seed=st.integers(0, 99))
def test_any_image_keeps_shape_and_type_and_is_not_written_to(kind, height, width, known, severity, seed):
    """From 15 to 300 pixels a side, in any proportion, with a box and without."""
    image = small_sign(height, width)
    image.flags.writeable = False
    box = Box(2, 1, width - 3, height - 4) if known else sign_box(image, None)

    after = kind.apply(image, box, severity, np.random.default_rng(seed))

    assert (after.shape, after.dtype) == (image.shape, np.uint8)
    assert after.flags.c_contiguous
    assert not np.shares_memory(after, image)
    np.testing.assert_array_equal(after, kind.apply(image, box, severity, np.random.default_rng(seed)))


@BY_NAME
@given(size=st.tuples(st.integers(2, 8), st.integers(2, 8)), severity=st.sampled_from(SEVERITIES))
@settings(max_examples=12)
def test_the_smallest_images_and_boxes_do(kind, size, severity):
    """Two pixels a side, and a box of one."""
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)

    after = kind.apply(image, Box(1, 1, 2, 2), severity, np.random.default_rng(0))

    assert (after.shape, after.dtype) == (image.shape, np.uint8)


@BY_NAME
@pytest.mark.parametrize("level", [0, 255])
def test_black_and_white_images_do(kind, level):
    """Nothing divides by the sign's white or contrast."""
    image = np.full((40, 40, 3), level, np.uint8)

    for severity in SEVERITIES:
        assert kind.apply(image, sign_box(image, None), severity, np.random.default_rng(0)).shape == image.shape


@BY_NAME
def test_each_severity_is_further_from_the_image_than_the_one_before(kind):
    """In mean difference of levels, over several seeds; the mildest changes something, too."""
    image = small_sign(60, 56)
    box = sign_box(image, None)

    distances = [
        np.mean(
            [
                np.abs(kind.apply(image, box, severity, np.random.default_rng(seed)) - image.astype(float)).mean()
                for seed in range(8)
            ]
        )
        for severity in SEVERITIES
    ]

    assert distances[0] > 0.2
    assert all(worse > 1.02 * better for better, worse in pairwise(distances))


@BY_NAME
def test_strengths_run_one_way_and_are_described(kind):
    """Rising or falling, five of them; people read what they are."""
    rising = sorted(set(kind.strengths))

    assert list(kind.strengths) in (rising, rising[::-1])
    assert len(kind.strengths) == len(SEVERITIES)
    assert kind.does
    assert kind.measure
    assert not kind.does.endswith(".")


@pytest.mark.parametrize("severity", [0, 6, -1])
def test_other_severities_are_refused(severity):
    image = small_sign(30, 30)

    with pytest.raises(ValueError, match=f"no severity {severity}. Expected 1 to 5"):
        KINDS[0].apply(image, sign_box(image, None), severity, np.random.default_rng(0))


def test_drawn_strength_is_the_first_draw():
    """Written out here: what cross-validations stored depends on it."""
    seen = []
    drawn = drawn_between(lambda image, box, strength, rng: seen.append((strength, rng.random())), (2.0, 3.0))
    rng = np.random.default_rng(5)

    drawn(None, None, np.random.default_rng(5))

    assert seen == [(rng.uniform(2.0, 3.0), rng.random())]


def test_a_corruption_is_made_with_names_only():
    """Its many fields cannot change places unseen."""
    assert all(
        parameter.kind is inspect.Parameter.KEYWORD_ONLY
        for parameter in inspect.signature(Corruption).parameters.values()
    )
