"""Batches: nothing lost, nothing read too early."""

from hypothesis import given
from hypothesis import strategies as st

from roadsigns.inference.batches import BATCH, SMALL_BATCHES, in_batches


@given(st.integers(0, 1000), st.integers(1, 4))
def test_batches_hold_every_item_in_order(count, threads):
    """None is empty, and only the last one is shorter than it should be."""
    batches = list(in_batches(iter(range(count)), threads))

    assert [item for batch in batches for item in batch] == list(range(count))
    small = SMALL_BATCHES * threads
    sizes = [BATCH if number < small else 2 * BATCH for number in range(len(batches))]
    assert [len(batch) for batch in batches[:-1]] == sizes[:-1]
    assert all(0 < len(batch) <= size for batch, size in zip(batches, sizes, strict=True))


def test_items_are_taken_only_when_they_are_asked_for():
    """A generator may be endless, or a camera."""
    taken = iter(range(1000))

    next(in_batches(taken, 1))

    assert next(taken) == BATCH
