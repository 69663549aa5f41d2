"""Batches of images: as many as one thread works on before another may."""

from collections.abc import Iterator
from itertools import chain, islice, repeat
from typing import TypeVar

__all__ = ["BATCH", "in_batches"]

Item = TypeVar("Item")

# Images that one thread runs through the network at once. More are no faster: their activations leave the core's cache.
BATCH = 32
# So many batches for each thread share some hundred images out evenly. Later ones are twice as large: threads wait for
# each other whenever one prepares a batch or decides on it, which with `fast` is a quarter of the time.
SMALL_BATCHES = 4


def in_batches(items: Iterator[Item], threads: int) -> Iterator[list[Item]]:
    """Group items into lists, only as far as they are asked for.

    Args:
        items: Any number.
        threads: How many threads share the batches.

    Returns:
        Lists of `BATCH` items, later of twice as many; the last one perhaps shorter, none empty.
    """
    for size in chain(repeat(BATCH, SMALL_BATCHES * threads), repeat(2 * BATCH)):
        if not (batch := list(islice(items, size))):
            return
        yield batch
