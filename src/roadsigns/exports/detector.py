"""Export of a detector: its ONNX file written anew, with smaller weights, and compared with the one before."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from roadsigns.arguments import as_float
from roadsigns.detection.engine import open_detector_engine
from roadsigns.errors import ModelError, OutputError
from roadsigns.files import check_output_file, output_errors, real_path, replace_when_done, require_other_file
from roadsigns.keras_import import import_keras
from roadsigns.model_files.model_file import find_detector
from roadsigns.model_files.onnx_file import read_detector_file
from roadsigns.onnx_writer.detector import detector_to_onnx
from roadsigns.onnx_writer.read_weights import stored_weights
from roadsigns.types import Float32Array, UInt8Image

__all__ = ["ExportedDetector", "export_detector"]

SUFFIX = ".onnx"
# Noise, so that all of the network has something to do; sides divisible by 32.
PICTURE = (256, 320, 3)
# Of scores between 0 and 1, and of sides of boxes as a share of them.
TOLERANCE = 0.02


class ExportedDetector(NamedTuple):
    """The file that was written, and how far its scores and the logarithms of its boxes differ from those before."""

    path: Path
    score_difference: float
    box_difference: float


def export_detector(
    detector: str | Path, *, half: bool, min_score: float | None = None, out: Path | None = None
) -> ExportedDetector:
    """Write a detector as ONNX. Nothing is written unless it says what the source says.

    Args:
        detector: A run folder, a file, or the name of a built-in detector.
        half: Store the weights as float16, in half the bytes. Arithmetic is in float32 all the same.
        min_score: From which score the file reports signs, above 0, below 1; None for what it says now.
        out: The file to write.  [default: the name of the run folder or file, in the current folder]

    Raises:
        ModelError: If it is no detector, or the file would disagree.
        DataError: If `min_score` is out of range.
        OutputError: If `out` is no name of such a file, is the detector itself, or cannot be written.
        MissingExtraError: If Keras or onnx is not installed.
    """
    if min_score is not None:
        min_score = as_float(min_score, "min_score", above=0, below=1)
    source = find_detector(detector)
    found = read_detector_file(source)
    name = source.resolve().parent.name if source.stem == "detector" else source.stem
    path = out or Path(f"{name}{'-float16' if half else ''}{SUFFIX}")
    if path.suffix != SUFFIX:
        raise OutputError(
            "This is not the name of a file of the format onnx.",
            expected=f"a name that ends in {SUFFIX}",
            hint="Name another file with --out.",
            subject=str(path),
        )
    check_output_file(path)
    require_other_file(path, source, hint="Name another file with --out.")
    import_keras()
    from roadsigns.models.detector import detector_network

    network = detector_network(dtype="float32", width=found.metadata.width)
    network.set_weights(stored_weights(found.content, network))
    metadata = found.metadata if min_score is None else replace(found.metadata, min_score=min_score)
    content = detector_to_onnx(network, metadata, half=half)
    before, after = (_run(source, file) for file in (found.content, content))
    scores = float(np.abs(_sigmoid(before[:, 0]) - _sigmoid(after[:, 0])).max())
    boxes = float(np.abs(before[:, 1:] - after[:, 1:]).max())
    # The comparisons are False for NaN.
    if not (scores <= TOLERANCE and boxes <= TOLERANCE):
        raise ModelError(
            f"The exported detector differs: scores by up to {scores:.3g}, boxes by up to {100 * boxes:.3g} %.",
            expected=f"at most {TOLERANCE:g}",
            hint="Export it without --half." if half else "Train it again with this version.",
            subject=str(source),
        )
    with (
        output_errors(path, "Free some space, or name another place with --out."),
        replace_when_done(real_path(path)) as temporary,
    ):
        temporary.write_bytes(content)
    return ExportedDetector(path, scores, boxes)


def _run(path: Path, content: bytes) -> Float32Array:
    picture: UInt8Image = np.random.default_rng(0).integers(0, 256, PICTURE, np.uint8)
    return open_detector_engine(path, content, "onnxruntime", threads=1).run(picture)


def _sigmoid(logits: Float32Array) -> Float32Array:
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32)
