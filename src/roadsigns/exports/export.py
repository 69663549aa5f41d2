"""Export of a trained network to a file for other runtimes, checked against Keras before it gets its name."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from roadsigns.datasets.reader import read_training
from roadsigns.errors import DataError, ModelError, OutputError
from roadsigns.exports.export_metadata import ExportedModel, ExportMetadata, Inputs
from roadsigns.exports.int8_calibration import choose_calibration
from roadsigns.exports.keras_format import open_keras, write_keras
from roadsigns.exports.litert_format import open_litert, write_litert
from roadsigns.exports.load_source import SourceModel, load_source, source_name
from roadsigns.exports.onnx_format import open_onnx, write_onnx
from roadsigns.exports.openvino_format import open_openvino, write_openvino
from roadsigns.exports.parity.images import compare_on_golden, compare_on_samples, read_crops
from roadsigns.exports.parity.metrics import Parity, Precision
from roadsigns.files import check_output_file, real_path, replace_when_done, require_other_file
from roadsigns.model_files.model_file import ModelMetadata, find_model
from roadsigns.wording import counted, either, one_of, reason

__all__ = ["FORMATS", "Exported", "Format", "Int8Evaluation", "export_model", "open_export"]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format.

    Attributes:
        suffix: Suffix of its file names.
        write: Writes a Keras network and its metadata to a path, and a second file where the format has one; see
            `write_litert`.
        open: Opens a file of the format.
        precisions: The precisions that the format has.
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
class Int8Evaluation:
    """An int8 export beside the Keras network on labelled images.

    Attributes:
        parity: The comparison, with the errors of both.
        seen: Whether the network was trained on these images, or that is unknown.
    """

    parity: Parity
    seen: bool


@dataclass(frozen=True, slots=True)
class Exported:
    """The result of `export_model`.

    Attributes:
        path: The file to give to a runtime.
        files: That file, and the second one where the format has two.
        metadata: The metadata in the file.
        parity: The comparison with Keras on the reference inputs.
        int8: The comparison on labelled images; None in other precisions.
    """

    path: Path
    files: tuple[Path, ...]
    metadata: ExportMetadata
    parity: Parity
    int8: Int8Evaluation | None


def export_model(
    model: str | Path,
    format_name: str,
    *,
    precision: Precision = "float32",
    out: Path | None = None,
    data: Path | None = None,
    calibrated: ModelMetadata | None = None,
) -> Exported:
    """Export a model. Nothing is written to `out` unless it agrees with the Keras network on the reference inputs.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        format_name: A key of `FORMATS`.
        precision: "float32", "float16" (weights of half the size), or "int8".
        out: The file to write.  [default: the model's name with the format's suffix, in the current folder]
        data: Folder with labelled images, for "int8": some calibrate it, others count its errors.
        calibrated: The model's metadata with another temperature, other quantiles and thresholds, for the file; None
            for the model's own. With it, `out` may be the model itself.

    Raises:
        ModelError: If the model or the format cannot be used, or the file would disagree with Keras.
        DataError: If there are no images to calibrate on.
        OutputError: If `out` cannot be written, lies in `data`, or is the model itself.
        MissingExtraError: If a package that the format needs is not installed.
    """
    kind = _require_precision(format_name, precision)
    if precision == "int8" and data is None:
        raise DataError("An int8 export is calibrated on training images.", hint="Say where they are: --data DIR.")
    file = find_model(model)
    path = out or Path(f"{source_name(file)}{'' if precision == 'float32' else '-' + precision}{kind.suffix}")
    if path.suffix != kind.suffix:
        raise OutputError(
            f"This is not the name of a file of the format {format_name}.",
            expected=f"a name that ends in {kind.suffix}",
            hint=f"For example: --out {path.with_suffix(kind.suffix).name}",
            subject=str(path),
        )
    check_output_file(path, data=data)
    if calibrated is None:
        # Calibration may replace its own model.
        require_other_file(path, file, hint="Name another file with --out.")
    source = load_source(model)
    if calibrated is not None:
        source = replace(
            source,
            metadata=replace(
                source.metadata,
                temperature=calibrated.temperature,
                conformal=calibrated.conformal,
                known_thresholds=calibrated.known_thresholds,
            ),
        )
    # Beside the file, so that the last step only renames; a folder, since some formats have two files.
    try:
        with tempfile.TemporaryDirectory(dir=real_path(path).parent, prefix=f".{path.stem}-") as folder:
            staged = Path(folder) / path.name
            metadata, parity, int8 = _write_checked(source, kind, staged, precision, data)
            files = _move(Path(folder), path)
    except OSError as error:
        raise OutputError(
            f"The file cannot be written ({reason(error)}).",
            hint="Free some space, or use another folder.",
            subject=str(path),
        ) from error
    return Exported(path, files, metadata, parity, int8)


def open_export(path: Path) -> ExportedModel:
    """Open an exported file by its suffix.

    Raises:
        ModelError: If it is missing, damaged or from elsewhere.
        MissingExtraError: If its runtime is not installed.
    """
    kind = next((kind for kind in FORMATS.values() if kind.suffix == path.suffix), None)
    if kind is None or not path.is_file():
        raise ModelError(
            "There is no such file." if kind else _unknown_suffix(path),
            expected="a file that `roadsigns export` wrote, which ends in "
            + either(kind.suffix for kind in FORMATS.values()),
            subject=str(path),
        )
    return kind.open(path)


def _unknown_suffix(path: Path) -> str:
    return f"The name ends in '{path.suffix}'." if path.suffix else "The name has no suffix."


def _require_precision(format_name: str, precision: Precision) -> Format:
    if format_name not in FORMATS:
        raise ModelError(f"There is no format '{format_name}'.", expected=one_of(FORMATS))
    kind = FORMATS[format_name]
    if precision not in kind.precisions:
        others = [name for name, other in FORMATS.items() if precision in other.precisions]
        raise ModelError(
            f"The format {format_name} does not support {precision}.",
            expected=one_of(kind.precisions),
            hint=f"{precision} is supported by {', '.join(others)}.",
        )
    return kind


def _write_checked(
    source: SourceModel, kind: Format, staged: Path, precision: Precision, data: Path | None
) -> tuple[ExportMetadata, Parity, Int8Evaluation | None]:
    """Write the files and compare them with the Keras network."""
    calibration: Inputs | None = None
    choice = None
    if precision == "int8" and data is not None:
        choice = choose_calibration(read_training(data), source.metadata)
        calibration, _, problems = read_crops(choice.calibration, source.metadata.as_preparation())
        if not len(calibration):
            raise DataError(
                f"None of {counted(len(choice.calibration), 'image')} could be decoded. The first: {problems[0]}",
                subject=str(data),
            )
    metadata = ExportMetadata(source.metadata, precision, 0 if calibration is None else len(calibration))
    kind.write(source.network, metadata, staged, calibration=calibration)
    export = kind.open(staged)
    parity = compare_on_golden(export, source.network, precision)
    if not parity.agrees:
        raise ModelError(
            f"The export disagrees with the Keras network on {parity.images} reference inputs: {parity.describe()}. "
            "Nothing was written.",
            hint="Try another precision or format, and please report it.",
        )
    if choice is None:
        return export.metadata, parity, None
    measured, _ = compare_on_samples(export, source.network, choice.evaluation, precision)
    return export.metadata, parity, Int8Evaluation(measured, choice.seen)


def _move(folder: Path, path: Path) -> tuple[Path, ...]:
    """Rename the files to their final names, `path` last, so that a reader never finds it without the second file."""
    files = sorted(folder.iterdir(), key=lambda file: file.name == path.name)
    for file in files:
        with replace_when_done(path.parent / file.name) as temporary:
            # Where a link leads may be another disk.
            shutil.move(file, temporary)
    return tuple(path.parent / file.name for file in reversed(files))
