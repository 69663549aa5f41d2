"""Predictions for data: those that fit are matched by name, others are refused, doubtful ones are told."""

import csv
from pathlib import Path

import numpy as np
import pytest
from fixtures.audits import NAMES, write_cross_validation, write_tracks
from fixtures.errors import raises

from roadsigns.audit import evidence as module
from roadsigns.audit.evidence import read_evidence
from roadsigns.cross_validation.store import fold_file
from roadsigns.datasets.reader import DRAWN_MARK, read_training
from roadsigns.errors import RunError


@pytest.fixture
def data(tmp_path):
    return write_tracks(tmp_path / "signs")


def read(predictions, data):
    return read_evidence(predictions, read_training(data), data)


@pytest.mark.parametrize("name", ["best", "gtsrb-fast-v7", "detector"])
def test_name_of_a_built_in_model_is_no_prediction(tmp_path, data, monkeypatch, name):
    """It is told apart from a file that is missing; a cross-validation may be called so."""
    monkeypatch.chdir(tmp_path)
    with raises(RunError, problem="This is a model", expected="have not seen", subject=name):
        read(Path(name), data)

    write_cross_validation(tmp_path / name, data)

    assert read(Path(name), data).made_by


def test_cross_validation_is_brought_into_the_order_of_the_data(tmp_path, data):
    """With all probabilities, those of the unknown kinds too."""
    evidence = read(write_cross_validation(tmp_path / "cross", data), data)

    samples = read_training(data).samples
    assert evidence.samples == samples
    assert evidence.probabilities.shape == (len(samples), len(NAMES))
    assert evidence.unknown.shape == (len(samples), 5)
    assert (evidence.labels == [sample.class_id for sample in samples]).all()
    assert evidence.accuracy > 0.9
    assert evidence.notes == ()
    assert "2-fold cross-validation" in evidence.made_by


def test_five_best_classes_are_enough(tmp_path, data):
    """Where the file of all probabilities is not kept, the others share what is left."""
    full = read(write_cross_validation(tmp_path / "full", data), data)
    top = read(write_cross_validation(tmp_path / "top", data, keep_full=False), data)

    np.testing.assert_allclose(top.probabilities, full.probabilities, atol=2e-6)
    assert top.unknown is None


def test_csv_file_of_any_network_is_read(tmp_path, data):
    """In the format of a cross-validation. Only its author knows whether the network has seen the images."""
    cross = write_cross_validation(tmp_path / "cross", data)
    lines = [fold_file(cross, number).read_text().splitlines() for number in (1, 2)]
    (tmp_path / "mine.csv").write_text("\n".join([*lines[0], *lines[1][1:]]) + "\n")

    evidence = read(tmp_path / "mine.csv", data)

    assert len(evidence.samples) == 100
    assert evidence.made_by == "mine.csv"
    assert "has not seen the images" in evidence.notes[0]


def test_unfinished_cross_validation_is_told(tmp_path, data):
    """Its images are judged; how many are not is said."""
    evidence = read(write_cross_validation(tmp_path / "cross", data, finished=(1,)), data)

    assert len(evidence.samples) == 50
    assert evidence.notes[0].startswith("PARTIAL: fold 1 of 2")
    assert evidence.notes[1].endswith("by `check` alone: 50 images.")


def test_images_moved_since_then_are_not_judged(tmp_path, data):
    """After a label was corrected by moving the file: the rest is judged as before."""
    cross = write_cross_validation(tmp_path / "cross", data)
    (data / "bus" / "0_0.png").rename(data / "stop" / "9_0.png")

    evidence = read(cross, data)

    assert len(evidence.samples) == 99
    assert evidence.notes == (
        "The labels or boxes have changed since these predictions were made.",
        "Without a prediction, and judged by `check` alone: 1 image.",
    )


def test_part_of_the_predicted_images_is_no_change_of_labels(tmp_path, data):
    """What is not here is counted; all that is here is judged."""
    cross = write_cross_validation(tmp_path / "cross", data)
    for frame in range(3):
        (data / "bus" / f"0_{frame}.png").unlink()

    evidence = read(cross, data)

    assert len(evidence.samples) == 97
    assert evidence.notes == ("The predictions also cover 3 images that are not here.",)


def test_fine_tuned_networks_are_told(tmp_path, data):
    """The model that they started from may have been trained on these images."""
    cross = write_cross_validation(tmp_path / "cross", data, recipe='[model]\ninit = "gtsrb-best-v6"\n')

    assert "fine-tuned from gtsrb-best-v6" in read(cross, data).notes[0]


