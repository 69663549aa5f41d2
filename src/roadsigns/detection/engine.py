"""Engines that run a detector's network on pictures of any size: ONNX Runtime and OpenVINO."""

import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import numpy as np

from roadsigns.cpu import gains_from_bfloat16
from roadsigns.errors import MissingExtraError, ModelError
from roadsigns.inference.engines import ENGINES, EngineName, is_installed
from roadsigns.inference.engines.runtimes import FIRST_INFERENCE, import_onnxruntime, import_openvino
from roadsigns.inference.forks import keep_through_forks
from roadsigns.types import Float32Array, UInt8Image
from roadsigns.wording import one_of

__all__ = ["DetectorEngine", "choose_detector_engine", "open_detector_engine"]

ERRORS_ONLY = 3
# OpenVINO starts half a second later than ONNX Runtime.
FEW_IMAGES = 5
# OpenVINO compiles each layer for each size of picture that it meets, keeps 5,000 of these and with them megabytes for
# each size. So many hold the layers of about eight sizes.
COMPILED_LAYERS = 256


class DetectorEngine(ABC):
    """A loaded network. It computes one picture after the other, on all threads: activations take much memory.

    Args:
        path: The file, for errors.
        content: The ONNX file's content.
        threads: How many threads compute.

    Attributes:
        name: The runtime, and the arithmetic where it is not float32, such as "openvino, bfloat16".

    Raises:
        ModelError: If the file does not load, or its network is no detector.
    """

    name: str

    def __init__(self, path: Path, content: bytes, threads: int) -> None:
        self._path, self._content, self._threads = path, content, threads
        self._lock = threading.Lock()
        self._network: Any = self._open()
        keep_through_forks(self)

    def after_fork(self) -> list[Any]:
        """See `SurvivesForks`. The copy loads the network anew when it needs it."""
        inherited, self._network = self._network, None
        self._lock = threading.Lock()
        return [inherited]

    def run(self, picture: UInt8Image) -> Float32Array:
        """Run one picture; may be called from several threads at once.

        Args:
            picture: RGB, shape (height, width, 3), uint8, contiguous, sides divisible by 32.

        Returns:
            Shape (count, 5), float32; see `roadsigns.models.detector`.
        """
        with self._lock:
            if self._network is None:
                self._network = self._open()
            return np.asarray(self._run(picture[np.newaxis])[0], np.float32)

    def _open(self) -> Any:
        try:
            network, takes, gives = self._load()
        except Exception as error:  # ONNX Runtime's exceptions have no other root.
            raise ModelError(
                f"The detector does not load in {self.name} ({error}).",
                hint="Train it or download it again.",
                subject=str(self._path),
            ) from error
        if (takes, gives) != (4, 3):
            raise ModelError(
                f"The network maps {takes} dimensions to {gives}, but its metadata belongs to a detector.",
                expected="(batch, height, width, 3) to (batch, count, 5)",
                hint="Train it or download it again.",
                subject=str(self._path),
            )
        return network

    @abstractmethod
    def _load(self) -> tuple[Any, int, int]:
        """Return what runs the network, and how many dimensions its input and its output have."""

    @abstractmethod
    def _run(self, pictures: UInt8Image) -> Float32Array:
        """Run a batch of one picture."""


class _OnnxRuntime(DetectorEngine):
    name = "onnxruntime"

    def _load(self) -> tuple[Any, int, int]:
        onnxruntime = import_onnxruntime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = ERRORS_ONLY
        # Threads that spin while waiting take CPU time from the thread that decodes the next picture.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = onnxruntime.InferenceSession(self._content, options, providers=["CPUExecutionProvider"])
        (takes,), (gives,) = session.get_inputs(), session.get_outputs()
        self._input = takes.name
        return session, len(takes.shape), len(gives.shape)

    def _run(self, pictures: UInt8Image) -> Float32Array:
        (locations,) = self._network.run(None, {self._input: pictures})
        return np.asarray(locations, np.float32)


class _OpenVino(DetectorEngine):
    name = "openvino"

    def _load(self) -> tuple[Any, int, int]:
        openvino = import_openvino()
        model = openvino.Core().read_model(self._content)
        (takes,), (gives,) = model.inputs, model.outputs
        settings = {
            "INFERENCE_NUM_THREADS": self._threads,
            "INFERENCE_PRECISION_HINT": "bf16" if gains_from_bfloat16() else "f32",
            "NUM_STREAMS": 1,
            # Pinning would put two processes on the same cores.
            "ENABLE_CPU_PINNING": False,
            "CPU_RUNTIME_CACHE_CAPACITY": COMPILED_LAYERS,
        }
        compiled = openvino.Core().compile_model(model, "CPU", settings)
        # OpenVINO computes in float32 where the CPU has no bfloat16, whatever the hint.
        lowered = compiled.get_property("INFERENCE_PRECISION_HINT") == openvino.Type.bf16
        self.name = "openvino, bfloat16" if lowered else "openvino"
        request = compiled.create_infer_request()
        ranks = len(takes.partial_shape), len(gives.partial_shape)
        with FIRST_INFERENCE:
            request.infer(np.zeros((1, 32, 32, 3), np.uint8))
        return request, *ranks

    def _run(self, pictures: UInt8Image) -> Float32Array:
        # A copy, for the next picture overwrites it.
        return np.array(self._network.infer(pictures, share_inputs=True).to_tuple()[0], np.float32)


def choose_detector_engine(expected_images: int | None) -> EngineName:
    """Choose OpenVINO where it is installed and there are more than a few pictures, otherwise ONNX Runtime.

    Args:
        expected_images: How many pictures there will be; None if that is not known.
    """
    few = expected_images is not None and expected_images <= FEW_IMAGES
    return "onnxruntime" if few or not is_installed("openvino") else "openvino"


def open_detector_engine(path: Path, content: bytes, engine: EngineName, *, threads: int) -> DetectorEngine:
    """Load a detector into an engine.

    Args:
        path: Its file, for errors.
        content: Of the file.
        engine: The engine's name, not "auto".
        threads: How many threads compute.

    Raises:
        ModelError: If the file does not load, its network is no detector, or there is no such engine.
        MissingExtraError: If the engine is not installed.
    """
    engines = {"onnxruntime": _OnnxRuntime, "openvino": _OpenVino}
    if engine not in engines:
        problem = "Keras does not run detectors." if engine in ENGINES else f"There is no engine '{engine}'."
        raise ModelError(problem, expected=one_of(["auto", *engines]))
    if not is_installed(engine):
        extra = "'roadsigns[openvino]'" if engine == "openvino" else "onnxruntime"
        raise MissingExtraError(f"The engine {engine} is not installed.", hint=f"Install it: pip install {extra}")
    return engines[engine](path, content, threads)
