"""The web page that recognises signs in the browser, without a service: a folder for any web server.

It is the service's page (`site/`) with another recognition module (`browser/`), which prepares the image in JavaScript
and runs the ONNX files of the model, and of a detector, in ONNX Runtime Web (WebAssembly).
"""

import gzip
import json
import shutil
import tempfile
from pathlib import Path

from roadsigns.detection.detector import DEFAULT_SCORE
from roadsigns.errors import MissingExtraError, ModelError
from roadsigns.files import (
    check_output_folder,
    check_unused,
    made_folder,
    output_errors,
    real_path,
    refuse_standard_output,
)
from roadsigns.inference.decide import DecisionRule
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.model_files.model_file import ModelMetadata, find_detector, find_model, read_metadata
from roadsigns.model_files.onnx_file import read_detector_file
from roadsigns.page.static import PAGE_FOLDER, drawing_file, has_drawing
from roadsigns.printable import as_text
from roadsigns.types import SignClass

__all__ = ["write_page"]

BROWSER_FOLDER = Path(__file__).parent / "browser"
# hatch_build.py puts it there, gzipped.
RUNTIME_FOLDER = BROWSER_FOLDER / "onnxruntime-web"
OTHER_FOLDER = "Name another folder for the page with --out."
SERVICE_POLICY = "default-src 'self';"
# Beyond the service's policy it allows only to compile WebAssembly.
BROWSER_POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval';"


def write_page(
    model: str | Path,
    folder: Path,
    *,
    detector: str | Path | None = None,
    keep: float | None = None,
    coverage: float | None = None,
) -> DecisionRule:
    """Write the page with a model: index.html, and a folder with everything that it loads.

    Args:
        model: A run folder, a model file, or the name of a built-in model. Its preparation must use boxes.
        folder: The folder to write. It must not exist, or be empty; it is left as it was if anything fails.
        detector: A run folder, an .onnx file, or the name of a built-in detector. None for a page that recognises
            single signs only.
        keep: The share of known signs that is not called unknown, see `DecisionRule.of`.
        coverage: The promised probability of prediction sets, likewise.

    Returns:
        What the page decides by.

    Raises:
        ModelError: If there is no such model or detector, the model's preparation does not run in a browser, it has no
            threshold or prediction sets for `keep` or `coverage`, or its ONNX export would disagree with Keras.
        OutputError: If the folder is called "-", exists and is not empty, or cannot be written.
        MissingExtraError: If this installation has no onnxruntime-web, or a package to export the model is missing.
    """
    path = find_model(model)
    metadata = read_metadata(path)
    _require_box(metadata, model)
    rule = DecisionRule.of(metadata, keep=keep, coverage=coverage)
    finder = None if detector is None else read_detector_file(find_detector(detector))
    _require_runtime()
    refuse_standard_output(folder, kind="a folder", hint=OTHER_FOLDER)
    check_unused(folder, hint=OTHER_FOLDER)
    given, folder = folder, real_path(folder)
    check_output_folder(folder.parent)
    onnx_file = path.read_bytes() if path.suffix == ".onnx" else _export(path)
    with (
        output_errors(given, "Free some space, or name another folder with --out."),
        made_folder(folder.parent),
        tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary,
    ):
        staged = Path(temporary) / folder.name
        description = _describe(metadata, rule, as_text(_name(Path(model))))
        _fill(staged, onnx_file, metadata.classes)
        if detector is None or finder is None:
            description["detector"] = None
        else:
            (staged / "page" / "detector.onnx").write_bytes(finder.content)
            description["detector"] = _describe_detector(finder.metadata, as_text(_name(Path(detector))))
        text = json.dumps(description, ensure_ascii=False)
        (staged / "page" / "model.json").write_text(text, encoding="utf-8")
        # Another process may have put something there meanwhile.
        check_unused(given, hint=OTHER_FOLDER)
        # A rename onto an empty folder succeeds.
        staged.replace(folder)
    return rule


def _name(model: Path) -> str:
    return model.stem if model.is_file() else model.resolve().name


def _require_box(metadata: ModelMetadata, model: str | Path) -> None:
    if not metadata.as_preparation().wants_boxes:
        raise ModelError(
            f"The model has the preparation '{metadata.preparation}', which does not run in a browser.",
            expected="the preparation 'box' or 'stretched-box', as in the recipes fast and best",
            subject=str(model),
        )


def _require_runtime() -> None:
    if not (RUNTIME_FOLDER / "ort.js.gz").is_file():
        raise MissingExtraError(
            "This installation has no onnxruntime-web, which is added when the package is built.",
            hint="Install a built wheel, or in a checkout run `pip install -e .` once with access to the npm registry.",
        )


def _export(path: Path) -> bytes:
    """Export a .keras model as ONNX, compared with Keras as every export is."""
    from roadsigns.exports.export import export_model

    with tempfile.TemporaryDirectory() as folder:
        return export_model(path, "onnx", out=Path(folder, "model.onnx")).path.read_bytes()


def _fill(folder: Path, onnx_file: bytes, classes: tuple[SignClass, ...]) -> None:
    # As index.html and the service name it.
    page = folder / "page"
    shutil.copytree(PAGE_FOLDER, page)
    shutil.copytree(BROWSER_FOLDER, page, dirs_exist_ok=True, ignore=shutil.ignore_patterns(RUNTIME_FOLDER.name))
    (page / RUNTIME_FOLDER.name).mkdir()
    for packed in RUNTIME_FOLDER.glob("*.gz"):
        (page / RUNTIME_FOLDER.name / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
    index = (page / "index.html").read_text(encoding="utf-8")
    if SERVICE_POLICY not in index:
        raise ModelError(
            "The page in this installation is damaged: it has no content security policy.",
            hint="Install roadsigns again.",
        )
    (page / "index.html").unlink()
    (folder / "index.html").write_text(index.replace(SERVICE_POLICY, BROWSER_POLICY), encoding="utf-8")
    (page / "model.onnx").write_bytes(onnx_file)
    (page / "signs").mkdir()
    for sign in classes:
        if has_drawing(sign):
            shutil.copyfile(drawing_file(sign), page / "signs" / f"{sign.class_id}.svg")


def _describe(metadata: ModelMetadata, rule: DecisionRule, name: str) -> dict[str, object]:
    """Return what the page must know about the model."""
    return {
        "name": name,
        "image_size": metadata.image_size,
        "margin": metadata.margin,
        "preparation": metadata.preparation,
        "weights_sha256": metadata.weights_sha256,
        "unknown_kinds": list(rule.unknown_kinds),
        "threshold": rule.threshold,
        "quantile": rule.quantile,
        "classes": [
            {
                "class_id": sign.class_id,
                "name": sign.name,
                "name_de": sign.name_de,
                "drawing": f"signs/{sign.class_id}.svg" if has_drawing(sign) else None,
            }
            for sign in metadata.classes
        ],
    }


def _describe_detector(metadata: DetectorMetadata, name: str) -> dict[str, object]:
    """Return what the page must know about the detector."""
    return {
        "name": name,
        "min_score": DEFAULT_SCORE if metadata.min_score is None else metadata.min_score,
        "weights_sha256": metadata.weights_sha256,
    }
