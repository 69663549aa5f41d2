"""The page that recognises signs wholly in the browser: a folder for any web server.

The page is the one that the service shows (`page/`); only its module that recognises is another (`browser/`), which
runs the model's ONNX file by ONNX Runtime as WebAssembly, after the preparation "box" or "stretched-box" in JavaScript.
"""

import gzip
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from roadsigns.errors import MissingExtraError, ModelError
from roadsigns.model_files.model_file import ModelMetadata, find_model, read_metadata
from roadsigns.page.static import PAGE_FOLDER, drawing_file, has_drawing

__all__ = ["write_page"]

BROWSER_FOLDER = Path(__file__).parent / "browser"
# hatch_build.py puts it there, gzipped.
RUNTIME_FOLDER = BROWSER_FOLDER / "onnxruntime-web"
SERVICE_POLICY = "default-src 'self';"
# Compiling WebAssembly is all that it allows beyond the service's policy.
BROWSER_POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval';"


def write_page(model: str | Path, folder: Path) -> None:
    """Write the page with a model: index.html and a folder of what it loads, from itself only.

    Args:
        model: A run folder, a model file, or the name of a built-in model. Its preparation must use boxes.
        folder: Where to write it; must not exist, or be empty. Left as it was if anything fails.

    Raises:
        ModelError: If the model is none, or its preparation does not run in a browser, or the folder is taken, or
            a run's network as ONNX would disagree with Keras.
        MissingExtraError: If this installation has no onnxruntime-web, or the model is to be converted and what
            converts it is not installed.
    """
    path = find_model(model)
    metadata = read_metadata(path)
    _require_box(metadata, model)
    _require_runtime()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ModelError(f"{folder} exists and is not empty. Name another folder for the page, or remove it first.")
    folder = folder.resolve()
    network = path.read_bytes() if path.suffix == ".onnx" else _converted(path)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        made = Path(temporary) / folder.name
        _fill(made, network, metadata, name=_name(Path(model)))
        # Onto an empty folder, too, a rename succeeds.
        made.replace(folder)


def _name(model: Path) -> str:
    return model.stem if model.is_file() else model.resolve().name


def _require_box(metadata: ModelMetadata, model: str | Path) -> None:
    if not metadata.as_preparation().wants_boxes:
        raise ModelError(
            f"{model} prepares its images by '{metadata.preparation}', which does not run in a browser. "
            "Expected a model with the preparation 'box' or 'stretched-box', such as recipes fast and best train."
        )


def _require_runtime() -> None:
    if not (RUNTIME_FOLDER / "ort.js.gz").is_file():
        raise MissingExtraError(
            "This installation has no onnxruntime-web, which is taken in when roadsigns is built. Install a built "
            "wheel, or in a checkout run `pip install -e .` once with the npm registry in reach."
        )


def _converted(path: Path) -> bytes:
    """Export a model that is no ONNX file, proven on drawn signs like any export."""
    from roadsigns.exports.export import export_model

    with tempfile.TemporaryDirectory() as folder:
        return export_model(path, "onnx", out=Path(folder, "model.onnx")).path.read_bytes()


def _fill(folder: Path, network: bytes, metadata: ModelMetadata, *, name: str) -> None:
    # As index.html and the service name it.
    page = folder / "page"
    shutil.copytree(PAGE_FOLDER, page)
    shutil.copytree(BROWSER_FOLDER, page, dirs_exist_ok=True, ignore=shutil.ignore_patterns(RUNTIME_FOLDER.name))
    (page / RUNTIME_FOLDER.name).mkdir()
    for packed in RUNTIME_FOLDER.glob("*.gz"):
        (page / RUNTIME_FOLDER.name / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
    index = (page / "index.html").read_text(encoding="utf-8")
    if SERVICE_POLICY not in index:
        raise ModelError("The page in this installation is damaged: it has no content policy. Install roadsigns anew.")
    (page / "index.html").unlink()
    (folder / "index.html").write_text(index.replace(SERVICE_POLICY, BROWSER_POLICY), encoding="utf-8")
    (page / "model.onnx").write_bytes(network)
    (page / "signs").mkdir()
    for sign in metadata.classes:
        if has_drawing(sign):
            shutil.copyfile(drawing_file(sign), page / "signs" / f"{sign.class_id}.svg")
    description = json.dumps(_describe(metadata, name), ensure_ascii=False)
    (page / "model.json").write_text(description, encoding="utf-8")


def _describe(metadata: ModelMetadata, name: str) -> dict[str, Any]:
    """What the page needs to know of the model."""
    return {
        "name": name,
        "image_size": metadata.image_size,
        "margin": metadata.margin,
        "preparation": metadata.preparation,
        "weights_sha256": metadata.weights_sha256,
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
