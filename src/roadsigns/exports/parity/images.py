"""Comparison of two networks on images, batch by batch: on golden inputs, or on the images of a data folder."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roadsigns.cpu import available_cores
from roadsigns.errors import ImageError
from roadsigns.exports.export_metadata import ExportedModel, Inputs
from roadsigns.exports.parity.golden_inputs import golden_inputs
from roadsigns.exports.parity.metrics import Parity, ParityTally, Precision
from roadsigns.inference.decide import DecisionRule
from roadsigns.inference.outputs import separate
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.prepare import Preparation, prepare_crop, to_unit
from roadsigns.progress import progress
from roadsigns.types import Float32Array, Sample

if TYPE_CHECKING:
    import keras

__all__ = ["compare_on_golden", "compare_on_samples", "keras_probabilities", "read_crops"]

BATCH = 256
# One image, a few, many: every format must take any number of images.
FIRST_BATCHES = (1, 7)


def keras_probabilities(network: "keras.Model", metadata: ModelMetadata, crops: Inputs) -> Float32Array:
    """Run the Keras network. The temperature is applied here and not in a graph, so that it is checked too.

    Args:
        network: As it was trained, without scaling and temperature.
        metadata: The model's metadata; its temperature is applied.
        crops: See `prepare_crop`, shape (count, image_size, image_size, 3).

    Returns:
        Shape (count, outputs), float32; see `roadsigns.inference.outputs.separate`.
    """
    from keras import ops

    probabilities = np.asarray(ops.convert_to_numpy(network(to_unit(crops), training=False)), np.float64)
    if metadata.temperature != 1:
        # The logits up to a constant; what has underflowed to 0 stays close to 0.
        logits = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny)) / metadata.temperature
        probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
    return separate(probabilities.astype(np.float32), len(metadata.classes))


def compare_on_golden(export: ExportedModel, network: "keras.Model", precision: Precision) -> Parity:
    """Compare on the golden inputs, in batches of several sizes."""
    metadata = export.metadata.model
    crops = golden_inputs(metadata.as_preparation())
    tally = ParityTally(precision, len(metadata.classes))
    ends = [*np.cumsum(FIRST_BATCHES).tolist(), len(crops)]
    for start, end in zip([0, *ends], ends, strict=False):
        batch = crops[start:end]
        tally.add(keras_probabilities(network, metadata, batch), export.run(batch))
    return tally.result()


def compare_on_samples(
    export: ExportedModel, network: "keras.Model", samples: Sequence[Sample], precision: Precision
) -> tuple[Parity, list[str]]:
    """Compare on image files, with memory that does not grow with their number.

    Args:
        export: The file, opened.
        network: The Keras network that it was exported from.
        samples: Images with the class ids of the network's classes.
        precision: Decides the limits.

    Returns:
        The comparison, and the errors of images that could not be decoded, which do not count.
    """
    metadata = export.metadata.model
    tally, problems = ParityTally(precision, len(metadata.classes), DecisionRule.of(metadata)), list[str]()
    with progress("Comparing", total=len(samples)) as advance:
        for start in range(0, len(samples), BATCH):
            some = samples[start : start + BATCH]
            crops, labels, wrong = read_crops(some, metadata.as_preparation())
            problems += wrong
            if len(labels):
                tally.add(keras_probabilities(network, metadata, crops), export.run(crops), labels)
            advance(len(some))
    return tally.result(), problems


def read_crops(samples: Sequence[Sample], preparation: Preparation) -> tuple[Any, npt.NDArray[np.int32], list[str]]:
    """Decode and prepare images.

    Returns:
        Crops, shape (decoded, image_size, image_size, 3), see `prepare_crop`; their class ids, shape (decoded,), int32;
        and the errors of the other images.
    """

    def read(sample: Sample) -> Any:
        try:
            return prepare_crop(read_image(sample.path), preparation, sample.box if preparation.wants_boxes else None)
        except ImageError as error:
            return error

    with ThreadPoolExecutor(available_cores()) as pool:
        results = list(pool.map(read, samples))
    good = [
        (crop, sample.class_id)
        for crop, sample in zip(results, samples, strict=True)
        if not isinstance(crop, ImageError)
    ]
    problems = [str(result) for result in results if isinstance(result, ImageError)]
    labels = np.array([class_id for _, class_id in good], np.int32)
    return np.stack([crop for crop, _ in good]) if good else np.empty(0), labels, problems
