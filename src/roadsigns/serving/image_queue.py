"""The queue of one kind of request: images wait, are computed in batches, and a full queue is an error of HTTP."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from roadsigns.serving.batcher import Batcher, LaterResult, QueueFullError
from roadsigns.serving.errors import ApiError
from roadsigns.serving.limits import Limits
from roadsigns.serving.metrics import Metrics
from roadsigns.serving.worker import Upload

__all__ = ["ImageQueue"]

Outcome = TypeVar("Outcome")


class ImageQueue(Generic[Outcome]):
    """Images in, outcomes out, within the service's limits. Belongs to one event loop.

    Args:
        compute: See `Batcher`.
        largest: Largest batch.
        limits: The service's limits.
        metrics: Where batches are counted.
    """

    def __init__(
        self,
        compute: Callable[[list[Upload]], Sequence[Outcome | LaterResult[Outcome]]],
        *,
        largest: int,
        limits: Limits,
        metrics: Metrics,
    ) -> None:
        self._limits = limits
        self._batcher: Batcher[Upload, Outcome] = Batcher(
            compute,
            largest=largest,
            wait_seconds=limits.batch_wait_seconds,
            limit=limits.queue,
            observe=metrics.batch,
        )

    @property
    def full(self) -> bool:
        """Whether there is no room for even one image."""
        return self._batcher.full

    @property
    def unanswered(self) -> int:
        """How many images are in the queue or being computed."""
        return self._batcher.unanswered

    def require_room(self) -> None:
        """Refuse a request before anything is spent on it, so that refused ones do not slow down those that wait.

        Raises:
            ApiError: If the queue is full.
        """
        if self.full:
            raise self._queue_full(self._batcher.retry_seconds)

    async def compute(self, uploads: list[Upload]) -> list[Outcome]:
        """Queue images and wait for their outcomes, in order.

        Raises:
            ApiError: If the queue has no room for all of them, or it takes too long.
        """
        try:
            results = self._batcher.submit(uploads)
        except QueueFullError as error:
            raise self._queue_full(error.retry_seconds) from error
        try:
            async with asyncio.timeout(self._limits.answer_seconds):
                return await asyncio.gather(*results)
        except TimeoutError as error:
            raise ApiError(
                503,
                f"The service is too busy: it had no predictions within {self._limits.answer_seconds:g} s.",
                hint="Send the request again later.",
                headers={"Retry-After": "10"},
            ) from error

    async def close(self) -> None:
        """Finish the images that are in the queue."""
        await self._batcher.close()

    def _queue_full(self, retry_seconds: int) -> ApiError:
        return ApiError(
            429,
            f"The service is busy: {self.unanswered} of at most {self._limits.queue} images are in its queue.",
            hint=f"Send the request again in {retry_seconds} s.",
            headers={"Retry-After": str(retry_seconds)},
        )
