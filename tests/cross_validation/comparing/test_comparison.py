"""Two cross-validations of the same images, track by track."""

from roadsigns.cross_validation.comparing.comparison import compare


def test_tracks_won_and_lost_are_named(sides):
    """The biggest change first, with the errors before and after."""
    comparison = compare(*sides)

    assert [(one.name, one.track, one.errors_a, one.errors_b) for one in comparison.won] == [
        ("Bus", "1", 5, 0),
        ("[b]ferry", "2", 4, 2),
    ]
    assert [(one.name, one.track, one.errors_a, one.errors_b) for one in comparison.lost] == [("stop", "0", 0, 3)]
    assert (comparison.mostly_misread_only_by_a, comparison.mostly_misread_only_by_b) == (2, 1)


def test_side_with_itself_does_not_differ(sides):
    """Nothing is won or lost."""
    comparison = compare(sides[0], sides[0])

    assert (comparison.errors_p, comparison.mostly_misread_p) == (1, 1)
    assert comparison.won == comparison.lost == []


def test_exchanging_the_sides_changes_no_p(sides):
    a, b = compare(*sides), compare(*sides[::-1])

    assert (a.errors_p, a.mostly_misread_p) == (b.errors_p, b.mostly_misread_p)
    assert [one.track for one in a.won] == [one.track for one in b.lost]


def test_single_files_are_compared(sides):
    """Fold by fold; the record beside them names their classes."""
    comparison = compare(sides[0] / "fold-1.csv", sides[1] / "fold-1.csv")

    assert int(comparison.pairs.frames.sum()) == 30
    assert {change.name for change in comparison.classes} == {"Bus", "stop", "[b]ferry"}
    assert (comparison.a.record, comparison.b.record) == (None, None)


def test_other_folds_are_compared_with_a_note(tmp_path, sides, write_cross, three_signs):
    """The difference is then not the recipe's alone."""
    other = write_cross(tmp_path / "other", three_signs, folds=3, seed=1)

    comparison = compare(sides[0], other)

    assert comparison.note.startswith("The folds differ (A: 2 by track, seed 0; B: 3 by track, seed 1)")


def test_corrupted_predictions_are_compared_too(tmp_path, write_cross, three_signs, frames_of):
    """The plain ones have no part in it; folders from before version 0.2.0 are compared with newer ones."""
    misread = frames_of("Bus", 1, 4)
    a = write_cross(tmp_path / "a", three_signs, misread=frames_of("stop", 0, 5), corrupted=misread, old=True)
    b = write_cross(tmp_path / "b", three_signs, corrupted=frames_of("Bus", 1, 1))

    comparison = compare(a, b, corruptions=True)

    assert [(one.name, one.errors_a, one.errors_b) for one in comparison.won] == [("Bus", 4, 1)]
    assert (comparison.corruptions, compare(a, b).corruptions) == (True, False)
