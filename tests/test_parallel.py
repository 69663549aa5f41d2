"""Work over the cores: every result in order, errors where they belong, nothing left running.

Jobs are functions inside tests: those are sent whole, while the processes could not import this file.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.errors import raises
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.errors import DataError
from roadsigns.parallel import over_cores


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    """As on any machine, however many this one has."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})


@pytest.mark.parametrize("parallel", [False, True])
@settings(max_examples=10)
@given(jobs=st.lists(st.integers(), max_size=30))
def test_results_are_in_the_order_of_the_jobs(parallel, jobs):
    """From processes as from this one, none or many."""
    assert list(over_cores(lambda job: (job, -job), jobs, parallel=parallel)) == [(job, -job) for job in jobs]


def test_slow_jobs_keep_their_place():
    """The first result comes first, also where it takes longest."""

    def sleep(seconds):
        import time

        time.sleep(seconds)
        return seconds

    assert list(over_cores(sleep, [0.3, 0.1, 0.0, 0.0], parallel=True)) == [0.3, 0.1, 0.0, 0.0]


def test_parallel_work_is_done_in_other_processes():
    assert os.getpid() not in over_cores(lambda job: os.getpid(), range(8), parallel=True)
    assert set(over_cores(lambda job: os.getpid(), range(8), parallel=False)) == {os.getpid()}


def test_one_core_works_alone(monkeypatch):
    """A second process would only wait for the first."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0})

    assert set(over_cores(lambda job: os.getpid(), range(8), parallel=True)) == {os.getpid()}


def test_nothing_is_done_before_it_is_requested():
    """A generator: jobs of a loop that ends early are not done in this process."""
    done = []

    results = over_cores(done.append, range(8), parallel=False)
    next(results)

    assert done == [0]


@pytest.mark.parametrize("parallel", [False, True])
def test_error_of_a_job_reaches_the_caller(parallel):
    """Of its own type, with its own words, at its place at the latest; the next work is done as if nothing was."""

    def fail_at_3(job):
        if job == 3:
            raise DataError(f"Job {job} cannot be done. Leave it out.")
        return job

    results = []
    with raises(DataError, problem="Job 3 cannot be done. Leave it out."):
        results.extend(over_cores(fail_at_3, range(20), parallel=parallel))

    assert results == [0, 1, 2][: len(results)]
    assert list(over_cores(fail_at_3, range(3), parallel=parallel)) == [0, 1, 2]


SCRIPT = """
import os, sys
from roadsigns import parallel

os.sched_getaffinity = lambda pid: {0, 1}
print("started")
workers = set(parallel.over_cores(lambda job: os.getpid(), range(8), parallel=True))
assert os.getpid() not in workers
print(*workers)
"""


def test_script_needs_no_guard_and_leaves_no_process_behind(tmp_path):
    """A script that calls it at its top level is not run again by its own processes, and they end with it."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)

    result = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)

    assert (result.returncode, result.stderr) == (0, "")
    started, workers = result.stdout.splitlines()
    assert started == "started"
    assert not any(Path("/proc", worker, "exe").exists() for worker in workers.split())
