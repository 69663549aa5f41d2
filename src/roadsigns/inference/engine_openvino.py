"""A network in OpenVINO, several times as fast on Intel's CPUs with AMX."""

import threading
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import openvino

from roadsigns.cpu import gains_from_bfloat16
from roadsigns.errors import ModelError
from roadsigns.inference.engine import Crops, Float32Array, require_shapes
from roadsigns.inference.metadata import ModelMetadata

__all__ = ["OpenVinoEngine"]

# Networks of fixed shape: with a free batch OpenVINO looks at the shapes anew in each call, which doubles the time of a
# single image. Activations of more images than 32 leave a core's cache.
BATCH = 32
# From here on a batch that is filled up with nothing is done sooner than the images one by one.
FEW = 16
# Two threads that infer for the first time in a process can wait for each other for ever: the binding makes a table of
# NumPy's types then, holding a lock of its own while it asks for the interpreter's (pybind11's pull request 4877).
_FIRST_INFERENCE = threading.Lock()


class OpenVinoEngine:
    """See `Engine`. Each way of running has its own compiled network; the second is made when it is wanted.

    Args:
        path: What to name in an error.
        content: The ONNX file.
        metadata: What it says of itself.
        threads: How many compute one image, or one batch each.
    """

    def __init__(self, path: Path, content: bytes, metadata: ModelMetadata, threads: int) -> None:
        precision = "bf16" if gains_from_bfloat16() else "f32"
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": precision,
            # Two processes would be pinned to the same cores.
            "ENABLE_CPU_PINNING": False,
        }
        self._open = partial(_Compiled, path, content, metadata)
        self._one = self._open(batch=1, settings={**settings, "NUM_STREAMS": 1})
        # A hint is no order: where the CPU has no bfloat16, OpenVINO computes in float32.
        self.name = "openvino, bfloat16" if self._one.computes_in_bfloat16 else "openvino"
        self._settings = {**settings, "NUM_STREAMS": threads}
        self._many: _Compiled | None = None
        self._lock = threading.Lock()

    def run_alone(self, crops: Crops) -> Float32Array:
        """See `Engine`."""
        return self._one.run(crops) if len(crops) <= FEW else self.run_beside(crops)

    def run_beside(self, crops: Crops) -> Float32Array:
        """See `Engine`."""
        if self._many is None:
            with self._lock:
                self._many = self._many or self._open(batch=BATCH, settings=self._settings)
        return self._many.run(crops)


class _Compiled:
    """A network of a fixed batch, with as many requests as threads ask at once."""

    def __init__(
        self, path: Path, content: bytes, metadata: ModelMetadata, *, batch: int, settings: dict[str, Any]
    ) -> None:
        try:
            model = openvino.Core().read_model(content)
            (taken,), (given,) = model.inputs, model.outputs
            require_shapes(path, metadata, _signature(taken), _signature(given))
            model.reshape([batch, *taken.partial_shape[1:]])
            self._network = openvino.Core().compile_model(model, "CPU", settings)
            self._batch = batch
            request = self._network.create_infer_request()
            with _FIRST_INFERENCE:
                self._infer(request, np.zeros((batch, *_sides(taken)), _signature(taken)[0]))
        except (RuntimeError, ValueError, TypeError) as error:
            raise ModelError(f"{path} does not load in OpenVINO ({error}). Export it or fetch it again.") from error
        self._idle: list[Any] = [request]

    @property
    def computes_in_bfloat16(self) -> bool:
        """Whether OpenVINO does, which it was only asked to."""
        return bool(self._network.get_property("INFERENCE_PRECISION_HINT") == openvino.Type.bf16)

    def run(self, crops: Crops) -> Float32Array:
        """Compute any number of images, batch by batch."""
        try:
            # Lists are taken from and given to in one step, whatever threads there are.
            request = self._idle.pop()
        except IndexError:
            request = self._network.create_infer_request()
        parts = [
            self._infer(request, crops[start : start + self._batch]) for start in range(0, len(crops), self._batch)
        ]
        self._idle.append(request)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _infer(self, request: Any, crops: Crops) -> Float32Array:
        full = crops
        if len(crops) < self._batch:
            full = np.zeros((self._batch, *crops.shape[1:]), crops.dtype)
            full[: len(crops)] = crops
        result = request.infer(np.ascontiguousarray(full), share_inputs=True)[0]
        return np.asarray(result[: len(crops)], np.float32)


def _signature(port: Any) -> tuple[str, tuple[int, ...]]:
    types = {"u8": "uint8", "f32": "float32"}
    kind = port.element_type.get_type_name()
    return types.get(kind, kind), _sides(port)


def _sides(port: Any) -> tuple[int, ...]:
    """The shape without the batch."""
    return tuple(side.get_length() for side in list(port.partial_shape)[1:])
