"""Work in threads, its results in order."""

import os
import subprocess
import sys
import threading

import pytest

from roadsigns.inference.ordered_thread_map import ordered_thread_map


def test_results_come_in_the_order_of_the_jobs():
    """Though the first is done last."""
    others = threading.Semaphore(0)

    def work(job):
        if job == 0:
            # Two of the others are done by then; a time-out would show as a wrong result.
            return all(others.acquire(timeout=10) for _ in range(2))
        others.release()
        return job

    assert list(ordered_thread_map(work, range(6), threads=3)) == [True, 1, 2, 3, 4, 5]


def test_jobs_are_requested_when_there_is_room():
    """However many there are."""
    asked = []

    def jobs():
        for job in range(1_000_000):
            asked.append(job)
            yield job

    results = ordered_thread_map(str, jobs(), threads=2)

    assert next(results) == "0"
    assert len(asked) == 5
    results.close()
    assert len(asked) == 5


def test_what_work_raises_is_raised_in_its_place():
    results = ordered_thread_map(lambda job: 1 // job, [1, 1, 0, 1], threads=2)

    assert [next(results), next(results)] == [1, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_nothing_to_do_gives_nothing():
    """No job, no result."""
    assert list(ordered_thread_map(str, [], threads=2)) == []


FORKED = """
import os, sys
from roadsigns.inference.ordered_thread_map import ordered_thread_map

results = ordered_thread_map(str, range(100), threads=2)
next(results)
if os.fork() == 0:
    try:
        next(results)
    except RuntimeError as error:
        print(error, flush=True)
    sys.exit(0)
print(os.waitstatus_to_exitcode(os.wait()[1]), len(list(results)))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_fork_does_not_wait_for_threads_that_it_lacks():
    """It is told what to do, and its parent goes on."""
    command = [sys.executable, "-W", "ignore", "-c", FORKED]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    told, parent = result.stdout.splitlines()
    assert told.startswith("This iterator was begun before the process was forked.")
    assert parent == "0 99"
