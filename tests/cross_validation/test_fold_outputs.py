"""What the models of a cross-validation computed is read for the images as they are, and with corruptions."""

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.cross_validation.fold_outputs import has_corrupted_outputs, read_fold_outputs
from roadsigns.cross_validation.store import corrupted_file, read_cross_validation
from roadsigns.errors import RunError
from roadsigns.evaluation.probabilities import probabilities_file


@pytest.fixture
def folder(tmp_path, write_sure_cross, three_signs):
    """Two folds, which are surer of the images with corruptions."""
    return write_sure_cross(tmp_path / "cross", three_signs, sureness=2, folds=2, corrupted_sureness=4)[0]


def test_both_kinds_of_outputs_are_read(folder):
    """These models have no kinds of unknown."""
    cross = read_cross_validation(folder)
    plain, corrupted = (read_fold_outputs(cross, 1, corrupted=one) for one in (False, True))

    assert has_corrupted_outputs(cross)
    assert plain.probabilities.shape == corrupted.probabilities.shape == (len(cross.parts[1].rows), 3)
    assert plain.unknown is None
    assert corrupted.probabilities.max(axis=1).mean() > plain.probabilities.max(axis=1).mean()


def test_outputs_with_corruptions_are_those_of_every_fold_or_none(folder):
    """Whether the predictions are gone or the probabilities."""
    kept = corrupted_file(folder, 2).read_bytes()
    corrupted_file(folder, 2).unlink()
    assert not has_corrupted_outputs(read_cross_validation(folder))

    (folder / "fold-2-hard.csv").write_bytes(kept)
    probabilities_file(folder, 1, corrupted=True).unlink()
    assert not has_corrupted_outputs(read_cross_validation(folder))


def test_outputs_of_other_predictions_are_refused(folder):
    """Such as those of the images as they are in place of those with corruptions."""
    with np.load(probabilities_file(folder, 2)) as arrays:
        np.savez(probabilities_file(folder, 1, corrupted=True), probabilities=arrays["probabilities"][::-1])

    with raises(RunError, subject="fold-1-hard-probabilities.npz"):
        read_fold_outputs(read_cross_validation(folder), 1, corrupted=True)
