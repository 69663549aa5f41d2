"""The OpenVINO engine, several times as fast as ONNX Runtime on Intel CPUs with AMX."""

import threading
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from roadsigns.cpu import gains_from_bfloat16
from roadsigns.errors import ModelError
from roadsigns.inference.borderline import borderline
from roadsigns.inference.decide import DecisionRule, known_scores
from roadsigns.inference.engine import CropBatch, require_shapes
from roadsigns.inference.engines.onnxruntime_engine import OnnxRuntimeEngine
from roadsigns.inference.engines.runtimes import FIRST_INFERENCE, import_openvino
from roadsigns.inference.forks import keep_through_forks
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.types import Float32Array

__all__ = ["OpenVinoEngine", "in_doubt"]

openvino = import_openvino()

# Compiled for a fixed batch: with a dynamic one OpenVINO infers shapes in every call, which doubles the time of one
# image. The activations of more than 32 images leave a core's cache.
BATCH = 32
# More images than this are faster as one padded batch than one by one.
FEW = 16
# What bfloat16 leaves less probable than this is computed again in float32: rounding a logit changes a probability of
# 0.5 many times as much as one of 0.99. Of GTSRB's training images, that is one in 1,000.
SURE = 0.9
# So is a decision that such a change of log-odds would turn: rounding changes those of few images by more.
ROUNDING = 0.3


class OpenVinoEngine:
    """See `Engine`. What is in doubt in bfloat16 is computed again in float32, by ONNX Runtime.

    Args:
        path: The file, for errors.
        content: The ONNX file's content.
        metadata: The file's metadata.
        rule: The decisions that must be those of float32.
        threads: How many threads run one image in `run_low_latency`, or one batch each in `run_high_throughput`.

    Raises:
        ModelError: If the file does not load, or its network does not match its metadata.
    """

    def __init__(
        self, path: Path, content: bytes, metadata: ModelMetadata, rule: DecisionRule, *, threads: int
    ) -> None:
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": "bf16" if gains_from_bfloat16() else "f32",
            # Pinning would put two processes on the same cores.
            "ENABLE_CPU_PINNING": False,
        }
        self._open = partial(_Compiled, path, content, metadata)
        self._single = self._open(batch=1, settings={**settings, "NUM_STREAMS": 1})
        self._settings = {**settings, "NUM_STREAMS": threads}
        self._batched: _Compiled | None = None
        self._lock = threading.Lock()
        # OpenVINO computes in float32 where the CPU has no bfloat16, whatever the hint.
        rounds = self._single.computes_in_bfloat16
        self.name = "openvino, bfloat16" if rounds else "openvino"
        # By ONNX Runtime: it loads sooner than a second network in OpenVINO, and takes no longer.
        self._exact = OnnxRuntimeEngine(path, content, metadata, threads=1) if rounds else None
        self._rule = rule
        keep_through_forks(self)

    def after_fork(self) -> list[Any]:
        """Forget the batched network, which hangs in the copy. See `SurvivesForks`."""
        inherited = [self._single, self._batched]
        self._lock, self._batched = threading.Lock(), None
        return inherited

    def run_low_latency(self, crops: CropBatch) -> Float32Array:
        """See `Engine`."""
        if len(crops) > FEW:
            return self.run_high_throughput(crops)
        return self._settle(crops, self._single.run(crops))

    def run_high_throughput(self, crops: CropBatch) -> Float32Array:
        """See `Engine`."""
        if self._batched is None:
            with self._lock:
                self._batched = self._batched or self._open(batch=BATCH, settings=self._settings)
        return self._settle(crops, self._batched.run(crops))

    def _settle(self, crops: CropBatch, outputs: Float32Array) -> Float32Array:
        if self._exact is None or not (doubt := in_doubt(outputs, self._rule)).any():
            return outputs
        settled = outputs.copy()
        settled[doubt] = self._exact.run_high_throughput(crops[doubt])
        return settled


def in_doubt(outputs: Float32Array, rule: DecisionRule) -> npt.NDArray[np.bool_]:
    """Return which images must be computed again in float32.

    Args:
        outputs: What an engine gives, shape (count, num_classes + kinds), float32.
        rule: The model's.

    Returns:
        Shape (count,), bool: True where none of the classes and kinds of unknown has a probability above `SURE`, or
        `ROUNDING` could change the decision.
    """
    classes, kinds = outputs[:, : len(rule.classes)], outputs[:, len(rule.classes) :]
    scores = known_scores(kinds)
    highest = np.maximum(classes.max(axis=1) * scores, kinds.max(axis=1, initial=0))
    # What is not a number is in doubt, too.
    doubt: npt.NDArray[np.bool_] = ~(highest > SURE) | borderline(classes, scores, rule, ROUNDING)
    return doubt


class _Compiled:
    """A network compiled for a fixed batch, with one inference request per thread that runs it at the same time."""

    def __init__(
        self, path: Path, content: bytes, metadata: ModelMetadata, *, batch: int, settings: dict[str, Any]
    ) -> None:
        try:
            model = openvino.Core().read_model(content)
            (network_input,) = model.inputs
            require_shapes(path, metadata, _signature(network_input), list(map(_signature, model.outputs)))
            model.reshape([batch, *network_input.partial_shape[1:]])
            self._network = openvino.Core().compile_model(model, "CPU", settings)
            self._batch = batch
            request = self._network.create_infer_request()
            with FIRST_INFERENCE:
                self._infer(request, np.zeros((batch, *_sides(network_input)), _signature(network_input)[0]))
        except (RuntimeError, ValueError, TypeError) as error:
            raise ModelError(
                f"The model does not load in OpenVINO ({error}).",
                hint="Export it or download it again.",
                subject=str(path),
            ) from error
        self._idle: list[Any] = [request]

    @property
    def computes_in_bfloat16(self) -> bool:
        """Whether OpenVINO computes in bfloat16; the setting is only a hint."""
        return bool(self._network.get_property("INFERENCE_PRECISION_HINT") == openvino.Type.bf16)

    def run(self, crops: CropBatch) -> Float32Array:
        """Run any number of crops, batch by batch; see `Engine`."""
        try:
            # Popping and appending are atomic, so that threads need no lock.
            request = self._idle.pop()
        except IndexError:
            request = self._network.create_infer_request()
        parts = [
            self._infer(request, crops[start : start + self._batch]) for start in range(0, len(crops), self._batch)
        ]
        self._idle.append(request)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _infer(self, request: Any, crops: CropBatch) -> Float32Array:
        full = crops
        if len(crops) < self._batch:
            full = np.zeros((self._batch, *crops.shape[1:]), crops.dtype)
            full[: len(crops)] = crops
        results = request.infer(np.ascontiguousarray(full), share_inputs=True).to_tuple()
        result = results[0] if len(results) == 1 else np.concatenate(results, axis=1)
        return np.asarray(result[: len(crops)], np.float32)


def _signature(port: Any) -> tuple[str, tuple[int, ...]]:
    types = {"u8": "uint8", "f32": "float32"}
    kind = port.element_type.get_type_name()
    return types.get(kind, kind), _sides(port)


def _sides(port: Any) -> tuple[int, ...]:
    """The shape without the batch."""
    return tuple(side.get_length() for side in list(port.partial_shape)[1:])
