"""The metadata of an exported file, in every format: the model's, and how the file is called."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from roadsigns.errors import ModelError
from roadsigns.exports.parity.metrics import LIMITS, Precision
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.model_files.onnx_file import METADATA_KEY
from roadsigns.onnx_writer.graph import INPUT, OUTPUT, UNKNOWN_OUTPUT
from roadsigns.version import __version__
from roadsigns.wording import reason

__all__ = [
    "EXPORT_KEY",
    "ExportInput",
    "ExportMetadata",
    "ExportedModel",
    "Inputs",
    "Run",
    "metadata_from_json",
    "precision_from_dict",
]

EXPORT_KEY = "roadsigns_export"
# Raise it when an older version would misread what is written.
VERSION = 1

Inputs: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.float32]
Run: TypeAlias = Callable[[Inputs], npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class ExportInput:
    """The input that an exported file takes: RGB images, shape (count, height, width, 3).

    Attributes:
        dtype: "uint8" or "float32".
        shape: (None, image_size, image_size, 3).
        range: Least and greatest value.
        preparation: Name of the preparation of the crops, see docs/reference/preparation.md.
    """

    dtype: str
    shape: tuple[int | None, ...]
    range: tuple[int, int]
    preparation: str

    def as_dict(self) -> dict[str, object]:
        """Return everything that a caller in any language must know, as JSON can hold it."""
        return {
            "name": INPUT,
            "dtype": self.dtype,
            "shape": list(self.shape),
            "layout": "NHWC",
            "colours": "RGB",
            "range": list(self.range),
            "preparation": self.preparation,
        }


@dataclass(frozen=True, slots=True)
class ExportMetadata:
    """What an exported file says of itself.

    Attributes:
        model: The model's metadata.
        precision: "float32"; "float16": weights of half the size, computed in float32; or "int8".
        calibration_images: How many crops the ranges of "int8" were calibrated on; 0 in other precisions.
        companion_sha256: SHA-256 of the second file of a format that has two; empty for the others.
    """

    model: ModelMetadata
    precision: Precision = "float32"
    calibration_images: int = 0
    companion_sha256: str = ""

    @property
    def input(self) -> ExportInput:
        """The file's input."""
        dtype = np.dtype(self.model.as_preparation().crop_type).name
        shape = (None, self.model.image_size, self.model.image_size, 3)
        return ExportInput(dtype, shape, (0, 255 if dtype == "uint8" else 1), self.model.preparation)

    def as_dict(self) -> dict[str, object]:
        """Return how the file is called, as JSON can hold it; the model's metadata is apart."""
        return {
            "version": VERSION,
            "made_by": f"roadsigns {__version__}",
            "precision": self.precision,
            "calibration_images": self.calibration_images,
            "beside_sha256": self.companion_sha256,
            "input": self.input.as_dict(),
            "output": {"name": OUTPUT, "dtype": "float32", "shape": [None, len(self.model.classes)]},
            **({"unknown": self._unknown} if self.model.unknown_kinds else {}),
        }

    @property
    def _unknown(self) -> dict[str, object]:
        """The second output: the probabilities of the kinds of unknown, which with that of a known sign sum to 1."""
        kinds = list(self.model.unknown_kinds)
        return {"name": UNKNOWN_OUTPUT, "dtype": "float32", "shape": [None, len(kinds)], "kinds": kinds}

    def to_json(self) -> str:
        """Return {"roadsigns": the model's metadata, "roadsigns_export": `as_dict()`} as JSON."""
        values = {METADATA_KEY: self.model.as_dict(), EXPORT_KEY: self.as_dict()}
        return json.dumps(values, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """An exported file, opened.

    Attributes:
        metadata: What it says of itself.
        run: Maps crops, shape (count, image_size, image_size, 3), to what an `Engine` gives.
    """

    metadata: ExportMetadata
    run: Run


def metadata_from_json(text: str, path: object) -> ExportMetadata:
    """Read what `ExportMetadata.to_json` wrote.

    Args:
        text: JSON.
        path: The subject of an error.

    Raises:
        ModelError: If it is something else, damaged, or of a later version.
    """
    try:
        values = json.loads(text)
        model, export = values[METADATA_KEY], values[EXPORT_KEY]
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"The file is damaged, or not an export of roadsigns ({reason(error)}).",
            expected="a file that `roadsigns export` wrote",
            subject=str(path),
        ) from error
    precision, calibration_images, companion = precision_from_dict(export, path)
    try:
        return ExportMetadata(ModelMetadata.from_dict(model), precision, calibration_images, companion)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _damaged("model", error, path) from error


def precision_from_dict(values: Any, path: object) -> tuple[Precision, int, str]:
    """Read what `ExportMetadata.as_dict` returned.

    Returns:
        Precision, number of calibration images, SHA-256 of the second file.

    Raises:
        ModelError: If it is damaged, or of a later version.
    """
    try:
        if values["version"] > VERSION:
            raise ModelError(
                f"The export has version {values['version']}.",
                expected=f"version {VERSION}, which this roadsigns ({__version__}) reads",
                hint=f"Install the version that made it ({values.get('made_by')}), or export the model again.",
                subject=str(path),
            )
        # Looked up only to see whether the precision is known.
        precision, _ = values["precision"], LIMITS[values["precision"]]
        return precision, int(values["calibration_images"]), str(values["beside_sha256"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _damaged("export", error, path) from error


def _damaged(part: str, error: Exception, path: object) -> ModelError:
    return ModelError(
        f"The metadata of the {part} is damaged ({reason(error)}).", hint="Export the model again.", subject=str(path)
    )
