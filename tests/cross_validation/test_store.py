"""The folder of a cross-validation: read from its JSON and CSV files alone, and nothing else passes for it."""

import json
import lzma

import pytest
from fixtures.errors import raises

from roadsigns.cross_validation.metrics import compute_cross_metrics
from roadsigns.cross_validation.store import corrupted_file, fold_file, read_cross_validation
from roadsigns.errors import RunError
from roadsigns.robustness import corruptions
from roadsigns.robustness.corruptions import UNRECORDED_CORRUPTIONS, Corruption, current_corruptions


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
    assert "Delete it" in raised.value.hint


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


@pytest.mark.parametrize(
    "change",
    [
        {"folds": 4},
        {"classes": None},
        {"more": 1},
        {"corruptions": []},
        {"corruptions": None},
        {"corruptions": ["dark"]},
        {"corruptions": [{"name": "dark"}]},
    ],
)
def test_record_that_is_wrong_is_refused(folder, change):
    path = folder / "cross-validation.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))

    with pytest.raises(RunError) as raised:
        read_cross_validation(folder)
    assert raised.value.subject == str(path)
    assert "another --out folder" in raised.value.hint


def test_record_that_breaks_off_is_refused(folder):
    """It is not JSON."""
    (folder / "cross-validation.json").write_text("{")

    with raises(RunError, problem="cannot be read"):
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


def test_record_names_the_corruptions_with_their_versions(tmp_path, write_cross, three_signs):
    """In order, which decides which image got which."""
    folder = write_cross(tmp_path / "cross", three_signs)

    values = json.loads((folder / "cross-validation.json").read_text())["corruptions"]

    assert values[:2] == [{"name": "dark", "version": 1}, {"name": "low contrast", "version": 1}]
    assert read_cross_validation(folder).record.corruptions == current_corruptions()


def test_folder_from_before_version_0_2_means_the_six_of_then(tmp_path, write_cross, three_signs):
    """Neither its record nor its files name a corruption; each image still has its own."""
    old = read_cross_validation(write_cross(tmp_path / "old", three_signs, corrupted=(), old=True))
    new = read_cross_validation(write_cross(tmp_path / "new", three_signs, corrupted=()))

    assert "corruption" not in (tmp_path / "old" / "cross-validation.json").read_text()
    assert "corruption" not in (tmp_path / "old" / "fold-1-hard.csv").read_text()
    assert old.record.corruptions == UNRECORDED_CORRUPTIONS
    assert old.corrupted.predictions.rows == new.corrupted.predictions.rows
    assert old.corrupted.predictions.corruptions == new.corrupted.predictions.corruptions
    assert set(new.corrupted.predictions.corruptions) == {name for name, _ in UNRECORDED_CORRUPTIONS}


@pytest.mark.parametrize("old", [True, False])
def test_a_seventh_corruption_changes_nothing_in_an_existing_folder(
    tmp_path, write_cross, three_signs, monkeypatch, old
):
    """Neither which image has which, nor the metrics; a new folder records seven."""
    misread = {f"stop/{track}_{frame}.png" for track in range(4) for frame in range(3)}
    folder = write_cross(tmp_path / "cross", three_signs, corrupted=misread, old=old)
    before = compute_cross_metrics(read_cross_validation(folder)).as_dict()
    snow = Corruption("snow", 1, lambda image, box, rng: image)
    monkeypatch.setattr(corruptions, "CORRUPTIONS", (*corruptions.CORRUPTIONS, snow))

    cross = read_cross_validation(folder)

    assert compute_cross_metrics(cross).as_dict() == before
    assert cross.record.corruptions == UNRECORDED_CORRUPTIONS
    rows, names = cross.corrupted.predictions.rows, cross.corrupted.predictions.corruptions
    assert names == tuple(cross.record.assignment.corruption_of(row).name for row in rows)
    fresh = read_cross_validation(write_cross(tmp_path / "fresh", three_signs, corrupted=misread))
    assert fresh.record.corruptions == (*UNRECORDED_CORRUPTIONS, ("snow", 1))
    assert "snow" in fresh.corrupted.predictions.corruptions
