"""Shuffled, augmented training batches, made ahead in a thread and delivered in stacks."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from roadsigns.augmentation.degradation import choose_degradations
from roadsigns.augmentation.flips import flip_some
from roadsigns.augmentation.geometric import Augmentation, affine_matrices
from roadsigns.augmentation.own_augmentation import OwnAugmentation
from roadsigns.augmentation.photometric import augment_photometric
from roadsigns.loading.ahead import Waiting, made_ahead
from roadsigns.loading.crops import Crops
from roadsigns.preprocessing.crop_transform import compose
from roadsigns.types import Flip

__all__ = ["TrainingBatches"]

Batch = tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]


@dataclass(slots=True)
class TrainingBatches:
    """The batches of every epoch. They follow from seed and epoch, so that a resumed run sees what it would have seen.

    Attributes:
        crops: The network's inputs.
        labels: Class ids, shape (count,), int32.
        index: The indices of the training images, shape (train_count,).
        batch_size: The last batch of an epoch may be smaller.
        augmentation: The random changes.
        seed: Determines the order and the augmentation.
        fraction: Fraction of the images that an epoch draws, above 0, at most 1.
        balance: Between 0, every image equally often, and 1, every class equally often: a class is drawn in proportion
            to its size to the power of 1 minus this, and images of small classes more than once.
        min_images: The fewest images that an epoch draws. If there are fewer, each comes several times, with different
            augmentation.
        max_stack: The most batches delivered at once. An epoch begins with one, so that training starts at once, then
            two, four and so on.
        flips: Which classes may be mirrored, and which class they then show; empty for custom classes.
        own_augmentation: Changes the images after all other changes; None for nothing.
        negatives: The indices of images of none of the classes, shape (negative_count,).
        negative_share: Which part of an epoch's images are negatives, each equally often.
        waiting: How long the consumer has waited for data, and the CPU time spent on making it.
    """

    crops: Crops
    labels: npt.NDArray[np.int32]
    index: npt.NDArray[np.intp]
    batch_size: int
    augmentation: Augmentation
    seed: int
    fraction: float = 1.0
    balance: float = 0.0
    min_images: int = 0
    max_stack: int = 1
    flips: Mapping[int, Sequence[Flip]] = field(default_factory=dict)
    own_augmentation: OwnAugmentation | None = None
    negatives: npt.NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))
    negative_share: float = 0.0
    waiting: Waiting = field(default_factory=Waiting, init=False)

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return (self.images_per_epoch + self.batch_size - 1) // self.batch_size

    @property
    def images_per_epoch(self) -> int:
        """The number of images in an epoch, at least one."""
        return max(1, self.min_images, round(self.fraction * len(self.index)))

    def epoch(self, number: int) -> Generator[Batch, None, None]:
        """Yield the batches of an epoch in stacks of batches of equal size.

        Close the generator when stopping early, so that its thread ends. An error while making a batch is raised here.

        Yields:
            Images, float32, shape (steps, batch, image_size, image_size, 3), and labels, int32, shape (steps, batch).
        """
        yield from made_ahead(partial(self._make, number), self.waiting)

    def _make(self, number: int) -> Iterator[Batch]:
        rng = np.random.default_rng([self.seed, number])
        for stack in self._stacks(self._order(rng)):
            images, labels = zip(*(self._make_batch(chosen, rng) for chosen in stack), strict=True)
            yield np.stack(images), np.stack(labels)

    def _stacks(self, order: npt.NDArray[np.intp]) -> Iterator[npt.NDArray[np.intp]]:
        """Yield the image indices of each stack, shape (steps, batch)."""
        whole = len(order) // self.batch_size
        # In memory order: reading is faster, and the order within a batch does not matter.
        batches = np.sort(order[: whole * self.batch_size].reshape(whole, self.batch_size))
        start, steps = 0, 1
        while start < whole:
            yield batches[start : start + steps]
            start, steps = start + steps, min(2 * steps, self.max_stack)
        if rest := len(order) % self.batch_size:
            yield np.sort(order[-rest:])[np.newaxis]

    def _make_batch(self, chosen: npt.NDArray[np.intp], rng: np.random.Generator) -> Batch:
        size, labels, changes = self.crops.image_size, self.labels[chosen], None
        if not self.augmentation.moves_nothing:
            changes = affine_matrices(self.augmentation, count=len(chosen), image_size=size, rng=rng)
        if self.flips and self.augmentation.flip_probability:
            mirrors, labels = flip_some(
                labels, self.flips, share=self.augmentation.flip_probability, image_size=size, rng=rng
            )
            changes = mirrors if changes is None else compose(mirrors, changes)
        degradations = choose_degradations(len(chosen), self.augmentation, rng)
        images = self.crops.batch(chosen, changes, degradations)
        images = augment_photometric(images, self.augmentation, rng)
        return self.own_augmentation(images, rng) if self.own_augmentation else images, labels

    def _order(self, rng: np.random.Generator) -> npt.NDArray[np.intp]:
        negatives = round(self.negative_share * self.images_per_epoch) if len(self.negatives) else 0
        known = self._known(self.images_per_epoch - negatives, rng)
        if not negatives:
            return known
        return rng.permutation(np.concatenate([known, _each_equally_often(self.negatives, negatives, rng)]))

    def _known(self, count: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
        if not self.balance:
            return _each_equally_often(self.index, count, rng)
        labels = self.labels[self.index]
        weights = np.bincount(labels)[labels] ** -self.balance
        return rng.choice(self.index, count, p=weights / weights.sum())


def _each_equally_often(index: npt.NDArray[np.intp], count: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Draw images in random order, each once before any comes again."""
    turns = -(-count // len(index))
    return np.concatenate([rng.permutation(index) for _ in range(turns)])[:count]
