"""Ctrl-C while a step runs."""

import signal
import threading

import pytest

from roadsigns.training.interrupt import stop_on_interrupt


def handlers():
    """What SIGINT and SIGTERM do now."""
    return signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_to_stop(capfd, number):
    """The step goes on; the event is set, and the terminal told so."""
    with stop_on_interrupt() as stop:
        assert not stop.is_set()
        signal.raise_signal(number)
        assert stop.is_set()

    assert capfd.readouterr().err == "Stopping after this step; press Ctrl-C again to stop at once.\n"


def test_the_second_ctrl_c_stops_at_once():
    """For whoever does not want to wait."""
    with stop_on_interrupt() as stop:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert stop.is_set()


@pytest.mark.parametrize("interrupted", [True, False])
def test_afterwards_signals_do_what_they_did(interrupted):
    """Also when there was none."""
    before = handlers()

    with stop_on_interrupt():
        assert handlers() != before
        if interrupted:
            signal.raise_signal(signal.SIGINT)

    assert handlers() == before


def test_afterwards_signals_do_what_they_did_when_the_block_raises():
    """An error in a step leaves no handler behind."""
    before = handlers()

    with pytest.raises(ValueError, match="step"), stop_on_interrupt():
        raise ValueError("step")

    assert handlers() == before


def test_outside_the_main_thread_nothing_is_changed():
    """Python delivers signals to the main thread only; training in another one just goes on."""
    before = handlers()
    seen = []

    def work():
        with stop_on_interrupt() as stop:
            seen.append((handlers(), stop.is_set()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert seen == [(before, False)]
