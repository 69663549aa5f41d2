"""Engines in forked processes, such as those of multiprocessing on Linux before Python 3.14, or of gunicorn.

A fork copies a loaded network and not the threads that compute for it. The runtimes get over that in part, measured
with ONNX Runtime 1.32 and OpenVINO 2026.4: a network with threads hangs the copy when it is destroyed, and OpenVINO's
batched networks hang when they are run. So a copy keeps what it inherits for ever, and makes anew what would hang.
TensorFlow hangs whatever is done, so Keras is refused: see `require_own_process`.
"""

import contextlib
import ctypes
import os
import weakref
from typing import Any, Protocol

from roadsigns.errors import ModelError

__all__ = ["SurvivesForks", "keep_through_forks", "require_own_process"]


class SurvivesForks(Protocol):
    """An engine that works in a forked process."""

    def after_fork(self) -> list[Any]:
        """Put right what does not work in the copy. Returns the native objects that must not be destroyed there."""


_ENGINES: "weakref.WeakSet[Any]" = weakref.WeakSet()


def keep_through_forks(engine: SurvivesForks) -> None:
    """Have `engine.after_fork` called in every process that is forked from this one while the engine lives."""
    _ENGINES.add(engine)


def require_own_process(loaded_in: int, runtime: str) -> None:
    """Refuse to run in a copy of the process that loaded a runtime.

    Args:
        loaded_in: The number of the process that loaded it.
        runtime: What is loaded, for the error.

    Raises:
        ModelError: If this is another process.
    """
    if loaded_in != os.getpid():
        raise ModelError(
            f"{runtime} was loaded before this process was forked, and would hang in the copy.",
            expected="a process that loads the model itself",
            hint="Load the model in each process after the fork and not before, or start processes with "
            "multiprocessing.get_context('spawn'). An ONNX file or a built-in model works after a fork too.",
        )


def _after_fork_in_child() -> None:
    for engine in list(_ENGINES):
        with contextlib.suppress(Exception):
            for native in engine.after_fork():
                # Never destroyed, not even at the end of the process.
                ctypes.pythonapi.Py_IncRef(ctypes.py_object(native))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
