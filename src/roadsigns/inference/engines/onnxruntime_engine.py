"""The ONNX Runtime engine."""

import threading
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from roadsigns.errors import ModelError
from roadsigns.inference.engine import CropBatch, require_shapes
from roadsigns.inference.engines.runtimes import import_onnxruntime
from roadsigns.inference.forks import keep_through_forks
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.types import Float32Array

__all__ = ["OnnxRuntimeEngine"]

onnxruntime = import_onnxruntime()

ERRORS_ONLY = 3


class OnnxRuntimeEngine:
    """See `Engine`. Each way of running has a session of its own; the one for throughput is made when first used.

    Args:
        path: The file, for errors.
        content: The ONNX file's content.
        metadata: The file's metadata.
        threads: How many threads run a few images in `run_low_latency`.

    Raises:
        ModelError: If the file does not load, or its network does not match its metadata.
    """

    name = "onnxruntime"

    def __init__(self, path: Path, content: bytes, metadata: ModelMetadata, threads: int) -> None:
        self._open = partial(_open_session, path, content, metadata)
        self._low_latency = self._open(threads)
        self._high_throughput = self._low_latency if threads == 1 else None
        self._lock = threading.Lock()
        keep_through_forks(self)

    def after_fork(self) -> list[Any]:
        """See `SurvivesForks`."""
        self._lock = threading.Lock()
        return [self._low_latency, self._high_throughput]

    def run_low_latency(self, crops: CropBatch) -> Float32Array:
        """See `Engine`."""
        return _run(self._low_latency, crops)

    def run_high_throughput(self, crops: CropBatch) -> Float32Array:
        """See `Engine`."""
        if self._high_throughput is None:
            with self._lock:
                self._high_throughput = self._high_throughput or self._open(1)
        return _run(self._high_throughput, crops)


def _run(session: Any, crops: CropBatch) -> Float32Array:
    outputs = session.run(None, {session.get_inputs()[0].name: crops})
    return np.asarray(outputs[0] if len(outputs) == 1 else np.concatenate(outputs, axis=1), np.float32)


def _open_session(path: Path, content: bytes, metadata: ModelMetadata, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    # Threads that spin while waiting take CPU time from the threads that decode the next images.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        (network_input,) = session.get_inputs()
    except Exception as error:  # ONNX Runtime's exceptions have no other root.
        raise ModelError(
            f"The model does not load in ONNX Runtime ({error}).",
            hint="Export it or download it again.",
            subject=str(path),
        ) from error
    require_shapes(path, metadata, _signature(network_input), list(map(_signature, session.get_outputs())))
    return session


def _signature(value: Any) -> tuple[str, tuple[int, ...]]:
    types = {"tensor(uint8)": "uint8", "tensor(float)": "float32"}
    return types.get(value.type, value.type), tuple(value.shape[1:])
