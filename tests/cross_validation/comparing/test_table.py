"""A comparison as people read it and as JSON."""

import dataclasses
import io
import json
import re

import pytest

from roadsigns.cross_validation.comparing.comparison import compare
from roadsigns.cross_validation.comparing.table import NAMED, print_comparison
from roadsigns.types import DataSet, SignClass


def shown(comparison):
    """What is printed, on one line."""
    file = io.StringIO()
    print_comparison(comparison, file)
    return " ".join(file.getvalue().split())


def test_values_hold_both_sides_and_both_tests(sides):
    """Three tracks differ, by 5, 2 and 3: with six of eight assignments of signs the sum is 4 or more."""
    values = json.loads(json.dumps(compare(*sides).as_dict(), allow_nan=False))

    assert (values["images"], values["tracks"]) == (60, 12)
    assert [values[side]["errors"] for side in "ab"] == [9, 5]
    assert [values[side]["mostly_misread_tracks"] for side in "ab"] == [2, 1]
    assert values["errors_p"] == pytest.approx(6 / 8, abs=0.03)
    assert values["mostly_misread_p"] == 1
    assert [(one["name"], one["errors_a"], one["errors_b"]) for one in values["classes"]] == [
        ("Bus", 5, 0),
        ("stop", 0, 3),
        ("[b]ferry", 4, 2),
    ]
    assert values["note"] == ""


def test_each_test_is_named_with_its_p_value(sides):
    """By its usual name, and whether the difference is significant."""
    text = shown(compare(*sides))

    errors = text.index("Errors, -4: two-sided sign-flip permutation test over tracks (3 differ, 10,000")
    assert re.search(r"p = 0\.7\d?, not significant at 5 %", text[errors:])
    tracks = text.index("Mostly misread tracks, -1 (2 only by A, 1 only by B): two-sided exact McNemar test, p = 1")
    assert tracks > errors
    assert "│ [b]ferry │ 2 │ 5 │ 4 │ 2 │ -2 │" in text


def test_biggest_change_stands_first(sides):
    """Of tracks and of classes; a table of nothing is not shown."""
    text = shown(compare(*sides))

    assert text.index("│ Bus │ 1 │") < text.index("│ [b]ferry │ 2 │")
    classes = text[text.index("┃ Classes ┃") :]
    assert classes.index("│ Bus │ 20 │ 5 │ 0 │ -5 │") < classes.index("│ stop │ 20 │ 0 │ 3 │ +3 │")
    assert classes.index("+3") < classes.index("│ [b]ferry │ 20 │ 4 │ 2 │ -2 │")
    assert "reads better" not in shown(compare(sides[0], sides[0]))


def test_side_with_itself_is_not_significant(sides):
    """In both tests."""
    text = shown(compare(sides[0], sides[0]))

    assert text.count("p = 1, not significant") == 2
    assert "Errors, +0: " in text


def test_change_of_many_tracks_is_significant(tmp_path, write_cross, three_signs, frames_of):
    """All twelve tracks are read better: of 4,096 assignments of signs two give as much."""
    misread = set().union(*(frames_of(sign, track, 5) for sign in ("Bus", "stop", "[b]ferry") for track in range(4)))
    folders = write_cross(tmp_path / "a", three_signs, misread=misread), write_cross(tmp_path / "b", three_signs)

    comparison = compare(*folders)

    text = shown(comparison)
    assert len(re.findall(r"[\d.e-]+, significant", text)) == 2
    assert "Accuracy │ 0.00 % │ 100.00 % │" in text
    assert "Tracks with fewer errors │ 0 │ 12 │" in text
    assert f"{12 - NAMED} more with --json" in text
    assert len(comparison.as_dict()["won"]) == 12


def test_note_is_shown_and_kept(tmp_path, sides, write_cross, three_signs):
    """Whatever else differs than the recipe."""
    comparison = compare(sides[0], write_cross(tmp_path / "other", three_signs, folds=3, seed=1))

    assert comparison.note
    assert comparison.note in shown(comparison)
    assert comparison.as_dict()["note"] == comparison.note


def test_folds_that_are_missing_are_reported(tmp_path, write_cross, three_signs):
    """Beside the side that lacks them."""
    comparison = compare(*(write_cross(tmp_path / name, three_signs, finished=(2,)) for name in "ab"))

    assert shown(comparison).count("PARTIAL: fold 2 of 2") == 2
    assert [comparison.as_dict()[side]["complete"] for side in "ab"] == [False, False]


def test_single_files_are_reported(sides):
    """They have no recipe."""
    comparison = compare(sides[0] / "fold-1.csv", sides[1] / "fold-1.csv")

    assert shown(comparison).count("one file of predictions") == 2
    assert comparison.as_dict()["a"]["recipe"] is None
    assert compare(*sides).as_dict()["a"]["recipe"] == "tutorial"


def test_corruptions_are_mentioned(tmp_path, write_cross, three_signs, frames_of):
    """The same folders show other numbers without."""
    a = write_cross(tmp_path / "a", three_signs, corrupted=frames_of("Bus", 1, 4))
    b = write_cross(tmp_path / "b", three_signs, corrupted=())

    with_corruptions, plain = (compare(a, b, corruptions=wanted) for wanted in (True, False))

    assert "The images have corruptions, the same on both sides." in shown(with_corruptions)
    assert "have corruptions" not in shown(plain)
    assert [comparison.as_dict()["corruptions"] for comparison in (with_corruptions, plain)] == [True, False]


def test_names_that_give_a_terminal_orders_are_made_harmless(tmp_path, write_cross, three_signs):
    """A class is named after its folder, a track after its files."""
    orders = "\x1b[31m"
    samples = tuple(dataclasses.replace(one, track=f"{one.track}{orders}") for one in three_signs.samples)
    data = DataSet(samples, (SignClass(0, f"Bus{orders}"), *three_signs.classes[1:]), "own")
    misread = {f"Bus/0_{frame}.png" for frame in range(5)}
    folders = write_cross(tmp_path / "a", data, misread=misread), write_cross(tmp_path / f"b{orders}", data)

    text = shown(compare(*folders))

    assert "\x1b" not in text
    assert "│ Bus�[31m │ 0�[31m │ 5 │ 5 │ 0 │ -5 │" in text
