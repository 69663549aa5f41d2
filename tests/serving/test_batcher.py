"""The batcher, without a network."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from roadsigns.serving.batcher import Batcher, QueueFullError


def run(scenario, compute=lambda items: items, **options):
    """Run a scenario with a batcher; return its result and the batch sizes."""
    sizes = []
    usual = {"largest": 4, "wait_seconds": 0.01, "limit": 100, "observe": sizes.append}

    async def main():
        batcher = Batcher(compute, **usual | options)
        try:
            return await scenario(batcher)
        finally:
            await batcher.close()

    return asyncio.run(main()), sizes


def test_items_that_arrive_together_are_computed_together():
    """Simultaneous requests share a batch, a full batch starts at once, and each request gets its own results."""

    async def scenario(batcher):
        requests = [batcher.submit([n, n + 10]) for n in range(3)]
        return [await asyncio.gather(*request) for request in requests]

    results, sizes = run(scenario, lambda items: [f"<{item}>" for item in items])

    assert results == [["<0>", "<10>"], ["<1>", "<11>"], ["<2>", "<12>"]]
    assert sizes == [4, 2]


def test_single_item_waits_no_longer_than_allowed():
    """Others may never arrive."""

    async def scenario(batcher):
        started = time.monotonic()
        await batcher.submit([1])[0]
        return time.monotonic() - started

    seconds, sizes = run(scenario, wait_seconds=0.05)

    assert sizes == [1]
    assert 0.04 < seconds < 2


def test_items_that_arrive_during_a_batch_start_after_it():
    """Without another wait, which would be a minute here."""
    go = threading.Event()

    def compute(items):
        go.wait(10)
        return items

    async def scenario(batcher):
        first = batcher.submit(list(range(8)))
        second = batcher.submit([8, 9])
        go.set()
        return await asyncio.gather(*first, *second)

    results, sizes = run(scenario, compute, wait_seconds=60)

    assert results == list(range(10))
    assert sizes == [4, 4, 2]


def test_full_queue_takes_a_request_whole_or_not_at_all():
    """It says when to retry, and accepts items again once there is room."""

    async def scenario(batcher):
        first = batcher.submit([1, 2, 3])
        with pytest.raises(QueueFullError) as refused:
            batcher.submit([4, 5])
        assert 1 <= refused.value.retry_seconds <= 60
        last = batcher.submit([4])
        await asyncio.gather(*first, *last)
        assert batcher.unanswered == 0
        return await asyncio.gather(*batcher.submit([5, 6, 7, 8]))

    assert run(scenario, limit=4)[0] == [5, 6, 7, 8]


def test_exception_in_a_batch_stays_in_it():
    """The next batch is computed."""

    def compute(items):
        if "bad" in items:
            raise ZeroDivisionError
        return items

    async def scenario(batcher):
        first = await asyncio.gather(*batcher.submit(["bad", "by its side"]), return_exceptions=True)
        return first, await batcher.submit(["good"])[0]

    (first, second), _ = run(scenario, compute)

    assert [type(result) for result in first] == [ZeroDivisionError] * 2
    assert second == "good"


def test_cancelled_items_are_not_computed():
    async def scenario(batcher):
        left, stays = batcher.submit([1]), batcher.submit([2])
        left[0].cancel()
        result = await stays[0]
        assert batcher.unanswered == 0
        return result

    assert run(scenario) == (2, [1])


def test_later_result_does_not_hold_up_its_batch():
    """It arrives later, and so does its exception."""
    go = threading.Event()

    def slow(item):
        go.wait(10)
        if item < 0:
            raise ValueError
        return item

    with ThreadPoolExecutor(2) as pool:

        def compute(items):
            return [pool.submit(slow, item) if abs(item) > 9 else item for item in items]

        async def scenario(batcher):
            quick, late, wrong = batcher.submit([1, 10, -10])
            assert await quick == 1
            assert not late.done()
            assert batcher.unanswered == 2
            go.set()
            return await asyncio.gather(late, wrong, return_exceptions=True)

        (late, wrong), _ = run(scenario, compute)

    assert late == 10
    assert isinstance(wrong, ValueError)


@pytest.mark.parametrize("cancelled_in_its_batch", [False, True])
def test_later_result_that_nobody_waits_for_is_not_computed(cancelled_in_its_batch):
    """Else those that gave up would be computed in vain, before those that wait."""
    go, computing, batched = threading.Event(), threading.Event(), threading.Event()
    computed = []

    def slow(item):
        computed.append(item)
        computing.set()
        go.wait(10)
        return item

    with ThreadPoolExecutor(1) as pool:

        def compute(items):
            later = [pool.submit(slow, item) for item in items]
            computing.wait(10)
            if cancelled_in_its_batch:
                batched.wait(10)
            return later

        async def scenario(batcher):
            first, given_up, last = batcher.submit([1, 2, 3])
            while not computing.is_set():
                await asyncio.sleep(0.001)
            if not cancelled_in_its_batch:
                # The batch is over, and what it has put off is known.
                await asyncio.sleep(0.1)
            given_up.cancel()
            batched.set()
            await asyncio.sleep(0.1)
            go.set()
            return await asyncio.gather(first, last)

        results, _ = run(scenario, compute)

    assert results == [1, 3]
    assert computed == [1, 3]


def test_close_finishes_queued_items():
    """Including those of a batch that is not full yet."""

    async def scenario(batcher):
        results = batcher.submit([1, 2, 3])
        await batcher.close()
        return [result.result() for result in results]

    assert run(scenario)[0] == [1, 2, 3]
