"""Process-wide settings that only the command line makes; a library must leave its caller's process as it is."""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from roadsigns import keras_import
from roadsigns.training.graceful_stop import stopped_by_sigterm

__all__ = [
    "Terminated",
    "interruption",
    "make_keras_import_quiet",
    "make_video_quiet",
    "raise_on_sigterm",
    "was_terminated",
]

# Signals that `_terminate` got. Ray replaces its exception by a plain KeyboardInterrupt.
_received: list[int] = []


class Terminated(KeyboardInterrupt):
    """SIGTERM. Whatever cleans up after Ctrl-C does so after it too."""


def interruption() -> KeyboardInterrupt:
    """Return what to raise once a training has ended early on a signal: `Terminated` if that was SIGTERM."""
    return Terminated() if stopped_by_sigterm() else KeyboardInterrupt()


def make_keras_import_quiet() -> None:
    """Let `import_keras` import Keras quietly and without garbage collection from now on."""
    keras_import.around_import = _quiet_import


def make_video_quiet() -> None:
    """Let OpenCV and its FFmpeg print nothing about damaged videos: what went wrong is told in a sentence."""
    # Read when the first video is opened. -8 is FFmpeg's AV_LOG_QUIET.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    import cv2

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def raise_on_sigterm() -> None:
    """Let SIGTERM raise `Terminated`, so that temporary files are removed; where it is ignored, it stays so."""
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminate)


def was_terminated(error: BaseException) -> bool:
    """Whether an interruption, or what Click makes of it, comes from SIGTERM, and not from Ctrl-C."""
    return bool(_received) or isinstance(error, Terminated) or isinstance(error.__cause__, Terminated)


def _terminate(number: int, _frame: FrameType | None) -> None:
    _received.append(number)
    # `timeout` sends it twice; the second must not interrupt the cleaning up after the first.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Terminated


@contextmanager
def _quiet_import() -> Iterator[None]:
    # Here, so that `roadsigns --help` does not wait for it.
    import logging

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # TensorFlow warns of a second model, or of a last batch of another size, as if they were mistakes.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    with _without_standard_error(), _without_garbage_collection():
        yield


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Exempt everything that is created inside from garbage collection: it stays to the end of the process.

    Keras and TensorFlow are 700,000 objects. Their import then takes 2.0 seconds instead of 2.8, and the end of the
    process 0.1 instead of 1.1.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _without_standard_error() -> Iterator[None]:
    """Drop what TensorFlow's libraries write to file 2 about the CPU when they load; no setting silences all of it.

    A failure is an exception, and TensorFlow's later errors are shown.
    """
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:
        # Standard error is closed: there is nothing to silence.
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
