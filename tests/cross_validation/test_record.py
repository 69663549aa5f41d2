"""The record of a cross-validation: read back whole or refused, and what older ones mean."""

import json

import pytest
from fixtures.corruptions import own_corruption
from fixtures.errors import raises

from roadsigns.cross_validation.metrics import compute_cross_metrics
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.errors import RunError
from roadsigns.robustness import corruptions
from roadsigns.robustness.corruptions import UNRECORDED_CORRUPTIONS, current_corruptions


@pytest.fixture
def folder(tmp_path, write_cross, three_signs):
    """All three folds are there."""
    return write_cross(tmp_path / "cross", three_signs, folds=3, misread={"Bus/0_0.png"})


@pytest.mark.parametrize(
    "change",
    [
        {"folds": 4},
        {"classes": None},
        {"more": 1},
        {"recipe": None},
        {"recipe": "[training"},
        {"recipe_name": None},
        {"source": 3},
        {"data_sha256": None},
        {"seed": None},
        {"by": "colour"},
        {"classes": [1, 2, 3]},
        {"fold_images": ["4", "4", "4"]},
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
    """It is no JSON."""
    (folder / "cross-validation.json").write_text("{")

    with raises(RunError, problem="cannot be read"):
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
    hail = own_corruption("hail")
    monkeypatch.setattr(corruptions, "CORRUPTIONS", (*corruptions.CORRUPTIONS, hail))

    cross = read_cross_validation(folder)

    assert compute_cross_metrics(cross).as_dict() == before
    assert cross.record.corruptions == UNRECORDED_CORRUPTIONS
    rows, names = cross.corrupted.predictions.rows, cross.corrupted.predictions.corruptions
    assert names == tuple(cross.record.assignment.corruption_of(row).name for row in rows)
    fresh = read_cross_validation(write_cross(tmp_path / "fresh", three_signs, corrupted=misread))
    assert fresh.record.corruptions == (*UNRECORDED_CORRUPTIONS, ("hail", 1))
    assert "hail" in fresh.corrupted.predictions.corruptions
