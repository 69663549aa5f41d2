"""Ctrl-C that waits for the steps at work to end."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

__all__ = ["stop_on_interrupt", "stopped_by_sigterm"]

STANDARD_ERROR = 2

# What the last `stop_on_interrupt` of this process got; signals are the process's too.
_received: list[int] = []


@contextlib.contextmanager
def stop_on_interrupt() -> Iterator[threading.Event]:
    """Yield an event that the first Ctrl-C (SIGINT) or SIGTERM sets; the second Ctrl-C interrupts at once.

    Outside the main thread, where Python delivers no signals, the event is never set.
    """
    _received.clear()
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def request(number: int, _frame: FrameType | None) -> None:
        _received.append(number)
        stop.set()
        signal.signal(number, previous[signal.Signals(number)])
        # Past sys.stderr: the signal may have come in the middle of a print, and a second one inside would raise.
        with contextlib.suppress(OSError):
            os.write(STANDARD_ERROR, b"Stopping after these steps; press Ctrl-C again to stop at once.\n")

    # None stands for a handler that was not installed by Python, which Python cannot put back.
    previous = {number: signal.signal(number, request) or signal.SIG_DFL for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def stopped_by_sigterm() -> bool:
    """Whether the last `stop_on_interrupt` was ended by SIGTERM, and not by Ctrl-C or by nothing."""
    return _received[:1] == [signal.SIGTERM]
