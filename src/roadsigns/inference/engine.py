"""The interface of an engine: a loaded network that maps a batch of crops to probabilities."""

from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

from roadsigns.errors import ModelError
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.types import Float32Array

__all__ = ["CropBatch", "Differentiable", "Engine", "require_shapes"]

# Prepared crops, shape (count, image_size, image_size, 3), of the preparation's `crop_type`.
CropBatch: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.float32]


class Engine(Protocol):
    """A loaded network. Both methods may be called from several threads at once.

    They map at least one crop, shape (count, image_size, image_size, 3), uint8 or float32 as the preparation's
    `crop_type` says, to probabilities, shape (count, num_classes + kinds), float32: those of the classes, which sum to
    1, and then those of the kinds of unknown, if the model has any; see `outputs.separate`.
    """

    @property
    def name(self) -> str:
        """The runtime, and the arithmetic where it is not float32, such as "openvino, bfloat16"."""

    def run_low_latency(self, crops: CropBatch) -> Float32Array:
        """Run a few crops on all threads, for the shortest wait."""

    def run_high_throughput(self, crops: CropBatch) -> Float32Array:
        """Run a batch on one thread, while other threads run theirs, for the most images per second."""


@runtime_checkable
class Differentiable(Protocol):
    """An engine that also has gradients."""

    def log_odds_gradients(self, crops: Float32Array, class_id: int) -> Float32Array:
        """Return how the log-odds of a class change with each pixel: log(p / (1 - p)), p being its probability.

        Args:
            crops: Shape (count, image_size, image_size, 3), float32 in [0, 1].
            class_id: Of the class.

        Returns:
            Of the shape and type of `crops`. All 0 where there is only one class.
        """


def require_shapes(
    path: Path, metadata: ModelMetadata, actual_input: tuple[object, ...], actual_outputs: list[tuple[object, ...]]
) -> None:
    """Compare a network's input and outputs, each (dtype, shape without the batch), with its metadata.

    Raises:
        ModelError: If they differ.
    """
    size = metadata.image_size
    dtype = np.dtype(metadata.as_preparation().crop_type).name
    expected_input = (dtype, (size, size, 3))
    lengths = filter(None, (len(metadata.classes), len(metadata.unknown_kinds)))
    expected_outputs: list[tuple[object, ...]] = [("float32", (length,)) for length in lengths]
    if (actual_input, actual_outputs) != (expected_input, expected_outputs):
        raise ModelError(
            f"The network maps {actual_input} to {_listed(actual_outputs)}, but its metadata belongs to another "
            "network.",
            expected=f"{expected_input} to {_listed(expected_outputs)}",
            hint="Export it or download it again.",
            subject=str(path),
        )


def _listed(outputs: list[tuple[object, ...]]) -> str:
    return " and ".join(map(str, outputs))
