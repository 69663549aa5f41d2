"""What computes: ONNX Runtime, OpenVINO or Keras, behind one small interface."""

import importlib.util
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from roadsigns.errors import MissingExtraError, ModelError
from roadsigns.model_files.metadata import ModelMetadata

__all__ = ["ENGINES", "CropBatch", "Engine", "EngineName", "choose_engine", "open_engine"]

EngineName: TypeAlias = Literal["auto", "onnxruntime", "openvino", "keras"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)
CropBatch: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.float32]
Float32Array: TypeAlias = npt.NDArray[np.float32]

KERAS_SUFFIX = ".keras"
# OpenVINO starts half a second later than ONNX Runtime, and at best gains a third of a millisecond an image.
FEW_IMAGES = 1000


class Engine(Protocol):
    """A loaded network. Both methods may be called from several threads at once.

    They map crops, shape (count, image_size, image_size, 3), uint8 or float32 as the preparation's `crop_type` says,
    to probabilities, shape (count, num_classes), float32.
    """

    @property
    def name(self) -> str:
        """What computes, and in which arithmetic if it is not float32."""

    def run_low_latency(self, crops: CropBatch) -> Float32Array:
        """Compute a few images with all threads: the shortest wait."""

    def run_high_throughput(self, crops: CropBatch) -> Float32Array:
        """Compute a batch with one thread, while other threads compute theirs: the most images."""


def choose_engine(path: Path, expected_images: int | None) -> EngineName:
    """Choose what computes a model file.

    A .keras file is computed by Keras: what was trained is what runs, and reading it has paid for Keras already. An
    .onnx file is computed by OpenVINO where it is installed, except for few images, else by ONNX Runtime.

    Args:
        path: A .keras or .onnx file.
        expected_images: How many are going to be read, if that is known.
    """
    if path.suffix == KERAS_SUFFIX:
        return "keras"
    few = expected_images is not None and expected_images <= FEW_IMAGES
    return "onnxruntime" if few or not _is_installed("openvino") else "openvino"


def open_engine(path: Path, metadata: ModelMetadata, engine: EngineName, threads: int) -> Engine:
    """Load a model file. A .keras file is written as ONNX in memory for the engines that want it.

    Args:
        path: A .keras or .onnx file of ours.
        metadata: What it says of itself.
        engine: What computes; "auto" is as `choose_engine` says.
        threads: How many compute, at least 1.

    Raises:
        ModelError: If it does not load, its network is not the one that the metadata tell of, or there is no such
            engine.
        MissingExtraError: If what the engine needs is not installed.
    """
    if engine not in ENGINES:
        raise ModelError(f"Unknown engine '{engine}'. There are: {', '.join(ENGINES)}.")
    if engine == "auto":
        engine = choose_engine(path, None)
    if engine == "keras":
        from roadsigns.inference.engines.keras_engine import KerasEngine

        return KerasEngine(path, metadata)
    if not _is_installed(engine):
        extra = "'roadsigns[openvino]'" if engine == "openvino" else "onnxruntime"
        raise MissingExtraError(f"The engine {engine} is not installed. Install it: pip install {extra}")
    content = _onnx_content(path, metadata)
    if engine == "openvino":
        from roadsigns.inference.engines.openvino_engine import OpenVinoEngine

        return OpenVinoEngine(path, content, metadata, threads)
    from roadsigns.inference.engines.onnxruntime_engine import OnnxRuntimeEngine

    return OnnxRuntimeEngine(path, content, metadata, threads)


def require_shapes(path: Path, metadata: ModelMetadata, taken: tuple[object, ...], given: tuple[object, ...]) -> None:
    """Compare a network's input and output, each (type, shape without the batch), with what the metadata tell of.

    Raises:
        ModelError: If they differ.
    """
    size = metadata.image_size
    expected = (
        (np.dtype(metadata.as_preparation().crop_type).name, (size, size, 3)),
        (
            "float32",
            (len(metadata.classes),),
        ),
    )
    if (taken, given) != expected:
        raise ModelError(
            f"{path} maps {taken} to {given}, not {expected[0]} to {expected[1]}. "
            "Its metadata belongs to another network; export it or fetch it again."
        )


def _onnx_content(path: Path, metadata: ModelMetadata) -> bytes:
    if path.suffix != KERAS_SUFFIX:
        return path.read_bytes()
    from roadsigns.inference.load_network import load_network
    from roadsigns.onnx_writer.graph import onnx_model

    return onnx_model(load_network(path), metadata)


def _is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None
