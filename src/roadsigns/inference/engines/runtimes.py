"""ONNX Runtime and OpenVINO, imported without the telemetry that both ship switched on.

ONNX Runtime's wheel writes a device id into the user's cache folder and reports to its maker's servers; importing
OpenVINO writes `~/intel` and looks up an analytics server. Nobody asked for either. A program that has imported them
itself before has decided for itself.
"""

import os
import sys
import threading
from typing import Any

__all__ = ["FIRST_INFERENCE", "import_onnxruntime", "import_openvino"]

# What OpenVINO sends its reports with; where it is missing, OpenVINO sends none.
TELEMETRY = "openvino_telemetry"
_LOCK = threading.Lock()
# Two threads that infer for the first time in a process can deadlock: OpenVINO's binding then builds a table of NumPy's
# types, holding a lock of its own while it waits for the interpreter's (pybind11's pull request 4877).
FIRST_INFERENCE = threading.Lock()


def import_onnxruntime() -> Any:
    """Import ONNX Runtime and return it. A value that the caller's environment gives its switch is respected.

    Raises:
        ImportError: If it is not installed.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


def import_openvino() -> Any:
    """Import OpenVINO and return it.

    Raises:
        ImportError: If it is not installed.
    """
    with _LOCK:
        hidden = TELEMETRY not in sys.modules
        if hidden:
            # So that its import fails.
            sys.modules[TELEMETRY] = None  # type: ignore[assignment]
        try:
            import openvino
        finally:
            if hidden:
                del sys.modules[TELEMETRY]
    return openvino
