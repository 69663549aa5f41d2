"""Engines that run a network: Keras, ONNX Runtime and OpenVINO; and how one of them is chosen and opened."""

import importlib.util
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from roadsigns.errors import MissingExtraError, ModelError
from roadsigns.inference.decide import DecisionRule
from roadsigns.inference.engine import Engine
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.model_files.model_file import KERAS_SUFFIX
from roadsigns.wording import one_of

__all__ = ["ENGINES", "EngineName", "choose_engine", "is_installed", "open_engine"]

EngineName: TypeAlias = Literal["auto", "onnxruntime", "openvino", "keras"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)

# OpenVINO starts half a second later than ONNX Runtime, and saves at most a third of a millisecond per image.
FEW_IMAGES = 1000


def choose_engine(path: Path, expected_images: int | None) -> EngineName:
    """Choose the engine for a model file.

    A .keras file is run by Keras: it is the network as trained, and loading it needs Keras anyway. An .onnx file is run
    by OpenVINO where it is installed and there are more than a few images, otherwise by ONNX Runtime.

    Args:
        path: A .keras or .onnx file.
        expected_images: How many images will be predicted; None if that is not known.
    """
    if path.suffix == KERAS_SUFFIX:
        return "keras"
    few = expected_images is not None and expected_images <= FEW_IMAGES
    return "onnxruntime" if few or not is_installed("openvino") else "openvino"


def open_engine(
    path: Path,
    metadata: ModelMetadata,
    engine: EngineName,
    rule: DecisionRule,
    *,
    threads: int,
    expected_images: int | None = None,
) -> Engine:
    """Load a model file into an engine. A .keras file is converted to ONNX in memory for engines other than Keras.

    Args:
        path: A .keras or .onnx file written by roadsigns.
        metadata: The file's metadata.
        engine: The engine's name; "auto" is as `choose_engine` says.
        rule: What the outputs will decide: an engine that rounds computes again what rounding could turn.
        threads: How many threads run the network, at least 1.
        expected_images: See `choose_engine`.

    Raises:
        ModelError: If the file does not load, its network does not match its metadata, or there is no such engine.
        MissingExtraError: If the engine is not installed.
    """
    if engine not in ENGINES:
        raise ModelError(f"There is no engine '{engine}'.", expected=one_of(ENGINES))
    if engine == "auto":
        engine = choose_engine(path, expected_images)
    if engine == "keras":
        from roadsigns.inference.engines.keras_engine import KerasEngine

        return KerasEngine(path, metadata)
    if not is_installed(engine):
        extra = "'roadsigns[openvino]'" if engine == "openvino" else "onnxruntime"
        raise MissingExtraError(f"The engine {engine} is not installed.", hint=f"Install it: pip install {extra}")
    content = _onnx_content(path, metadata)
    if engine == "openvino":
        from roadsigns.inference.engines.openvino_engine import OpenVinoEngine

        return OpenVinoEngine(path, content, metadata, rule, threads=threads)
    from roadsigns.inference.engines.onnxruntime_engine import OnnxRuntimeEngine

    return OnnxRuntimeEngine(path, content, metadata, threads)


def _onnx_content(path: Path, metadata: ModelMetadata) -> bytes:
    if path.suffix != KERAS_SUFFIX:
        return path.read_bytes()
    from roadsigns.inference.load_network import load_network
    from roadsigns.onnx_writer.graph import onnx_model

    return onnx_model(load_network(path), metadata)


def is_installed(package: str) -> bool:
    """Whether a package is there to be imported; it is not imported."""
    return importlib.util.find_spec(package) is not None
