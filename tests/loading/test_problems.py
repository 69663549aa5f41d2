"""Images that could not be read are named, but not all of thousands."""

import pytest

from roadsigns.loading.problems import NAMED_PROBLEMS, left_out_lines, warn_of_problems


def test_each_image_is_named():
    assert left_out_lines(["a.png: empty.", "b.png: gone."]) == ["Left out: a.png: empty.", "Left out: b.png: gone."]


def test_of_many_the_first_are_named_and_the_others_counted():
    lines = left_out_lines([f"{number}.png: empty." for number in range(1000)], "unknown image")

    assert lines[NAMED_PROBLEMS - 1] == "Left out: 19.png: empty."
    assert lines[NAMED_PROBLEMS:] == ["Left out: 980 more unknown images that cannot be decoded."]


def test_a_warning_is_each_line():
    with pytest.warns(UserWarning, match="Left out: ") as told:
        warn_of_problems(["a.png: empty."] * 30)

    assert [str(one.message) for one in told] == left_out_lines(["a.png: empty."] * 30)
