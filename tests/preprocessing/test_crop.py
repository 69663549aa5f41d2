"""One sign cut out of its image, framed as GTSRB frames its own."""

import reprlib

import numpy as np
import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.errors import ImageError
from roadsigns.preprocessing.crop import crop_sign, require_box
from roadsigns.preprocessing.decode import read_image
from roadsigns.types import Box

# Each pixel tells where it is: red its row, green its column.
IMAGE = np.dstack([*np.mgrid[0:200, 0:250], np.zeros((200, 250))]).astype(np.uint8)


def corners_of(crop):
    """x1, y1, x2, y2 of a crop of IMAGE, the last two exclusive."""
    (top, left), (bottom, right) = crop[0, 0, :2].tolist(), crop[-1, -1, :2].tolist()
    return left, top, right + 1, bottom + 1


def test_large_sign_keeps_ten_percent_on_each_side():
    """Of its own width left and right, of its own height above and below."""
    assert corners_of(crop_sign(IMAGE, (50, 40, 150, 120))) == (40, 32, 160, 128)


def test_small_sign_keeps_five_pixels_on_each_side():
    """As in GTSRB, whose smallest signs are 15 pixels wide."""
    assert corners_of(crop_sign(IMAGE, (50, 40, 70, 60))) == (45, 35, 75, 65)


def test_margin_is_as_wide_as_given():
    """A quarter, and none."""
    assert corners_of(crop_sign(IMAGE, (50, 40, 90, 80), margin=0.25)) == (40, 30, 100, 90)
    assert corners_of(crop_sign(IMAGE, (50, 40, 90, 80), margin=0, margin_pixels=0)) == (50, 40, 90, 80)


def test_margin_ends_where_the_image_ends():
    """A sign in a corner has background on two sides only."""
    assert corners_of(crop_sign(IMAGE, (2, 0, 30, 30))) == (0, 0, 35, 35)
    assert corners_of(crop_sign(IMAGE, (220, 180, 250, 200))) == (215, 175, 250, 200)


def test_crop_is_a_view():
    """Nothing is copied."""
    assert crop_sign(IMAGE, (50, 40, 70, 60)).base is IMAGE


@given(*[st.integers(-5, 255)] * 4)
def test_any_box_is_cut_out_whole_or_refused(x1, y1, x2, y2):
    """A crop holds its box; a box outside the image, empty or the wrong way round is refused with what to do."""
    if 0 <= x1 < x2 <= 250 and 0 <= y1 < y2 <= 200:
        left, top, right, bottom = corners_of(crop_sign(IMAGE, (x1, y1, x2, y2)))
        assert left <= x1 < x2 <= right
        assert top <= y1 < y2 <= bottom
    else:
        with pytest.raises(ImageError) as raised:
            crop_sign(IMAGE, (x1, y1, x2, y2))
        assert f"{x1},{y1},{x2},{y2}" in raised.value.problem
        assert raised.value.expected


@pytest.mark.parametrize(
    ("box", "problem", "expected", "hint"),
    [
        ((10, 10, 5, 20), "is empty: x2 must be the larger", "upper left corner first", "x,y,width,height"),
        ((10, 10, 20, 10), "is empty: y2 must be the larger", "y2 exclusive", "inclusive, add 1 to x2 and y2"),
        ((-3, 0, 5, 5), "begins outside the image: x1 is negative", "from 0 at the upper left", ""),
        ((0, -1, 5, 5), "begins outside the image: y1 is negative", "from 0 at the upper left", ""),
        (
            (0, 0, 251, 200),
            "does not lie inside the image of 250x200 pixels",
            "exclusive",
            "on this image, at this size",
        ),
        (
            (0, 0, 250, 201),
            "does not lie inside the image of 250x200 pixels",
            "exclusive",
            "on this image, at this size",
        ),
    ],
)
def test_refused_box_says_what_is_wrong_with_it(box, problem, expected, hint):
    with raises(ImageError, problem=problem, expected=expected, hint=hint):
        crop_sign(IMAGE, box)


@pytest.mark.parametrize(
    "box", [(50, 40, 70, 60), [50, 40, 70, 60], np.array([50, 40, 70, 60]), (50.0, 40.0, np.float32(70), 60)]
)
def test_box_is_any_four_whole_numbers(box):
    """Integers of Python come out, whatever a table or a detector made of them."""
    whole = require_box(IMAGE, box)

    assert whole == Box(50, 40, 70, 60)
    assert {type(side) for side in whole} == {int}


@pytest.mark.parametrize(
    "box",
    [
        (),
        5,
        (50, 40, 70),
        (50, 40, 70, 60, 80),
        (50.5, 40, 70, 60),
        (50, 40, float("nan"), float("inf")),
        (None,) * 4,
        "1234",
        ("50", "40", "70", "60"),
        np.zeros((4, 2)),
    ],
)
def test_box_that_is_not_four_whole_numbers_is_refused(box):
    """Half a pixel is not rounded: whoever computed it knows which way."""
    with raises(ImageError, problem=f"The box is {reprlib.repr(box)}.", expected="four whole numbers (x1, y1, x2, y2)"):
        require_box(IMAGE, box)


@pytest.mark.gtsrb
def test_real_images_are_framed_that_way_already(gtsrb_data):
    """Cut by its own box, a GTSRB image loses next to nothing of its width."""
    samples = gtsrb_data.samples[::40]
    lost = []
    for sample in samples:
        image = read_image(sample.path)
        lost.append(1 - crop_sign(image, sample.box).shape[1] / image.shape[1])

    assert np.median(lost) <= 0.03
    assert max(lost) <= 0.05
