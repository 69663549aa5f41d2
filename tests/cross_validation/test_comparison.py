"""Two cross-validations of the same images, track by track; other images are refused."""

import dataclasses

import pytest

from roadsigns.cross_validation.comparison import compare
from roadsigns.errors import RunError
from roadsigns.types import DataSet


def test_tracks_won_and_lost_are_named(sides):
    """The biggest change first, with the errors before and after."""
    comparison = compare(*sides)

    assert [(one.name, one.track, one.errors_a, one.errors_b) for one in comparison.won] == [
        ("Bus", "1", 5, 0),
        ("[b]ferry", "2", 4, 2),
    ]
    assert [(one.name, one.track, one.errors_a, one.errors_b) for one in comparison.lost] == [("stop", "0", 0, 3)]
    assert (comparison.mostly_misread_only_by_a, comparison.mostly_misread_only_by_b) == (2, 1)


def test_side_with_itself_is_no_more_than_chance(sides):
    """Nothing is won or lost."""
    comparison = compare(sides[0], sides[0])

    assert (comparison.errors_p, comparison.mostly_misread_p) == (1, 1)
    assert comparison.won == comparison.lost == []


def test_exchanging_the_sides_changes_no_p(sides):
    """What was won is lost."""
    a, b = compare(*sides), compare(*sides[::-1])

    assert (a.errors_p, a.mostly_misread_p) == (b.errors_p, b.mostly_misread_p)
    assert [one.track for one in a.won] == [one.track for one in b.lost]


def test_single_files_are_compared(sides):
    """Fold by fold; without a record, classes that GTSRB might have are called as it does."""
    comparison = compare(sides[0] / "fold-1.csv", sides[1] / "fold-1.csv")

    assert int(comparison.pairs.frames.sum()) == 30
    assert {change.name for change in comparison.classes} == {"speed limit 20", "speed limit 30", "speed limit 50"}
    assert (comparison.a.record, comparison.b.record) == (None, None)


def test_other_images_are_refused(tmp_path, sides, write_cross, three_signs):
    """With how many differ, and which side is not complete."""
    partial = write_cross(tmp_path / "partial", three_signs, finished=(1,))

    with pytest.raises(
        RunError,
        match=r"30 are only in the first and 0 only in the second, 30 in both\. .*partial is PARTIAL: fold 1 of 2",
    ):
        compare(sides[0], partial)


def test_the_same_folds_of_two_that_are_not_complete_are_compared(tmp_path, write_cross, three_signs):
    """And labelled."""
    folders = [write_cross(tmp_path / name, three_signs, finished=(2,)) for name in "ab"]

    comparison = compare(*folders)

    labels = {side.partial_label for side in (comparison.a, comparison.b)}
    assert labels == {"PARTIAL: fold 2 of 2, 30 of 60 images"}


def test_other_labels_are_refused(tmp_path, sides, write_cross, three_signs):
    """Of images with the same names."""
    first, *others = three_signs.samples
    changed = DataSet((dataclasses.replace(first, track="9"), *others), three_signs.classes, "own")

    with pytest.raises(RunError, match="the same images, but 1 of them with another class or track"):
        compare(sides[0], write_cross(tmp_path / "changed", changed))


def test_other_folds_are_compared_with_a_note(tmp_path, sides, write_cross, three_signs):
    """The difference is then not the recipe's alone."""
    other = write_cross(tmp_path / "other", three_signs, folds=3, seed=1)

    comparison = compare(sides[0], other)

    assert comparison.note.startswith("The folds differ (A: 2 by track, seed 0; B: 3 by track, seed 1)")


def test_nothing_to_compare_is_told(tmp_path, sides, write_cross, three_signs):
    """A folder that has only begun, and none at all."""
    begun = write_cross(tmp_path / "begun", three_signs, finished=())

    with pytest.raises(RunError, match="begun holds no finished fold yet"):
        compare(begun, sides[0])
    with pytest.raises(RunError, match="nothing is no cross-validation"):
        compare(sides[0], tmp_path / "nothing")


def test_hard_predictions_are_compared_alike(tmp_path, write_cross, three_signs, frames_of):
    """The plain ones have no part in it."""
    a = write_cross(tmp_path / "a", three_signs, misread=frames_of("stop", 0, 5), corrupted=frames_of("Bus", 1, 4))
    b = write_cross(tmp_path / "b", three_signs, corrupted=frames_of("Bus", 1, 1))

    comparison = compare(a, b, hard=True)

    assert [(one.name, one.errors_a, one.errors_b) for one in comparison.won] == [("Bus", 4, 1)]
    assert (comparison.hard, compare(a, b).hard) == (True, False)


def test_what_has_no_equal_hard_predictions_is_refused(tmp_path, write_cross, three_signs, sides):
    """None, those of another seed, or one file."""
    a = write_cross(tmp_path / "a", three_signs, corrupted=())
    other = write_cross(tmp_path / "b", three_signs, corrupted=(), seed=1)

    with pytest.raises(RunError, match=r"no fold that was read under hard conditions\. Make some with"):
        compare(a, sides[0], hard=True)
    with pytest.raises(RunError, match=r"The seed of .* is 0 and that of .* is 1"):
        compare(a, other, hard=True)
    with pytest.raises(RunError, match=r"is one file\. Give folders"):
        compare(a / "fold-1-hard.csv", a, hard=True)
