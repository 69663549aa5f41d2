"""Boxes are held against their image: cut, left out, kept once or refused, and each of it told."""

from pathlib import Path

import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.datasets.scenes.labels import Label, numbered_classes, signs_of, unlike_named
from roadsigns.errors import DataError
from roadsigns.types import Box

SIZE = (100, 60)
CLASSES = ("stop", "give way")


def read(*boxes, class_ids=None):
    """The signs of boxes, and the problems."""
    problems = []
    ids = class_ids or [0] * len(boxes)
    labels = [Label(f"gt.txt, line {n}", Box(*box), ids[n - 1]) for n, box in enumerate(boxes, start=1)]
    return signs_of(labels, SIZE, CLASSES, problems), problems


def test_box_inside_its_image_stays_as_it_is():
    """Up to the last pixel."""
    signs, problems = read((0, 0, 100, 60))

    assert [(sign.box, sign.class_id, sign.name, sign.ignored) for sign in signs] == [
        (Box(0, 0, 100, 60), 0, "stop", False)
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("box", "inside"),
    [
        ((-3, 10, 20, 30), (0, 10, 20, 30)),
        ((90, 10, 101, 30), (90, 10, 100, 30)),
        ((10, -1, 20, 99), (10, 0, 20, 60)),
    ],
)
def test_box_that_reaches_beyond_its_image_is_cut_and_told(box, inside):
    """With its line."""
    signs, problems = read(box)

    assert [sign.box for sign in signs] == [inside]
    assert [(problem.kind, problem.place) for problem in problems] == [("box-cut", "gt.txt, line 1")]


@pytest.mark.parametrize("box", [(100, 10, 120, 30), (-20, 10, 0, 30), (10, 60, 20, 70), (500, 500, 600, 600)])
def test_box_outside_its_image_is_refused_with_its_line(box):
    """It was drawn on another image, or counts in other units."""
    with raises(DataError, problem="outside the image of 100x60", hint="scaled", subject="gt.txt, line 2"):
        read((1, 1, 9, 9), box)


@pytest.mark.parametrize("box", [(20, 10, 10, 30), (10, 30, 20, 10)])
def test_box_with_swapped_edges_is_refused_with_its_line(box):
    """It may have been meant as x, y, width and height."""
    with raises(DataError, problem="ends before it begins", subject="gt.txt, line 1"):
        read(box)


@pytest.mark.parametrize("box", [(20, 10, 20, 30), (10, 30, 20, 30)])
def test_empty_box_is_left_out_and_told(box):
    """The others stay."""
    signs, problems = read(box, (1, 1, 9, 9))

    assert [sign.box for sign in signs] == [(1, 1, 9, 9)]
    assert [(problem.kind, problem.place) for problem in problems] == [("empty-box", "gt.txt, line 1")]


def test_box_that_stands_twice_is_kept_once_and_told():
    """As in GTSDB's image 340. A sign beside it that is nearly the same is another."""
    signs, problems = read((1, 1, 9, 9), (1, 1, 9, 10), (1, 1, 9, 9))

    assert [sign.box for sign in signs] == [(1, 1, 9, 9), (1, 1, 9, 10)]
    assert [(problem.kind, problem.place) for problem in problems] == [("box-twice", "gt.txt, line 3")]


def test_box_of_two_classes_is_told_and_kept_twice():
    """Which is right is not known here."""
    signs, problems = read((1, 1, 9, 9), (1, 1, 9, 9), class_ids=[0, 1])

    assert [sign.name for sign in signs] == ["stop", "give way"]
    assert [(problem.kind, problem.place) for problem in problems] == [("two-classes", "gt.txt, line 2")]
    assert "stop and give way" in problems[0].message


@given(st.lists(st.tuples(*[st.integers(-20, 130)] * 4), max_size=6))
def test_whatever_is_read_lies_inside_the_image_and_nothing_is_lost_silently(boxes):
    """Every box is a sign or a problem, or reading stops."""
    outside = any(x2 < x1 or y2 < y1 for x1, y1, x2, y2 in boxes) or any(
        x1 < x2 and y1 < y2 and (x1 >= SIZE[0] or y1 >= SIZE[1] or x2 <= 0 or y2 <= 0) for x1, y1, x2, y2 in boxes
    )
    if outside:
        with raises(DataError, problem="The box"):
            read(*boxes)
        return
    signs, problems = read(*boxes)
    assert len(signs) + sum(problem.kind in {"empty-box", "box-twice"} for problem in problems) == len(boxes)
    for x1, y1, x2, y2 in (sign.box for sign in signs):
        assert 0 <= x1 < x2 <= SIZE[0]
        assert 0 <= y1 < y2 <= SIZE[1]


def test_classes_without_names_are_called_by_their_numbers():
    """A class that is missing shifts none."""
    assert numbered_classes([Label("", Box(0, 0, 1, 1), class_id) for class_id in (2, None, 0)]) == ("0", "1", "2")
    assert numbered_classes([]) == ()
    with raises(DataError, problem="The class is 10000", subject="x, line 1"):
        numbered_classes([Label("x, line 1", Box(0, 0, 1, 1), 10_000)])


def test_images_that_differ_in_their_suffix_only_are_refused():
    """Labels would count for both."""
    assert unlike_named([Path("a/1.b.png"), Path("b/1.b.png")]) == {
        "a/1.b": Path("a/1.b.png"),
        "b/1.b": Path("b/1.b.png"),
    }
    with raises(DataError, problem=r"1.png and 1.ppm are named alike", subject="a"):
        unlike_named([Path("a/1.png"), Path("a/1.ppm")])
