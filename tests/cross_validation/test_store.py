"""The folder of a cross-validation: read from its JSON and CSV files alone, and nothing else passes for it."""

import json

import pytest

from roadsigns.cross_validation.store import corrupted_file, fold_file, read_cross_validation
from roadsigns.errors import RunError


@pytest.fixture
def folder(tmp_path, write_cross, three_signs):
    """All three folds are there."""
    return write_cross(tmp_path / "cross", three_signs, folds=3, misread={"Bus/0_0.png"})


def test_all_images_are_read_back_once(folder, three_signs):
    """From every fold."""
    cross = read_cross_validation(folder)

    assert cross.is_complete
    assert cross.partial_label == ""
    names = cross.predictions.names
    assert sorted(names) == sorted(f"{s.path.parent.name}/{s.path.name}" for s in three_signs.samples)
    assert [name for name, wrong in zip(names, cross.predictions.wrong, strict=True) if wrong] == ["Bus/0_0.png"]


def test_title_says_what_is_measured(folder):
    """Recipe, data, folds and seed."""
    record = read_cross_validation(folder).record

    assert record.title == "tutorial on own, 3-fold cross-validation by (class, track), seed 0"


def test_missing_folds_are_told(folder):
    """With how much is judged."""
    fold_file(folder, 2).unlink()

    cross = read_cross_validation(folder)

    assert not cross.is_complete
    assert cross.partial_label == "PARTIAL: folds 1, 3 of 3, 40 of 60 images"


def test_folder_without_a_fold_has_no_predictions(tmp_path, write_cross, three_signs):
    """It has only begun."""
    cross = read_cross_validation(write_cross(tmp_path / "cross", three_signs, finished=()))

    assert cross.predictions is None
    assert cross.partial_label == "PARTIAL: folds none of 2, 0 of 60 images"


def test_what_is_no_cross_validation_is_refused(tmp_path):
    """An empty folder, and none."""
    with pytest.raises(RunError, match=r"is no cross-validation: it holds no cross-validation\.json"):
        read_cross_validation(tmp_path)
    with pytest.raises(RunError, match="nothing is no cross-validation: it is no folder"):
        read_cross_validation(tmp_path / "nothing")


def test_fold_that_lacks_lines_is_refused(folder):
    """Cut at the end of a line, it is whole to the eye."""
    path = fold_file(folder, 2)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-3]))

    with pytest.raises(RunError, match=rf"{path} is not what fold 2 should read: it holds 17 of 20 images. Delete it"):
        read_cross_validation(folder)


def test_another_folds_file_is_refused(folder):
    """A copy under the wrong name."""
    fold_file(folder, 2).write_bytes(fold_file(folder, 1).read_bytes())

    with pytest.raises(RunError, match="it holds images of other folds or data"):
        read_cross_validation(folder)


def test_broken_fold_is_refused(folder):
    """The file to delete is named."""
    path = fold_file(folder, 3)
    path.write_bytes(path.read_bytes()[:-10])

    with pytest.raises(
        RunError, match=rf"{path} is no whole file of predictions: its last line breaks off\. Delete it"
    ):
        read_cross_validation(folder)


@pytest.mark.parametrize(("column", "value", "problem"), [(1, "9", "class 9, and there are 3"), (3, "5", "class 5")])
def test_class_that_the_data_do_not_have_is_refused(folder, column, value, problem):
    """As truth or as what was read."""
    path = fold_file(folder, 1)
    header, first, *others = path.read_text().splitlines()
    fields = first.split(",")
    fields[column] = value
    path.write_text("\n".join([header, ",".join(fields), *others]) + "\n")

    with pytest.raises(RunError, match=problem):
        read_cross_validation(folder)


@pytest.mark.parametrize("change", [{"folds": 4}, {"classes": None}, {"more": 1}])
def test_record_that_is_wrong_is_refused(folder, change):
    """As somebody might edit it."""
    path = folder / "cross-validation.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))

    with pytest.raises(RunError, match=f"{path} cannot be read: .* Begin anew"):
        read_cross_validation(folder)


def test_record_that_breaks_off_is_refused(folder):
    """It is no JSON."""
    (folder / "cross-validation.json").write_text("{")

    with pytest.raises(RunError, match="cannot be read"):
        read_cross_validation(folder)


def test_hard_predictions_are_those_of_finished_folds(tmp_path, write_cross, three_signs):
    """As far as they were made; without them there are none."""
    folder = write_cross(tmp_path / "cross", three_signs, hard={"Bus/0_0.png"})
    corrupted_file(folder, 2).unlink()

    hard = read_cross_validation(folder).corrupted

    assert hard.predictions.wrong.sum() <= 1
    assert hard.partial_label == "PARTIAL: fold 1 of 2, 30 of 60 images"
    fold_file(folder, 1).unlink()
    assert read_cross_validation(folder).corrupted.predictions is None


def test_broken_hard_predictions_are_refused(tmp_path, write_cross, three_signs):
    """As plain ones are."""
    folder = write_cross(tmp_path / "cross", three_signs, hard=())
    corrupted_file(folder, 2).write_bytes(corrupted_file(folder, 1).read_bytes())

    with pytest.raises(RunError, match=r"fold-2-hard\.csv is not what fold 2 should read: it holds images of other"):
        read_cross_validation(folder)
