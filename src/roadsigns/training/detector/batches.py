"""Batches of crops of street scenes, made ahead in a thread."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from roadsigns.loading.ahead import Waiting, made_ahead
from roadsigns.training.detector.scene_crops import SceneCrops

__all__ = ["SceneBatches"]

Batch = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


@dataclass(slots=True)
class SceneBatches:
    """The batches of every epoch. They follow from seed and epoch, so that a resumed run sees what it would have seen.

    Attributes:
        crops: Makes the crops.
        batch_size: Crops in a batch.
        steps: Batches in an epoch.
        seed: Decides everything random.
        waiting: How long the consumer has waited for data, and the CPU time spent on making it.
    """

    crops: SceneCrops
    batch_size: int
    steps: int
    seed: int
    waiting: Waiting = field(default_factory=Waiting, init=False)

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return self.steps

    def epoch(self, number: int) -> Generator[Batch, None, None]:
        """Yield the batches of an epoch; see `SceneCrops.batch`.

        Close the generator when stopping early, so that its thread ends. An error while making a batch is raised here.
        """
        yield from made_ahead(partial(self._make, number), self.waiting)

    def _make(self, number: int) -> Iterator[Batch]:
        rng = np.random.default_rng([self.seed, number])
        for _ in range(self.steps):
            yield self.crops.batch(self.batch_size, rng)
