"""Ctrl-C while a step runs.

Signals are raised in processes of their own: one that went astray would end the process that runs the tests.
"""

import signal
import subprocess
import sys
import threading

import pytest

from roadsigns.training.graceful_stop import stop_on_interrupt

START = """
import signal, sys
from roadsigns.training.graceful_stop import stop_on_interrupt, stopped_by_sigterm

def handlers():
    return signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)

# As in a shell, whatever the tests were started by.
signal.signal(signal.SIGINT, signal.default_int_handler)
number = int(sys.argv[1])
before = handlers()
"""
TOLD = "Stopping after these steps; press Ctrl-C again to stop at once.\n"


def handlers():
    """What SIGINT and SIGTERM do now."""
    return signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)


def run(program, number=signal.SIGINT):
    """Run a program after `START`; gives its status and what it wrote on standard error."""
    command = [sys.executable, "-c", START + program, str(int(number))]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_to_stop(number):
    """The step continues; the event is set, and the terminal shows a message."""
    program = """
with stop_on_interrupt() as stop:
    was_set = stop.is_set()
    signal.raise_signal(number)
    sys.exit(10 if stop.is_set() and not was_set else 11)
"""

    assert run(program, number) == (10, TOLD)


def test_the_second_ctrl_c_stops_at_once():
    """For whoever does not want to wait."""
    program = """
with stop_on_interrupt() as stop:
    signal.raise_signal(number)
    try:
        signal.raise_signal(number)
    except KeyboardInterrupt:
        sys.exit(10 if stop.is_set() else 11)
"""

    assert run(program) == (10, TOLD)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_afterwards_signals_do_what_they_did(number):
    program = """
with stop_on_interrupt():
    changed = handlers() != before
    signal.raise_signal(number)
sys.exit(10 if changed and handlers() == before else 11)
"""

    assert run(program, number) == (10, TOLD)


def test_afterwards_signals_do_what_they_did_when_none_came():
    """The block leaves nothing behind."""
    before = handlers()

    with stop_on_interrupt():
        assert handlers() != before

    assert handlers() == before


def test_afterwards_signals_do_what_they_did_when_the_block_raises():
    """An error in a step leaves no handler behind."""
    before = handlers()

    with pytest.raises(ValueError, match="step"), stop_on_interrupt():
        raise ValueError("step")

    assert handlers() == before


def test_outside_the_main_thread_nothing_is_changed():
    """Python delivers signals to the main thread only; training in another one just continues."""
    before = handlers()
    seen = []

    def work():
        with stop_on_interrupt() as stop:
            seen.append((handlers(), stop.is_set()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert seen == [(before, False)]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 10), (signal.SIGTERM, 11)])
def test_which_signal_stopped_it_is_known_afterwards(number, status):
    """The command line ends with another status then; the next block knows nothing of it."""
    program = """
with stop_on_interrupt():
    signal.raise_signal(number)
was_sigterm = stopped_by_sigterm()
with stop_on_interrupt():
    pass
sys.exit((11 if was_sigterm else 10) if not stopped_by_sigterm() else 12)
"""

    assert run(program, number) == (status, TOLD)
