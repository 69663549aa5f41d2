"""A pool of workers, as Ray actors, to which shards are given one by one.

A worker that dies, with its process or its machine, is replaced, and its shard is given to another one. No more shards
are under way than there are workers.
"""

import logging
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import Any

from roadsigns.distributed.worker import Outcome, Setup, ShardWorker
from roadsigns.errors import ClusterError, DataError, OutputError, RoadsignsError
from roadsigns.shards.shard import Shard

__all__ = ["Pool"]

logger = logging.getLogger(__name__)

# How often a shard is given to a worker, where requests fail.
ATTEMPTS = 3
# How many attempts in a row may fail for each worker, until the storage is taken to be gone.
FAILED_ATTEMPTS = 5
# How many workers may die over one shard.
DEATHS = 4
# How many may die in a row before they are ready.
FAILED_STARTS = 5
SECONDS_BETWEEN_LOOKS = 5.0
SECONDS_UNTIL_TOLD = 30.0


class Pool:
    """Workers of a cluster."""

    def __init__(self, ray: Any, setup: Setup, *, workers: int) -> None:
        """Prepare a pool; workers start with the first shards.

        Args:
            ray: The module, connected.
            setup: What each worker is started with.
            workers: The most that work at once.
        """
        self._ray = ray
        self._setup = ray.put(setup)
        self._workers = workers
        self._actor = ray.remote(ShardWorker).options(num_cpus=setup.threads, scheduling_strategy="SPREAD")
        self._starting: dict[Any, Any] = {}
        self._busy: dict[Any, tuple[Any, Shard]] = {}
        self._idle: list[Any] = []
        self._waiting: deque[Shard] = deque()
        self._attempts: Counter[str] = Counter()
        self._deaths: Counter[str] = Counter()
        self._failed_starts = self._failed_attempts = 0
        self._last_word = time.monotonic()

    def run(self, shards: Sequence[Shard]) -> Iterator[Outcome]:
        """Yield what became of each shard, in the order in which they end.

        Raises:
            OutputError: If no worker can write results any more.
            DataError: If the storage does not answer any more.
            ClusterError: If workers die before they are ready, or a machine does not fit the job.
            RoadsignsError: If a model does not load there.
        """
        self._waiting.extend(shards)
        try:
            while self._waiting or self._busy:
                self._assign()
                ready, _ = self._ray.wait([*self._starting, *self._busy], timeout=SECONDS_BETWEEN_LOOKS)
                self._tell_of_waiting()
                for answer in ready:
                    if answer in self._starting:
                        self._started(answer)
                    else:
                        yield from self._ended(answer)
        finally:
            for worker in [*self._idle, *self._starting.values(), *(worker for worker, _ in self._busy.values())]:
                self._ray.kill(worker)

    def _assign(self) -> None:
        """Give a shard to each idle worker, and start as many workers as there is work for."""
        while self._idle and self._waiting:
            worker, shard = self._idle.pop(), self._waiting.popleft()
            self._busy[worker.process.remote(shard)] = worker, shard
        missing = min(self._workers - len(self._busy), len(self._waiting)) - len(self._starting)
        for _ in range(missing):
            worker = self._actor.remote()
            self._starting[worker.start.remote(self._setup)] = worker

    def _started(self, answer: Any) -> None:
        worker = self._starting.pop(answer)
        try:
            self._ray.get(answer)
        except self._ray.exceptions.RayTaskError as error:
            # Whatever it is, the next worker will find the same.
            if isinstance(error.cause, RoadsignsError):
                raise error.cause from error
            raise
        except self._ray.exceptions.RayError as error:
            self._failed_starts += 1
            if self._failed_starts == FAILED_STARTS:
                raise ClusterError(
                    f"{FAILED_STARTS} workers in a row died before they were ready.",
                    hint=f"Ray says: {' '.join(str(error).split())[:1000]}",
                ) from error
            return
        self._failed_starts = 0
        self._idle.append(worker)

    def _ended(self, answer: Any) -> Iterator[Outcome]:
        worker, shard = self._busy.pop(answer)
        try:
            outcome: Outcome = self._ray.get(answer)
        except self._ray.exceptions.RayError as error:
            yield from self._died(shard, error)
            return
        if outcome.fault == "output":
            yield from self._retired(worker, outcome)
            return
        self._idle.append(worker)
        self._attempts[shard.name] += 1
        self._failed_attempts = self._failed_attempts + 1 if outcome.fault == "storage" else 0
        if self._failed_attempts >= FAILED_ATTEMPTS * self._workers:
            raise DataError(
                f"The storage does not answer any more: {outcome.problem}.",
                hint="Once it does, the same command computes what is missing.",
            )
        if outcome.fault == "storage" and self._attempts[shard.name] < ATTEMPTS:
            logger.info("%s. The shard is tried again later.", outcome.problem)
            self._waiting.append(shard)
            return
        yield outcome

    def _died(self, shard: Shard, error: Exception) -> Iterator[Outcome]:
        self._deaths[shard.name] += 1
        if self._deaths[shard.name] < DEATHS:
            logger.info("A worker was lost. Its shard %s is given to another one.", shard.name)
            self._waiting.appendleft(shard)
            return
        told = " ".join(str(error).split())[:300]
        yield Outcome(shard, None, "shard", f"{DEATHS} workers died while they computed it. Ray says: {told}")

    def _retired(self, worker: Any, outcome: Outcome) -> Iterator[Outcome]:
        """Do without a worker that cannot write results."""
        self._ray.kill(worker)
        self._workers -= 1
        if self._workers == 0:
            raise OutputError(
                f"The results cannot be written: {outcome.problem}.",
                hint="Free some space, or let it be written; the same command then computes what is missing.",
            )
        logger.info("%s. That worker is left out, and its shard given to another one.", outcome.problem)
        self._waiting.appendleft(outcome.shard)
        yield from ()

    def _tell_of_waiting(self) -> None:
        if self._busy or self._idle:
            self._last_word = time.monotonic()
        elif time.monotonic() - self._last_word > SECONDS_UNTIL_TOLD:
            self._last_word = time.monotonic()
            logger.info("No worker is ready yet. `ray status` says whether the cluster has room for one.")
