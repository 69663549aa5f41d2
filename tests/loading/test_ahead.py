"""Work done ahead in a thread: all of it, in order, and no thread stays behind."""

import threading
import time

import pytest

from roadsigns.loading.ahead import PREFETCH, Waiting, made_ahead


def test_everything_comes_in_order():
    assert list(made_ahead(lambda: iter(range(20)), Waiting())) == list(range(20))


def test_it_stays_a_little_ahead_and_no_more():
    """The queue, what is in the caller's hands, and what waits for room."""
    made = []

    def make():
        for number in range(100):
            made.append(number)
            yield number

    things = made_ahead(make, Waiting())
    next(things)
    time.sleep(0.2)

    assert PREFETCH + 1 <= len(made) <= PREFETCH + 2
    things.close()


def test_an_error_in_the_thread_is_raised_by_the_caller():
    def make():
        yield 1
        raise ValueError("broken")

    things = made_ahead(make, Waiting())

    assert next(things) == 1
    with pytest.raises(ValueError, match="broken"):
        next(things)


def test_stopping_early_ends_the_thread():
    before = threading.active_count()

    def make():
        number = 0
        while True:
            yield number
            number += 1

    things = made_ahead(make, Waiting())
    next(things)
    things.close()

    assert threading.active_count() == before


def test_waiting_and_making_are_counted():
    waiting = Waiting()

    def make():
        for _ in range(3):
            time.sleep(0.05)
            yield sum(range(200_000))

    list(made_ahead(make, waiting))

    assert 0.1 < waiting.waited_seconds < 2
    assert 0 < waiting.making_seconds < waiting.waited_seconds + 0.1
