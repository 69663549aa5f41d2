"""A network in ONNX Runtime."""

import threading
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from roadsigns.errors import ModelError
from roadsigns.inference.engine import CropBatch, Float32Array, require_shapes
from roadsigns.model_files.metadata import ModelMetadata

__all__ = ["OnnxRuntimeEngine"]

ERRORS_ONLY = 3


class OnnxRuntimeEngine:
    """See `Engine`. A session runs from any number of threads; each way of running has its own, made when it is wanted.

    Args:
        path: What to name in an error.
        content: The ONNX file.
        metadata: What it says of itself.
        threads: How many compute one image.
    """

    name = "onnxruntime"

    def __init__(self, path: Path, content: bytes, metadata: ModelMetadata, threads: int) -> None:
        self._open = partial(_open_session, path, content, metadata)
        self._alone = self._open(threads)
        self._beside = self._alone if threads == 1 else None
        self._lock = threading.Lock()

    def run_low_latency(self, crops: CropBatch) -> Float32Array:
        """See `Engine`."""
        return _run(self._alone, crops)

    def run_high_throughput(self, crops: CropBatch) -> Float32Array:
        """See `Engine`."""
        if self._beside is None:
            with self._lock:
                self._beside = self._beside or self._open(1)
        return _run(self._beside, crops)


def _run(session: Any, crops: CropBatch) -> Float32Array:
    return np.asarray(session.run(None, {session.get_inputs()[0].name: crops})[0], np.float32)


def _open_session(path: Path, content: bytes, metadata: ModelMetadata, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    # Threads that wait by spinning take the time of whoever decodes the next images.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        (taken,), (given,) = session.get_inputs(), session.get_outputs()
    except Exception as error:  # Its exceptions have no other root.
        raise ModelError(f"{path} does not load in ONNX Runtime ({error}). Export it or fetch it again.") from error
    require_shapes(path, metadata, _signature(taken), _signature(given))
    return session


def _signature(value: Any) -> tuple[str, tuple[int, ...]]:
    types = {"tensor(uint8)": "uint8", "tensor(float)": "float32"}
    return types.get(value.type, value.type), tuple(value.shape[1:])
