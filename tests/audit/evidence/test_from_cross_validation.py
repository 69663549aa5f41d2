"""The folds of a cross-validation, with what must be said beside them."""

import numpy as np
from fixtures.audits import NAMES, write_cross_validation
from fixtures.errors import raises

from roadsigns.datasets.reader import DRAWN_MARK, read_training
from roadsigns.errors import RunError


def test_cross_validation_is_brought_into_the_order_of_the_data(tmp_path, data, read):
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


def test_five_best_classes_are_enough(tmp_path, data, read):
    """Where the file of all probabilities is not kept, the others share what is left."""
    full = read(write_cross_validation(tmp_path / "full", data), data)
    top = read(write_cross_validation(tmp_path / "top", data, keep_full=False), data)

    np.testing.assert_allclose(top.probabilities, full.probabilities, atol=2e-6)
    assert top.unknown is None


def test_unfinished_cross_validation_is_told(tmp_path, data, read):
    """Its images are judged; how many are not is said."""
    evidence = read(write_cross_validation(tmp_path / "cross", data, finished=(1,)), data)

    assert len(evidence.samples) == 50
    assert evidence.notes[0].startswith("PARTIAL: fold 1 of 2")
    assert evidence.notes[1].endswith("by `check` alone: 50 images.")


def test_cross_validation_that_has_only_begun_is_refused(tmp_path, data, read):
    """There is nothing to go by."""
    with raises(RunError, problem="No fold is finished", subject="cross"):
        read(write_cross_validation(tmp_path / "cross", data, finished=()), data)


def test_part_of_the_predicted_images_is_no_change_of_labels(tmp_path, data, read):
    """What is not here is counted; all that is here is judged."""
    cross = write_cross_validation(tmp_path / "cross", data)
    for frame in range(3):
        (data / "bus" / f"0_{frame}.png").unlink()

    evidence = read(cross, data)

    assert len(evidence.samples) == 97
    assert evidence.notes == ("The predictions also cover 3 images that are not here.",)


def test_fine_tuned_networks_are_told(tmp_path, data, read):
    """The model that they started from may have been trained on these images."""
    cross = write_cross_validation(tmp_path / "cross", data, recipe='[model]\ninit = "gtsrb-best-v9"\n')

    assert "fine-tuned from gtsrb-best-v9" in read(cross, data).notes[0]


def test_predictions_are_named_after_the_data(tmp_path, data, read):
    """People's own data by their folder, drawn signs as such with their seed."""
    own = read(write_cross_validation(tmp_path / "own", data), data)
    (data / DRAWN_MARK).write_text("drawn signs, seed 3\n")
    drawn = read(write_cross_validation(tmp_path / "drawn", data), data)

    assert own.made_by.startswith("fast on signs, 2-fold")
    assert drawn.made_by.startswith("fast on drawn signs, seed 3, 2-fold")
