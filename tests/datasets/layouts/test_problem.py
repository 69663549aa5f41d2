"""A problem as a check shows it, and as the error that reading stops with."""

from pathlib import Path

import pytest

from roadsigns.datasets.layouts.problem import READING_PROBLEMS, READING_WARNINGS, Problem

DATA = Path("data")


@pytest.mark.parametrize(
    ("problem", "detail", "subject"),
    [
        (Problem("bad-row", "GT.csv", "class 9", line=3), "line 3: class 9", "data/GT.csv, line 3"),
        (Problem("no-file", "0/a.ppm", table="0/GT.csv", line=4), "0/GT.csv, line 4", "data/0/GT.csv, line 4"),
        (Problem("no-row", "0/a.ppm", table="0/GT.csv"), "0/GT.csv", "data/0/GT.csv"),
        (Problem("wrong-class", "0/a.ppm", "annotated as class 4"), "annotated as class 4", "data/0/a.ppm"),
        (Problem("same-class", "07", "both are class 7", other="7"), "both are class 7", "data"),
    ],
)
def test_problem_says_where_it_is(problem, detail, subject):
    """Its detail names the place beside the file; its error has the place as subject."""
    assert problem.detail == detail
    assert problem.as_error(DATA).subject == subject


@pytest.mark.parametrize("kind", [kind for kind, entry in READING_PROBLEMS.items() if entry.level == "error"])
def test_every_error_is_a_sentence_with_advice(kind):
    error = Problem(kind, "folder/file", "something").as_error(DATA)

    assert error.problem.endswith(".")
    assert "{" not in error.problem
    assert error.hint.endswith("`roadsigns check` lists everything that is wrong with data.")


def test_better_advice_takes_the_place_of_the_kinds():
    """A problem may know more than its kind does."""
    error = Problem("bad-annotations", "GT.csv", "lacks the columns X", hint="Save it with semicolons.").as_error(DATA)

    assert error.hint.startswith("Save it with semicolons.")


def test_what_is_merely_not_read_is_a_warning():
    """Reading continues."""
    assert {kind.level for kind in READING_WARNINGS.values()} == {"warning"}
