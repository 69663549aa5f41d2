"""The folder of a cross-validation: read from its JSON and CSV files alone, and nothing else passes for it."""

import lzma

import pytest
from fixtures.errors import raises

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


def test_packed_folds_are_read_like_plain_ones(tmp_path, write_cross, three_signs):
    """With their predictions for corrupted images, beside folds that are not packed."""
    folder = write_cross(tmp_path / "cross", three_signs, folds=3, misread={"Bus/0_0.png"}, corrupted={"Bus/0_1.png"})
    before = read_cross_validation(folder)
    for path in (fold_file(folder, 1), corrupted_file(folder, 1), fold_file(folder, 3)):
        path.with_name(f"{path.name}.xz").write_bytes(lzma.compress(path.read_bytes()))
        path.unlink()

    after = read_cross_validation(folder)

    assert fold_file(folder, 1).name == "fold-1.csv.xz"
    assert fold_file(folder, 2).name == "fold-2.csv"
    for one, other in ((before, after), (before.corrupted, after.corrupted)):
        assert one.predictions.rows == other.predictions.rows
        assert (one.predictions.class_ids == other.predictions.class_ids).all()


def test_title_says_what_is_measured(folder):
    """Recipe, data, folds and seed."""
    record = read_cross_validation(folder).record

    assert record.title == "tutorial on own, 3-fold cross-validation by (class, track), seed 0"


def test_missing_folds_are_reported(folder):
    """With the fraction that is evaluated."""
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
    for folder, word in ((tmp_path, "cross-validation.json"), (tmp_path / "nothing", "not a folder")):
        with pytest.raises(RunError) as raised:
            read_cross_validation(folder)
        assert word in raised.value.problem
        assert raised.value.subject == str(folder)
        assert "roadsigns cross-validate" in raised.value.hint


def test_fold_that_lacks_lines_is_refused(folder):
    """Cut at the end of a line, it is whole to the eye."""
    path = fold_file(folder, 2)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-3]))

    with pytest.raises(RunError) as raised:
        read_cross_validation(folder)
    assert raised.value.subject == str(path)
    assert raised.value.problem == "The file holds 17 of 20 images."
    assert "Move it away" in raised.value.hint


def test_another_folds_file_is_refused(folder):
    """A copy under the wrong name."""
    fold_file(folder, 2).write_bytes(fold_file(folder, 1).read_bytes())

    with raises(RunError, problem="images of other folds or data"):
        read_cross_validation(folder)


def test_broken_fold_is_refused(folder):
    """The file to delete is named."""
    path = fold_file(folder, 3)
    path.write_bytes(path.read_bytes()[:-10])

    with pytest.raises(RunError) as raised:
        read_cross_validation(folder)
    assert raised.value.subject == str(path)
    assert "its last line breaks off" in raised.value.problem


@pytest.mark.parametrize(
    ("column", "value", "problem"), [(1, "9", "class 9, and the classes are 0 to 2"), (3, "5", "class 5")]
)
def test_class_that_the_data_do_not_have_is_refused(folder, column, value, problem):
    path = fold_file(folder, 1)
    header, first, *others = path.read_text().splitlines()
    fields = first.split(",")
    fields[column] = value
    path.write_text("\n".join([header, ",".join(fields), *others]) + "\n")

    with raises(RunError, problem=problem, subject=str(path)):
        read_cross_validation(folder)


def test_corrupted_predictions_are_those_of_finished_folds(tmp_path, write_cross, three_signs):
    """As far as they exist."""
    folder = write_cross(tmp_path / "cross", three_signs, corrupted={"Bus/0_0.png"})
    corrupted_file(folder, 2).unlink()

    corrupted = read_cross_validation(folder).corrupted

    assert corrupted.predictions.wrong.sum() <= 1
    assert corrupted.partial_label == "PARTIAL: fold 1 of 2, 30 of 60 images"
    fold_file(folder, 1).unlink()
    assert read_cross_validation(folder).corrupted.predictions is None


def test_broken_corrupted_predictions_are_refused(tmp_path, write_cross, three_signs):
    folder = write_cross(tmp_path / "cross", three_signs, corrupted=())
    corrupted_file(folder, 2).write_bytes(corrupted_file(folder, 1).read_bytes())

    with pytest.raises(RunError) as raised:
        read_cross_validation(folder)
    assert raised.value.subject == str(folder / "fold-2-hard.csv")
    assert raised.value.expected == "the predictions of fold 2"


def test_corruption_that_the_record_does_not_name_is_refused(tmp_path, write_cross, three_signs):
    """It would count nowhere."""
    folder = write_cross(tmp_path / "cross", three_signs, corrupted=())
    path = corrupted_file(folder, 1)
    path.write_text(path.read_text().replace(",dark,", ",snow,"))

    with raises(RunError, problem="the corruption 'snow'"):
        read_cross_validation(folder)
