"""A comparison as people read it and as JSON."""

import dataclasses
import io
import json

import pytest

from roadsigns.cross_validation.comparison import compare
from roadsigns.cross_validation.comparison_table import NAMED, comparison_values, print_comparison
from roadsigns.types import DataSet, SignClass


def shown(comparison):
    """What is printed, on one line."""
    file = io.StringIO()
    print_comparison(comparison, file)
    return " ".join(file.getvalue().split())


def test_values_hold_both_sides_and_both_tests(sides):
    """Three tracks that differ, by 5, 2 and 3: of eight throws of the coin, six come as far as 4 or farther."""
    values = json.loads(json.dumps(comparison_values(compare(*sides)), allow_nan=False))

    assert (values["images"], values["tracks"]) == (60, 12)
    assert [values[side]["errors"] for side in "ab"] == [9, 5]
    assert [values[side]["mostly_wrong_tracks"] for side in "ab"] == [2, 1]
    assert values["errors_p"] == pytest.approx(6 / 8, abs=0.03)
    assert values["mostly_wrong_p"] == 1
    assert [(one["name"], one["errors_a"], one["errors_b"]) for one in values["classes"]] == [
        ("Bus", 5, 0),
        ("stop", 0, 3),
        ("[b]ferry", 4, 2),
    ]
    assert values["note"] == ""


def test_people_read_each_p_explained(sides):
    """And whether it may be chance."""
    text = shown(compare(*sides))

    assert "Errors, -4: p = 0.7" in text
    assert "may be chance" in text
    assert "2 are wrong only in A and 1 only in B" in text
    assert "│ [b]ferry │ 2 │ 5 │ 4 │ 2 │ -2 │" in text


def test_biggest_change_stands_first(sides):
    """Of tracks and of classes; a table of nothing is not shown."""
    text = shown(compare(*sides))

    assert text.index("│ Bus │ 1 │") < text.index("│ [b]ferry │ 2 │")
    classes = text[text.index("┃ Classes ┃") :]
    assert classes.index("│ Bus │ 20 │ 5 │ 0 │ -5 │") < classes.index("│ stop │ 20 │ 0 │ 3 │ +3 │")
    assert classes.index("+3") < classes.index("│ [b]ferry │ 20 │ 4 │ 2 │ -2 │")
    assert "Tracks won" not in shown(compare(sides[0], sides[0]))


def test_side_with_itself_may_be_chance(sides):
    """In both tests."""
    text = shown(compare(sides[0], sides[0]))

    assert text.count("p = 1, may be chance") == 2
    assert "Errors, +0: " in text


def test_change_of_many_tracks_is_more_than_chance(tmp_path, write_cross, three_signs, frames_of):
    """All twelve tracks won: of the throws of twelve coins, two in 4,096 come as far."""
    misread = set().union(*(frames_of(sign, track, 5) for sign in ("Bus", "stop", "[b]ferry") for track in range(4)))
    folders = write_cross(tmp_path / "a", three_signs, misread=misread), write_cross(tmp_path / "b", three_signs)

    comparison = compare(*folders)

    text = shown(comparison)
    assert text.count("more than chance") == 2
    assert "Accuracy │ 0.00 % │ 100.00 % │" in text
    assert "Tracks read better │ 0 │ 12 │" in text
    assert f"{12 - NAMED} more with --json" in text
    assert len(comparison_values(comparison)["won"]) == 12


def test_note_is_shown_and_kept(tmp_path, sides, write_cross, three_signs):
    """Whatever else differs than the recipe."""
    comparison = compare(sides[0], write_cross(tmp_path / "other", three_signs, folds=3, seed=1))

    assert comparison.note
    assert comparison.note in shown(comparison)
    assert comparison_values(comparison)["note"] == comparison.note


def test_folds_that_are_missing_are_told(tmp_path, write_cross, three_signs):
    """Beside the side that lacks them."""
    comparison = compare(*(write_cross(tmp_path / name, three_signs, finished=(2,)) for name in "ab"))

    assert shown(comparison).count("PARTIAL: fold 2 of 2") == 2
    assert [comparison_values(comparison)[side]["complete"] for side in "ab"] == [False, False]


def test_single_files_are_told(sides):
    """They have no recipe."""
    comparison = compare(sides[0] / "fold-1.csv", sides[1] / "fold-1.csv")

    assert shown(comparison).count("one file of predictions") == 2
    assert comparison_values(comparison)["a"]["recipe"] is None
    assert comparison_values(compare(*sides))["a"]["recipe"] == "tutorial"


def test_hard_predictions_are_told(tmp_path, write_cross, three_signs, frames_of):
    """They are not what the same folders show without."""
    a = write_cross(tmp_path / "a", three_signs, corrupted=frames_of("Bus", 1, 4))
    b = write_cross(tmp_path / "b", three_signs, corrupted=())

    hard, plain = (compare(a, b, hard=wanted) for wanted in (True, False))

    assert "Read under hard conditions, the same in both." in shown(hard)
    assert "hard conditions" not in shown(plain)
    assert [comparison_values(comparison)["hard"] for comparison in (hard, plain)] == [True, False]


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
