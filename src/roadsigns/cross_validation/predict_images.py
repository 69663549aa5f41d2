"""Predicts the images of a fold with its model."""

from collections.abc import Callable
from pathlib import Path

from roadsigns.evaluation.evaluate import predict_outputs
from roadsigns.evaluation.predictions import Predictions, keep_top
from roadsigns.inference.decide import require_numbers
from roadsigns.inference.recognizer import Recognizer
from roadsigns.loading.load import load_prepared
from roadsigns.model_files.model_file import read_metadata
from roadsigns.types import Sample, UInt8Image

__all__ = ["predict_images"]


def predict_images(
    model_file: Path,
    samples: tuple[Sample, ...],
    *,
    change: Callable[[UInt8Image, Sample], UInt8Image] | None = None,
) -> Predictions:
    """Predict samples from their files; a cache for each fold would hold every image twice.

    Args:
        model_file: The model.
        samples: What to predict.
        change: Applied to each image first; see `load_prepared`.

    Raises:
        DataError: If no image decodes.
        ModelError: If the model cannot be used.
    """
    preparation = read_metadata(model_file).as_preparation()
    prepared = load_prepared(samples, preparation, cache_folder=None, change=change)
    recognizer = Recognizer.load(model_file)
    outputs = predict_outputs(recognizer, prepared.crops)
    require_numbers(outputs, str(model_file))
    classes = len(recognizer.classes)
    return keep_top(
        prepared.samples,
        outputs[:, :classes],
        unknown=outputs[:, classes:],
        undecodable=[sample for sample, _ in prepared.problems],
    )
