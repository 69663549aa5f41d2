"""Threads that take turns, and do not wait for ever."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from roadsigns.inference import preparation_lock as module
from roadsigns.inference.preparation_lock import preparation_lock


def test_one_at_a_time(monkeypatch):
    """However many there are."""
    monkeypatch.setattr(module, "MAX_WAIT_SECONDS", 60)
    inside, most = 0, 0

    def work(_):
        nonlocal inside, most
        with preparation_lock():
            inside += 1
            most = max(most, inside)
            time.sleep(0.001)
            inside -= 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(20)))

    assert most == 1


def test_long_work_blocks_no_other_thread():
    """Such as decoding a photograph, which other threads can do meanwhile."""
    begun, done = threading.Event(), threading.Event()

    def long_work():
        with preparation_lock():
            begun.set()
            assert done.wait(60)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(long_work)
        assert begun.wait(60)
        with preparation_lock():
            done.set()
        waiting.result()


def test_an_error_ends_the_turn(monkeypatch):
    """The next one finds it free."""
    monkeypatch.setattr(module, "MAX_WAIT_SECONDS", 0)
    with pytest.raises(ValueError, match="broken"), preparation_lock():
        raise ValueError("broken")

    with preparation_lock():
        assert module._lock.locked()
    assert not module._lock.locked()


def test_a_timed_out_thread_does_not_release_the_lock(monkeypatch):
    """Only who took it gives it back."""
    monkeypatch.setattr(module, "MAX_WAIT_SECONDS", 0)
    with preparation_lock():
        with preparation_lock():
            pass
        assert module._lock.locked()
