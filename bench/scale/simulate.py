"""A job on many machines, simulated: shards, workers, stragglers, machines that go away.

Every number that decides is a field of `Plan`: what was measured, and what is assumed of machines and prices.
"""

import heapq
import math
from dataclasses import dataclass

import numpy as np

__all__ = ["HOUR", "Outcome", "Plan", "simulate"]

HOUR = 3600.0
# An event without a worker.
BACK = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A job and the machines that it runs on.

    Attributes:
        images: How many there are.
        shard_images: Images in a shard.
        images_per_second: Of one core, measured.
        start_seconds: From the start of a worker to its first shard, measured.
        machines: How many there are.
        cores: Workers on each.
        spread: Standard deviation of the logarithm of a shard's time, measured.
        slow_share: Share of machines that are slow throughout, such as by a neighbour's load.
        slow_factor: How many times as long a shard takes there.
        losses_per_hour: How often a machine goes away, in an hour.
        replace_seconds: Until another machine is there in its place.
        failed_share: Share of shards whose reading or writing fails and is tried again.
    """

    images: int
    shard_images: int
    images_per_second: float
    start_seconds: float
    machines: int
    cores: int
    spread: float = 0.05
    slow_share: float = 0.02
    slow_factor: float = 3.0
    losses_per_hour: float = 0.01
    replace_seconds: float = 300.0
    failed_share: float = 0.001

    @property
    def shards(self) -> int:
        """How many shards there are."""
        return -(-self.images // self.shard_images)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a simulated job took.

    Attributes:
        hours: From its start to its last shard.
        ideal_hours: With nothing lost, nobody slow, and no wait at the end.
        machine_hours: All machines, from their start to the end of the job.
        lost_machines: How many went away.
        recomputed: How many more shards were computed than there are, as a share of all.
        idle: Share of the workers' time in which nothing was left for them to do.
    """

    hours: float
    ideal_hours: float
    machine_hours: float
    lost_machines: int
    recomputed: float
    idle: float


def simulate(plan: Plan, *, seed: int) -> Outcome:
    """Simulate a job as `distributed/pool.py` runs it: whoever is idle gets the next shard, or one that was lost."""
    return _Simulation(plan, seed).run()


class _Simulation:
    """Events by their time: a worker is free, or a shard comes back since its machine is lost or a request failed."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self._plan = plan
        self._numbers = np.random.default_rng(seed)
        self._slow = self._numbers.random(plan.machines) < plan.slow_share
        # When each machine goes away next, and when the one in its place is ready.
        self._outage = [self._next_outage(0.0) for _ in range(plan.machines)]
        self._waiting = plan.shards
        self._idle: list[tuple[float, int]] = []
        self._events: list[tuple[float, int, int]] = []
        self._order = 0
        self._computed = 0
        self._away: set[tuple[int, float]] = set()
        self._idle_seconds = 0.0

    def run(self) -> Outcome:
        """Run to the last shard."""
        plan, done, at = self._plan, 0, 0.0
        for machine in range(plan.machines):
            for _ in range(plan.cores):
                self._push(plan.start_seconds, machine)
        while done < plan.shards:
            at, _, machine = heapq.heappop(self._events)
            if machine == BACK:
                self._waiting += 1
            else:
                done += machine >= plan.machines
                self._idle.append((at, machine % plan.machines))
            while self._waiting and self._idle:
                since, worker = self._idle.pop()
                self._idle_seconds += at - since
                self._start(at, worker)
        self._idle_seconds += sum(at - since for since, _ in self._idle)
        workers = plan.machines * plan.cores
        return Outcome(
            hours=at / HOUR,
            ideal_hours=plan.images / (plan.images_per_second * workers) / HOUR,
            machine_hours=at / HOUR * plan.machines,
            lost_machines=sum(down < at for _, down in self._away),
            recomputed=self._computed / plan.shards - 1,
            idle=self._idle_seconds / (at * workers),
        )

    def _start(self, at: float, machine: int) -> None:
        """Give the next shard to an idle worker, unless its machine is away."""
        plan = self._plan
        down, up = self._outage[machine]
        while at >= up:
            down, up = self._outage[machine] = self._next_outage(up)
        if at >= down:
            self._away.add((machine, down))
            self._push(up, machine)
            return
        self._waiting -= 1
        self._computed += 1
        mean = plan.shard_images / plan.images_per_second * (plan.slow_factor if self._slow[machine] else 1.0)
        end = at + mean * self._numbers.lognormal(0.0, plan.spread)
        if end > down:
            self._away.add((machine, down))
            self._push(down, BACK)
            self._push(up, machine)
        elif self._numbers.random() < plan.failed_share:
            self._push(end, BACK)
            self._push(end, machine)
        else:
            # Such a number says that the worker has finished a shard, too.
            self._push(end, machine + plan.machines)

    def _push(self, at: float, machine: int) -> None:
        self._order += 1
        heapq.heappush(self._events, (at, self._order, machine))

    def _next_outage(self, after: float) -> tuple[float, float]:
        plan = self._plan
        if not plan.losses_per_hour:
            return math.inf, math.inf
        down = after + self._numbers.exponential(HOUR / plan.losses_per_hour)
        return down, down + plan.replace_seconds + plan.start_seconds
