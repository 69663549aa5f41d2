"""Shuffled, augmented training batches, made in a thread ahead of the network, and handed over in stacks."""

import contextlib
import queue
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from roadsigns.augmentation.flips import flip_some
from roadsigns.augmentation.geometric import Augmentation, affine_matrices
from roadsigns.augmentation.photometric import augment_photometric
from roadsigns.loading.crops import Crops
from roadsigns.preprocessing.crop_transform import compose
from roadsigns.types import Flip

__all__ = ["TrainingBatches"]

# Stacks.
AHEAD = 2

Batch = tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]


@dataclass(slots=True)
class TrainingBatches:
    """Every epoch's batches; the same seed and epoch give the same batches, so that a resumed run sees what it missed.

    Attributes:
        crops: The network's inputs.
        labels: Class ids, shape (count,), int32.
        index: Which of them train, shape (train_count,).
        batch_size: The last batch of an epoch holds what is left.
        augmentation: What is changed at random.
        seed: Decides order and augmentation.
        fraction: Share of the images that an epoch draws, above 0 to 1.
        least: How many images an epoch draws at least; where there are fewer, each comes several times, changed anew.
        together: How many batches are handed over at once, at most: of an epoch first one, so that nobody waits for
            more, then two, four and so on.
        flips: Which classes may be mirrored, and what they then show; empty for a person's own classes.
        balance: Between 0, every image once, and 1, every class as often: classes are drawn by their size to the power
            of 1 minus this, and images of small classes more than once.
        waited_seconds: How long the consumer has waited for data in all, added up by `epoch`.
        making_seconds: CPU time that making batches has taken in all, beside the consumer.
    """

    crops: Crops
    labels: npt.NDArray[np.int32]
    index: npt.NDArray[np.intp]
    batch_size: int
    augmentation: Augmentation
    seed: int
    fraction: float = 1.0
    balance: float = 0.0
    least: int = 0
    together: int = 1
    flips: Mapping[int, Sequence[Flip]] = field(default_factory=dict)
    waited_seconds: float = field(default=0.0, init=False)
    making_seconds: float = field(default=0.0, init=False)

    def __len__(self) -> int:
        """Batches in an epoch."""
        return (self.images_per_epoch + self.batch_size - 1) // self.batch_size

    @property
    def images_per_epoch(self) -> int:
        """Images in an epoch, at least one."""
        return max(1, self.least, round(self.fraction * len(self.index)))

    def epoch(self, number: int) -> Generator[Batch, None, None]:
        """Yield the batches of an epoch in stacks of equal ones.

        Images float32 (steps, batch, image_size, image_size, 3), labels int32 (steps, batch).
        Close it when breaking off, so that no thread stays behind. An error while making a batch is raised here.
        """
        made: queue.Queue[Batch | BaseException | None] = queue.Queue(AHEAD)
        stop = threading.Event()
        maker = threading.Thread(target=self._make, args=(number, made, stop), daemon=True)
        maker.start()
        try:
            while (batch := self._next(made)) is not None:
                yield batch
        finally:
            stop.set()
            # The maker may be waiting for room.
            while maker.is_alive():
                with contextlib.suppress(queue.Empty):
                    made.get(timeout=0.05)

    def _next(self, made: "queue.Queue[Batch | BaseException | None]") -> Batch | None:
        start = time.perf_counter()
        item = made.get()
        self.waited_seconds += time.perf_counter() - start
        if isinstance(item, BaseException):
            raise item
        return item

    def _make(self, number: int, made: "queue.Queue[Batch | BaseException | None]", stop: threading.Event) -> None:
        try:
            rng = np.random.default_rng([self.seed, number])
            for stack in self._stacks(self._order(rng)):
                busy = time.thread_time()
                batches = []
                for chosen in stack:
                    if stop.is_set():
                        return
                    batches.append(self._cut(chosen, rng))
                images, labels = zip(*batches, strict=True)
                stacked = np.stack(images), np.stack(labels)
                self.making_seconds += time.thread_time() - busy
                made.put(stacked)
            made.put(None)
        except BaseException as error:  # Handed to the consumer, which raises it
            made.put(error)

    def _stacks(self, order: npt.NDArray[np.intp]) -> Iterator[npt.NDArray[np.intp]]:
        """Yield which images the batches of each stack hold, shape (steps, batch)."""
        whole = len(order) // self.batch_size
        # In the order of memory: reading is faster, and a batch has no order.
        batches = np.sort(order[: whole * self.batch_size].reshape(whole, self.batch_size))
        start, steps = 0, 1
        while start < whole:
            yield batches[start : start + steps]
            start, steps = start + steps, min(2 * steps, self.together)
        if rest := len(order) % self.batch_size:
            yield np.sort(order[-rest:])[np.newaxis]

    def _cut(self, chosen: npt.NDArray[np.intp], rng: np.random.Generator) -> Batch:
        size, labels, changes = self.crops.image_size, self.labels[chosen], None
        if not self.augmentation.moves_nothing:
            changes = affine_matrices(self.augmentation, count=len(chosen), image_size=size, rng=rng)
        if self.flips and self.augmentation.flip_probability:
            mirrors, labels = flip_some(
                labels, self.flips, share=self.augmentation.flip_probability, image_size=size, rng=rng
            )
            changes = mirrors if changes is None else compose(mirrors, changes)
        images = self.crops.batch(chosen, changes)
        return augment_photometric(images, self.augmentation, rng), labels

    def _order(self, rng: np.random.Generator) -> npt.NDArray[np.intp]:
        if not self.balance:
            # Each once before one comes again.
            turns = -(-self.images_per_epoch // len(self.index))
            return np.concatenate([rng.permutation(self.index) for _ in range(turns)])[: self.images_per_epoch]
        labels = self.labels[self.index]
        weights = np.bincount(labels)[labels] ** -self.balance
        return rng.choice(self.index, self.images_per_epoch, p=weights / weights.sum())
