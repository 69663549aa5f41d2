"""The decisions of the pool of tasks, with a stand-in for Ray; test_training_faults.py has the real one."""

import os
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from fixtures.errors import raises

from roadsigns.distributed import tasks as module
from roadsigns.distributed.tasks import DEATHS, TaskPool, choose_cores
from roadsigns.errors import ClusterError, RunError


class RayError(Exception):
    """Ray's root of errors."""


class RayTaskError(RayError):
    """Ray's wrapper of an error of the task."""

    def __init__(self, cause):
        super().__init__(str(cause))
        self.cause = cause


@dataclass(frozen=True)
class Wanted:
    """A task, which the stand-in runs."""

    name: str


class Call:
    """A call of the stand-in."""

    def __init__(self, task):
        self.task = task


TASKS = [Wanted(name) for name in "abcd"]


class StandIn:
    """Has the functions of Ray that the pool calls: `answer` says what becomes of a task."""

    exceptions = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError)

    def __init__(self, answer=lambda task: True):
        self.answer = answer
        self.started, self.cancelled, self.waited, self.options, self.most = [], [], [], {}, 0

    def remote(self, **options):
        self.options = options
        return lambda _: SimpleNamespace(remote=self._start)

    def _start(self, task, *_):
        self.started.append(task.name)
        return Call(task)

    def wait(self, calls, timeout):
        self.most = max(self.most, len(calls))
        # Each takes until it is waited for a second time.
        ready = [call for call in calls[:1] if call in self.waited]
        self.waited += calls[:1]
        return ready, [call for call in calls if call not in ready]

    def get(self, call):
        if call in self.cancelled:
            raise RayError("cancelled")
        return self.answer(call.task)

    def cancel(self, call, *, force):
        assert force
        self.cancelled.append(call)


def run(ray, *, at_once=None, look=lambda _: ()):
    return {one.task.name: one for one in TaskPool(ray, cores=3, at_once=at_once).run(TASKS, look=look)}


def test_every_task_is_run_once_with_its_cores():
    """In the given order, and each in a process of its own."""
    ray = StandIn()

    outcomes = run(ray)

    assert ray.started == list("abcd")
    assert [(one.problem, one.cancelled) for one in outcomes.values()] == [("", False)] * 4
    assert (ray.options["num_cpus"], ray.options["max_calls"], ray.most) == (3, 1, 4)


def test_no_more_tasks_are_under_way_than_asked_for():
    """The others wait."""
    ray = StandIn()

    assert len(run(ray, at_once=2)) == 4
    assert ray.most == 2


def test_a_task_whose_process_died_or_was_ended_by_a_signal_is_started_again():
    """It goes on with what it had done."""
    for ends in (RayError("the worker died"), False):
        seen = []

        def answer(task, seen=seen, ends=ends):
            seen.append(task.name)
            if task.name == "b" and seen.count("b") == 1:
                if ends is False:
                    return False
                raise ends
            return True

        outcomes = run(StandIn(answer))

        assert [one.problem for one in outcomes.values()] == [""] * 4
        assert seen.count("b") == 2


def test_a_task_over_which_processes_die_again_and_again_fails():
    """And the others are run."""

    def answer(task):
        if task.name == "b":
            raise RayError("out of\nmemory")
        return True

    ray = StandIn(answer)
    outcomes = run(ray)

    assert ray.started.count("b") == DEATHS
    assert outcomes["b"].problem == f"{DEATHS} processes died over it. Ray says: out of memory"
    assert [outcomes[name].problem for name in "acd"] == [""] * 3


def test_a_task_that_raises_is_not_started_again():
    """It would raise again."""

    def answer(task):
        raise RayTaskError(RunError("The loss is no number.") if task.name == "b" else ValueError("odd"))

    ray = StandIn(answer)
    outcomes = run(ray)

    assert ray.started == list("abcd")
    assert outcomes["b"].problem == "The loss is no number."
    assert outcomes["c"].problem == "ValueError: odd"


def test_unwanted_tasks_are_ended_or_never_started():
    """Under way is one of the two, and the other waits."""
    ray = StandIn()

    outcomes = run(ray, at_once=1, look=lambda running: TASKS[1:3] if TASKS[1] in running else ())

    assert (outcomes["b"].cancelled, outcomes["c"].cancelled) == (True, True)
    assert not outcomes["d"].cancelled
    assert ray.started == list("abd")
    assert outcomes["b"].problem == ""


def test_many_unwanted_tasks_are_found_quickly():
    """There may be thousands, looked for once a second: each is not compared with each."""
    compared = []

    @dataclass(frozen=True)
    class Counted(Wanted):
        def __eq__(self, other):
            compared.append(other)
            return self.name == other.name

        __hash__ = Wanted.__hash__

    tasks = [Counted(str(number)) for number in range(300)]
    pool = TaskPool(StandIn(), cores=1, at_once=1)
    outcomes = list(pool.run(tasks, look=lambda _: [Counted(str(number)) for number in range(1, 300)]))

    assert sum(one.cancelled for one in outcomes) == 299
    assert len(compared) < 20 * len(tasks)


def test_interrupted_pool_ends_what_is_under_way():
    """Nobody would wait for it."""

    def answer(task):
        raise KeyboardInterrupt

    ray = StandIn(answer)
    with pytest.raises(KeyboardInterrupt):
        run(ray)

    assert [call.task.name for call in ray.cancelled] == list("bcd")


def nodes(*cores):
    return SimpleNamespace(nodes=lambda: [{"Alive": True, "Resources": {"CPU": number}} for number in cores])


@pytest.mark.parametrize(
    ("cores", "tasks", "expected"), [((2,), 1, 2), ((2,), 2, 1), ((2,), 9, 1), ((16, 8), 3, 8), ((16, 8), 1, 16)]
)
def test_cores_are_shared_out_evenly(cores, tasks, expected):
    """A task cannot have more than its machine."""
    assert choose_cores(nodes(*cores), tasks, address=None) == expected


def test_tasks_have_the_cores_that_are_asked_for():
    """As long as a machine has them."""
    assert choose_cores(nodes(2, 8), 5, threads=8, address=None) == 8

    with raises(ClusterError, problem="has 9 cores; the largest has 8", hint="--threads", subject="head:6379"):
        choose_cores(nodes(2, 8), 5, threads=9, address="head:6379")


def test_cluster_without_cores_is_refused():
    """Nothing could run."""
    with raises(ClusterError, problem="No machine of the cluster has cores", subject="head:6379"):
        choose_cores(nodes(0), 1, address="head:6379")


def test_process_of_a_task_computes_with_its_cores_in_the_commands_folder(tmp_path, monkeypatch):
    """As libraries read them when they are imported."""
    monkeypatch.chdir(tmp_path.parent)
    for name in module.THREAD_VARIABLES:
        monkeypatch.setenv(name, "8")
    seen = []

    def look():
        seen.append((str(Path.cwd()), {os.environ[name] for name in module.THREAD_VARIABLES}))
        return True

    task = SimpleNamespace(run=look)
    assert module._run(task, 2, str(tmp_path), module.__version__)
    assert module._run(task, 2, str(tmp_path / "gone"), module.__version__)
    assert seen == [(str(tmp_path), {"2"})] * 2


def test_machine_with_another_version_is_refused(tmp_path):
    """It would train differently."""
    with raises(ClusterError, problem="0.0.1", hint="same version"):
        module._run(SimpleNamespace(run=None), 1, str(tmp_path), "0.0.1")