def test_predictions_of_other_data_are_refused(tmp_path, data):
    """Other classes; other images; the same names with other labels; another source."""
    cross = write_cross_validation(tmp_path / "cross", data)
    fewer = write_tracks(tmp_path / "fewer", classes=NAMES[:3])
    with raises(RunError, problem="numbers of classes differ", hint="roadsigns cross-validate"):
        read(cross, fewer)
    others = write_tracks(tmp_path / "others", tracks=12)
    with raises(RunError, problem="100 of its 300 images, and not bus/10_0.png", subject="cross"):
        read(cross, others)
    relabel(cross, data)
    with raises(RunError, problem="100 images have another label", subject="mine.csv"):
        read(tmp_path / "mine.csv", data)
    record = cross / "cross-validation.json"
    record.write_text(record.read_text().replace('"source": "own"', '"source": "GTSRB"'))
    with raises(RunError, problem="images of GTSRB", subject="cross"):
        read(cross, data)


def relabel(cross, data):
    """Write mine.csv, in which every label is another one."""
    rows = [row for number in (1, 2) for row in list(csv.reader(fold_file(cross, number).open()))[number > 1 :]]
    for row in rows[1:]:
        row[1] = str((int(row[1]) + 1) % len(NAMES))
    with (data.parent / "mine.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def test_what_is_no_prediction_is_refused(tmp_path, data):
    """A model, nothing, another file, a run folder, a file of class ids that the data do not have."""
    (tmp_path / "model.onnx").write_bytes(b"x")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "model.keras").write_bytes(b"x")
    for name in ("model.onnx", "run"):
        with raises(RunError, problem="This is a model", expected="have not seen", subject=name):
            read(tmp_path / name, data)
    with raises(RunError, problem="There is no such file", hint="roadsigns cross-validate"):
        read(tmp_path / "gone", data)
    (tmp_path / "notes.txt").write_text("x")
    with raises(RunError, problem="not predictions"):
        read(tmp_path / "notes.txt", data)
    (tmp_path / "large.csv").write_text("image,class_id,track,class_1,probability_1\nbus/0_0.png,0,0,99,1\n")
    with raises(RunError, problem="class 99", expected="0 to 4"):
        read(tmp_path / "large.csv", data)
    (tmp_path / "empty.csv").write_text("image,class_id,track,class_1,probability_1\n")
    with raises(RunError, problem="no prediction"):
        read(tmp_path / "empty.csv", data)


def test_cross_validation_that_has_only_begun_is_refused(tmp_path, data):
    """There is nothing to go by."""
    with raises(RunError, problem="No fold is finished", subject="cross"):
        read(write_cross_validation(tmp_path / "cross", data, finished=()), data)


def test_networks_that_know_every_label_are_told(tmp_path, data, monkeypatch):
    """They have probably been trained on the images, and learned the wrong labels too."""
    monkeypatch.setattr(module, "SUSPICIOUSLY_MANY", 100)
    monkeypatch.setattr("fixtures.audits.made_up", lambda truth, n: np.eye(n, dtype=np.float32)[truth])

    assert "trained on them" in read(write_cross_validation(tmp_path / "cross", data), data).notes[-1]


def test_networks_that_know_little_are_told(tmp_path, data):
    """Their suspicions are worth little."""
    wrong = {f"{name}/{track}_{frame}.png": 0 for name in NAMES for track in range(4) for frame in range(3)}

    note = read(write_cross_validation(tmp_path / "cross", data, wrong=wrong), data).notes[-1]

    assert "misread 49.00 % of the images, so most suspicions will be images that are hard for them" in note
    assert "--recipe best" in note


@pytest.mark.parametrize(("wrong_images", "told"), [(5, False), (6, True)])
def test_networks_may_misread_one_image_in_twenty(tmp_path, data, wrong_images, told, monkeypatch):
    """Of 100 images, five: so many wrong labels are possible."""
    monkeypatch.setattr("fixtures.audits.made_up", lambda truth, n: np.eye(n, dtype=np.float32)[truth] * 0.9)
    wrong = {f"stop/{number // 5}_{number % 5}.png": 0 for number in range(wrong_images)}

    notes = read(write_cross_validation(tmp_path / "cross", data, wrong=wrong), data).notes

    assert any("misread" in note for note in notes) == told


def test_predictions_are_named_after_the_data(tmp_path, data):
    """People's own data by their folder, drawn signs as such with their seed."""
    own = read(write_cross_validation(tmp_path / "own", data), data)
    (data / DRAWN_MARK).write_text("drawn signs, seed 3\n")
    drawn = read(write_cross_validation(tmp_path / "drawn", data), data)

    assert own.made_by.startswith("fast on signs, 2-fold")
    assert drawn.made_by.startswith("fast on drawn signs, seed 3, 2-fold")
