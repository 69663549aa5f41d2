"""The file of a fold as a source of reports."""

import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.html_report.sources.open_source import open_source


def test_file_of_a_fold_finds_its_classes_beside_it(cross):
    made = open_source(cross / "fold-1.csv", None)

    assert made.about.class_names[14] == "stop"


@pytest.mark.parametrize("number", ["900000000", "99999999999", "9" * 5000])
@pytest.mark.parametrize("column", ["truth", "prediction"])
def test_large_class_numbers_in_the_file_of_a_fold_are_refused(tmp_path, number, column):
    """They would be given as many names."""
    truth, predicted = (number, 1) if column == "truth" else (1, number)
    path = tmp_path / "fold-1.csv"
    path.write_text(f"image,class_id,track,class_1,probability_1\nx/a.png,{truth},1,{predicted},0.9\n")

    with raises(DataError, problem="", subject="fold-1.csv"):
        open_source(path, None)


@pytest.mark.parametrize(("best", "other"), [(0, 0), (0.5, 0.2)])
def test_probabilities_of_a_fold_must_add_up(tmp_path, best, other):
    path = tmp_path / "fold-1.csv"
    header = "image,class_id,track,class_1,probability_1,class_2,probability_2"
    path.write_text(f"{header}\nx/a.png,1,1,1,{best},0,{other}\n")

    with raises(DataError, problem="The probabilities of 'x/a.png' add up to 0", subject="fold-1.csv"):
        open_source(path, None)


def test_file_of_a_fold_may_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "fold-1.csv"
    path.write_text("image,class_id,track,class_1,probability_1\nx/a.png,1,1,1,0.9\n", encoding="utf-8-sig")

    assert open_source(path, None).metrics.errors == 0


def test_file_that_is_no_fold_names_the_columns(tmp_path):
    path = tmp_path / "fold-1.csv"
    path.write_text("image,class_id,track\na,1,1\n")

    with raises(DataError, problem="its first line", hint="docs/how-to/report.md"):
        open_source(path, None)
