"""The pool's decisions, with a stand-in for Ray; test_faults.py has the real one."""

from types import SimpleNamespace

import pytest
from fixtures.errors import raises

from roadsigns.distributed.pool import ATTEMPTS, DEATHS, FAILED_ATTEMPTS, FAILED_STARTS, Pool
from roadsigns.distributed.worker import Outcome
from roadsigns.errors import ClusterError, DataError, ModelError, OutputError
from roadsigns.shards.process import ShardResult
from roadsigns.shards.shard import Shard

SHARDS = [Shard(name, name, 1) for name in "abcd"]
MANY = [Shard(str(number), str(number), 1) for number in range(99)]


class RayError(Exception):
    """Ray's root of errors."""


class RayTaskError(RayError):
    """Ray's wrapper of an error of the task."""

    def __init__(self, cause):
        super().__init__(str(cause))
        self.cause = cause


class StandIn:
    """Has the functions of Ray that the pool calls. `process` and `start` answer calls, one by one."""

    exceptions = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError)

    def __init__(self, process, start=lambda: None):
        self.process, self.start = process, start
        self.under_way = self.most = self.workers = self.killed = 0

    def put(self, value):
        return value

    def remote(self, _):
        return SimpleNamespace(options=lambda **_: SimpleNamespace(remote=self._worker))

    def _worker(self):
        self.workers += 1
        number = self.workers
        return SimpleNamespace(
            start=SimpleNamespace(remote=lambda setup: self._call(self.start)),
            process=SimpleNamespace(remote=lambda shard: self._call(lambda: self.process(number, shard), shard)),
        )

    def _call(self, action, shard=None):
        self.under_way += shard is not None
        self.most = max(self.most, self.under_way)
        return Answer(action, shard)

    def wait(self, calls, timeout):
        return calls[:1], calls[1:]

    def get(self, call):
        self.under_way -= call.shard is not None
        return call.action()

    def kill(self, worker):
        self.killed += 1


class Answer:
    """An answer that is waited for."""

    def __init__(self, action, shard):
        self.action, self.shard = action, shard


def done(shard):
    return Outcome(shard, ShardResult(shard.name, 1, 1, 0, 1))


def run(ray, workers=2, shards=SHARDS):
    return list(Pool(ray, SimpleNamespace(threads=1), workers=workers).run(shards))


def test_every_shard_is_computed_and_no_more_are_under_way_than_workers():
    """At the end all workers are let go."""
    ray = StandIn(lambda worker, shard: done(shard))

    outcomes = run(ray)

    assert sorted(outcome.shard.name for outcome in outcomes) == list("abcd")
    assert (ray.most, ray.workers, ray.killed) == (2, 2, 2)


def test_a_shard_whose_worker_died_is_given_to_another():
    """Which is started for it."""
    seen = []

    def process(worker, shard):
        seen.append(shard.name)
        if seen.count("b") == 1 and shard.name == "b":
            raise RayError("the actor died")
        return done(shard)

    ray = StandIn(process)

    assert len(run(ray)) == 4
    assert (seen.count("b"), ray.workers) == (2, 3)


def test_a_shard_over_which_workers_die_again_and_again_fails():
    """And the others are computed."""

    def process(worker, shard):
        if shard.name == "b":
            raise RayError("out of memory")
        return done(shard)

    outcomes = {outcome.shard.name: outcome for outcome in run(StandIn(process))}

    assert len(outcomes) == 4
    assert outcomes["b"].problem.startswith(f"{DEATHS} workers died")
    assert "out of memory" in outcomes["b"].problem


def test_failed_requests_are_tried_again_and_then_told():
    """So many times."""
    seen = []

    def process(worker, shard):
        seen.append(shard.name)
        return Outcome(shard, None, "storage", "busy") if shard.name == "b" else done(shard)

    failed = [outcome for outcome in run(StandIn(process)) if outcome.fault]

    assert ([outcome.shard.name for outcome in failed], seen.count("b")) == (["b"], ATTEMPTS)


def test_a_storage_that_is_gone_ends_the_job():
    """Thousands of shards would each be tried for a minute. One that answers now and then does not."""
    seen = []

    def process(worker, shard):
        seen.append(shard.name)
        return Outcome(shard, None, "storage", "Connection refused")

    with raises(DataError, problem="does not answer any more: Connection refused", hint="the same command"):
        run(StandIn(process), shards=MANY)
    assert len(seen) == FAILED_ATTEMPTS * 2

    seen.clear()

    def process_sometimes(worker, shard):
        outcome = process(worker, shard)
        return done(shard) if len(seen) % 9 == 0 else outcome

    assert len(run(StandIn(process_sometimes), shards=MANY)) == len(MANY)


def test_a_worker_without_room_is_left_out():
    """And its shard given to another one."""

    def process(worker, shard):
        return Outcome(shard, None, "output", "No space left") if worker == 1 else done(shard)

    outcomes = run(StandIn(process))

    assert [outcome.fault for outcome in outcomes] == [None] * 4


def test_no_room_anywhere_ends_the_job():
    """There is nowhere to write to."""
    with raises(OutputError, problem="No space left", hint="Free some space"):
        run(StandIn(lambda worker, shard: Outcome(shard, None, "output", "No space left")))


def test_an_error_at_the_start_of_a_worker_ends_the_job():
    """The next one would find the same."""

    def start():
        raise RayTaskError(ModelError("It does not load."))

    ray = StandIn(None, start)

    with raises(ModelError, problem="It does not load."):
        run(ray)

    with pytest.raises(RayTaskError):
        run(StandIn(None, lambda: (_ for _ in ()).throw(RayTaskError(ValueError("x")))))


def test_workers_that_die_at_their_start_are_replaced_and_end_the_job_at_last():
    """After so many in a row."""
    starts = []

    def start():
        starts.append(1)
        raise RayError("killed")

    with raises(ClusterError, problem=f"{FAILED_STARTS} workers", hint="killed"):
        run(StandIn(None, start))

    assert len(starts) == FAILED_STARTS
