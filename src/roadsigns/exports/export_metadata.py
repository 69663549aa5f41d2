"""What an export says of itself, whatever its format: the model's metadata, and how the file is called."""

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
from roadsigns.onnx_writer.graph import INPUT, OUTPUT
from roadsigns.version import __version__

__all__ = [
    "EXPORT_KEY",
    "ExportRecord",
    "ExportedModel",
    "Inputs",
    "Run",
    "export_values",
    "read_export_values",
    "read_record",
    "write_record",
]

EXPORT_KEY = "roadsigns_export"
# Raise it when an older version would misread what is written.
VERSION = 1

Inputs: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.float32]
Run: TypeAlias = Callable[[Inputs], npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """What is known of an export.

    Attributes:
        metadata: The model's.
        precision: "float32"; "float16": weights of half the size, computed in float32; "int8".
        calibration: How many crops the ranges of "int8" were seen on; 0 otherwise.
        beside_sha256: Of the file that belongs to the one with the record; empty where there is none.
    """

    metadata: ModelMetadata
    precision: Precision = "float32"
    calibration: int = 0
    beside_sha256: str = ""


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """An exported file, opened.

    Attributes:
        record: What it says of itself.
        run: Maps crops, shape (count, image_size, image_size, 3), to probabilities (count, num_classes), float32.
    """

    record: ExportRecord
    run: Run


def export_values(record: ExportRecord) -> dict[str, Any]:
    """Return what a caller in any language wants to know of a file, as what JSON can hold."""
    metadata = record.metadata
    dtype = np.dtype(metadata.as_preparation().crop_type).name
    return {
        "version": VERSION,
        "made_by": f"roadsigns {__version__}",
        "precision": record.precision,
        "calibration_images": record.calibration,
        "beside_sha256": record.beside_sha256,
        "input": {
            "name": INPUT,
            "dtype": dtype,
            "shape": [None, metadata.image_size, metadata.image_size, 3],
            "layout": "NHWC",
            "colours": "RGB",
            "range": [0, 255] if dtype == "uint8" else [0, 1],
            "preparation": metadata.preparation,
        },
        "output": {"name": OUTPUT, "dtype": "float32", "shape": [None, len(metadata.classes)]},
    }


def write_record(record: ExportRecord) -> str:
    """Return a record as JSON: {"roadsigns": the model's metadata, "roadsigns_export": how the file is called}."""
    values = {METADATA_KEY: record.metadata.as_dict(), EXPORT_KEY: export_values(record)}
    return json.dumps(values, ensure_ascii=False)


def read_record(text: str, path: object) -> ExportRecord:
    """Read what `write_record` wrote.

    Args:
        text: JSON.
        path: What to name in an error.

    Raises:
        ModelError: If it is no such record, a damaged one, or one of a later version.
    """
    try:
        values = json.loads(text)
        model, export = values[METADATA_KEY], values[EXPORT_KEY]
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{path} is no export of roadsigns, or damaged ({error!r}). Expected what `roadsigns export` wrote."
        ) from error
    precision, calibration, beside = read_export_values(export, path)
    try:
        return ExportRecord(ModelMetadata.from_dict(model), precision, calibration, beside)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"What {path} says of its model is damaged ({error!r}). Export it again.") from error


def read_export_values(values: Any, path: object) -> tuple[Precision, int, str]:
    """Read what `export_values` wrote: precision, calibration images, checksum of the file beside.

    Raises:
        ModelError: If it is damaged, or of a later version.
    """
    try:
        if values["version"] > VERSION:
            raise ModelError(
                f"{path} is an export of version {values['version']}, and this roadsigns ({__version__}) reads version "
                f"{VERSION}. Install the one that made it ({values.get('made_by')}), or export the model again."
            )
        # No value is read from the table: it tells whether the precision is known.
        precision, _ = values["precision"], LIMITS[values["precision"]]
        return precision, int(values["calibration_images"]), str(values["beside_sha256"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"What {path} says of its export is damaged ({error!r}). Export it again.") from error
