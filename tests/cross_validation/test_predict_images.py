"""The images of a fold are predicted from their files, as they are or with corruptions."""

import dataclasses

import numpy as np
import pytest

from roadsigns.cross_validation import predict_images as module
from roadsigns.cross_validation.predict_images import predict_images
from roadsigns.datasets.reader import read_training
from roadsigns.errors import ModelError
from roadsigns.robustness.assignment import CorruptionAssignment
from roadsigns.robustness.corruptions import UNRECORDED_CORRUPTIONS


def test_images_that_do_not_decode_are_left_out_and_named(tiny_model, drawn_folder, tmp_path):
    """The rest is read; a later check that the fold is whole still counts them."""
    samples = read_training(drawn_folder).samples[:3]
    broken = dataclasses.replace(samples[1], path=tmp_path / "broken.ppm")
    broken.path.write_bytes(b"P6\n30 30\n255\nshort")

    predictions = predict_images(tiny_model, (samples[0], broken, samples[2]))

    assert len(predictions.rows) == 2
    assert [row.image for row in predictions.undecodable] == [f"{tmp_path.name}/broken.ppm"]


def test_corrupted_images_give_other_probabilities(tiny_model, drawn_folder, tmp_path):
    """For the same images, by name; predicted again, they are the very same."""
    samples = read_training(drawn_folder).samples[:12]
    corrupt = CorruptionAssignment(UNRECORDED_CORRUPTIONS, 0).corrupt

    plain, corrupted, again = (
        predict_images(tiny_model, samples, change=change) for change in (None, corrupt, corrupt)
    )

    assert corrupted.names == plain.names
    assert not np.array_equal(corrupted.probabilities, plain.probabilities)
    np.testing.assert_array_equal(corrupted.probabilities, again.probabilities)


def test_model_that_answers_with_nan_is_refused(tiny_model, drawn_folder, monkeypatch):
    """Its file is named."""
    monkeypatch.setattr(module, "predict_outputs", lambda _, crops: np.full((len(crops), 43), np.nan, np.float32))

    with pytest.raises(ModelError) as raised:
        predict_images(tiny_model, read_training(drawn_folder).samples[:2])
    assert raised.value.subject == str(tiny_model)
