"""A trained network to a file that other runtimes run, proven on drawn signs before it gets its name."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from roadsigns.datasets.reader import read_training
from roadsigns.errors import DataError, ModelError
from roadsigns.exports.export_metadata import ExportedModel, ExportRecord, export_values
from roadsigns.exports.int8_calibration import choose_calibration
from roadsigns.exports.keras_format import open_keras, write_keras
from roadsigns.exports.litert_format import open_litert, write_litert
from roadsigns.exports.load_source import Source, read_source
from roadsigns.exports.onnx_format import open_onnx, write_onnx
from roadsigns.exports.openvino_format import open_openvino, write_openvino
from roadsigns.exports.parity.images import compare_on_golden, compare_on_samples, read_crops
from roadsigns.exports.parity.metrics import Parity, Precision

__all__ = ["FORMATS", "Exported", "Format", "Loss", "export_model", "open_export"]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file.

    Attributes:
        suffix: What its names end in.
        write: Writes a Keras network, its record and perhaps calibration crops to a path, and maybe files beside it.
        open: Opens what was written.
        precisions: What it can be written in.
    """

    suffix: str
    write: Callable[..., None]
    open: Callable[[Path], ExportedModel]
    precisions: tuple[Precision, ...]


FORMATS = {
    "onnx": Format(".onnx", write_onnx, open_onnx, ("float32", "float16", "int8")),
    "openvino": Format(".xml", write_openvino, open_openvino, ("float32", "float16", "int8")),
    "litert": Format(".tflite", write_litert, open_litert, ("float32", "float16", "int8")),
    "keras": Format(".keras", write_keras, open_keras, ("float32",)),
}


@dataclass(frozen=True, slots=True)
class Loss:
    """What an export in whole numbers of eight bits has lost.

    Attributes:
        parity: The figures on labelled images.
        seen: Whether the network was trained on these images, or that is unknown.
    """

    parity: Parity
    seen: bool


@dataclass(frozen=True, slots=True)
class Exported:
    """What `export_model` has written.

    Attributes:
        path: The file to give to a runtime.
        files: It and what belongs beside it.
        record: What it says of itself.
        parity: How it agrees with Keras on the drawn golden inputs.
        loss: What whole numbers cost; None in other precisions.
    """

    path: Path
    files: tuple[Path, ...]
    record: ExportRecord
    parity: Parity
    loss: Loss | None

    def values(self) -> dict[str, Any]:
        """What a caller wants to know of the file; see `export_values`."""
        return export_values(self.record)


def export_model(
    model: str | Path,
    format_name: str,
    *,
    precision: Precision = "float32",
    out: Path | None = None,
    data: Path | None = None,
    temperature: float | None = None,
) -> Exported:
    """Export a model. Nothing is left at `out` unless the file agrees with the Keras network on drawn signs.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        format_name: A key of `FORMATS`.
        precision: "float32", "float16" (weights of half the size), or "int8".
        out: The file to write.  [default: the model's name and the format's suffix, here]
        data: Labelled images to calibrate "int8" on; others of them tell what it loses.
        temperature: What the file divides the logits by; None for the model's own.

    Raises:
        ModelError: If the model or its format cannot be used, or the file would disagree.
        DataError: If there is nothing to calibrate on.
        MissingExtraError: If something needed is not installed.
    """
    kind = _require_precision(format_name, precision)
    if precision == "int8" and data is None:
        raise DataError("Whole numbers of eight bits are calibrated on training crops. Say where they are: --data DIR.")
    source = read_source(model)
    if temperature is not None:
        source = replace(source, metadata=replace(source.metadata, temperature=temperature))
    path = out or Path(f"{source.name}{'' if precision == 'float32' else '-' + precision}{kind.suffix}")
    if path.suffix != kind.suffix or not path.parent.is_dir():
        raise ModelError(
            f"{path} cannot be written. Expected a file name in {kind.suffix}, in a folder that exists: "
            f"--out {path.with_suffix(kind.suffix).name}."
        )
    # Beside the file, so that renaming is at once; a folder, since some formats are two files.
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.stem}-") as folder:
            staged = Path(folder) / path.name
            record, parity, loss = _write_proven(source, kind, staged, precision, data)
            files = _move(Path(folder), path)
    except OSError as error:
        raise ModelError(f"{path} cannot be written ({error}). Free some space, or name another place.") from error
    return Exported(path, files, record, parity, loss)


def open_export(path: Path) -> ExportedModel:
    """Open an exported file by its suffix.

    Raises:
        ModelError: If it is missing, damaged or foreign.
        MissingExtraError: If what runs it is not installed.
    """
    kind = next((kind for kind in FORMATS.values() if kind.suffix == path.suffix), None)
    if kind is None or not path.is_file():
        raise ModelError(
            f"{path} is no exported file. Expected one that `roadsigns export` wrote, whose name ends in "
            f"{', '.join(kind.suffix for kind in FORMATS.values())}."
        )
    return kind.open(path)


def _require_precision(format_name: str, precision: Precision) -> Format:
    if format_name not in FORMATS:
        raise ModelError(f"Unknown format '{format_name}'. There are: {', '.join(FORMATS)}.")
    kind = FORMATS[format_name]
    if precision not in kind.precisions:
        able = [name for name, other in FORMATS.items() if precision in other.precisions]
        raise ModelError(
            f"The format {format_name} is written in {', '.join(kind.precisions)}, not in {precision}. "
            f"In {precision} there are: {', '.join(able)}."
        )
    return kind


def _write_proven(
    source: Source, kind: Format, staged: Path, precision: Precision, data: Path | None
) -> tuple[ExportRecord, Parity, Loss | None]:
    """Write the files and compare them with the Keras network."""
    calibration: Any = None
    choice = None
    if precision == "int8" and data is not None:
        choice = choose_calibration(read_training(data), source.metadata)
        calibration, _, problems = read_crops(choice.calibration, source.metadata.as_preparation())
        if not len(calibration):
            raise DataError(f"None of {len(choice.calibration)} images in {data} decodes. {problems[0]}")
    record = ExportRecord(source.metadata, precision, 0 if calibration is None else len(calibration))
    kind.write(source.network, record, staged, calibration=calibration)
    export = kind.open(staged)
    parity = compare_on_golden(export, source.network, precision)
    if not parity.agrees:
        raise ModelError(
            f"The export disagrees with the Keras network on {parity.images} drawn inputs: {parity.describe()}. "
            "Nothing was written; try another precision or format, and please report it."
        )
    if choice is None:
        return export.record, parity, None
    measured, _ = compare_on_samples(export, source.network, choice.judged, precision)
    return export.record, parity, Loss(measured, choice.seen)


def _move(folder: Path, path: Path) -> tuple[Path, ...]:
    """Give the files their names, the one that is opened last, so that a reader never finds it without the others."""
    files = sorted(folder.iterdir(), key=lambda file: file.name == path.name)
    for file in files:
        file.replace(path.parent / file.name)
    return tuple(path.parent / file.name for file in reversed(files))
