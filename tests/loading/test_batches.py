"""Training batches: what they hold, how they repeat, and what becomes of their thread."""

import contextlib
import itertools
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.augmentation.geometric import Augmentation
from roadsigns.loading import batches as module
from roadsigns.loading.batches import TrainingBatches
from roadsigns.loading.crops import Crops
from roadsigns.types import Flip

IMAGE_SIZE = 4
MOVED = Augmentation(rotation_degrees=10, shift=0.1, zoom=0.2, shear_degrees=5)


def make_batches(count=10, *, chosen=None, batch_size=4, augmentation=None, seed=0, **drawn):
    """Batches of images whose every pixel tells which image it is, labelled with its position."""
    values = (np.arange(count, dtype=np.float16) / 1024).reshape(-1, 1, 1, 1)
    images = np.broadcast_to(values, (count, IMAGE_SIZE, IMAGE_SIZE, 3)).astype(np.float16)
    index = np.arange(count) if chosen is None else np.array(chosen, np.intp)
    crops = Crops(list(images), None, IMAGE_SIZE)
    labels = np.arange(count, dtype=np.int32)
    return TrainingBatches(crops, labels, index, batch_size, augmentation or Augmentation(), seed, **drawn)


def each(batches, number=0):
    """The batches of an epoch, out of their stacks."""
    with contextlib.closing(batches.epoch(number)) as stacks:
        for images, labels in stacks:
            yield from zip(images, labels, strict=True)


@settings(max_examples=25)
@given(
    count=st.integers(1, 30),
    batch_size=st.integers(1, 12),
    max_stack=st.integers(1, 9),
    seed=st.integers(0, 2**31 - 1),
    data=st.data(),
)
def test_each_chosen_image_comes_once_an_epoch(count, batch_size, max_stack, seed, data):
    """Whatever is chosen and however large a batch is, an epoch holds the chosen images once, each with its label."""
    chosen = data.draw(st.lists(st.integers(0, count - 1), min_size=1, unique=True))
    batches = make_batches(count, chosen=sorted(chosen), batch_size=batch_size, seed=seed, max_stack=max_stack)

    epoch = list(each(batches, data.draw(st.integers(0, 100))))

    labels = np.concatenate([labels for _, labels in epoch])
    assert sorted(labels.tolist()) == sorted(chosen)
    images = np.concatenate([images for images, _ in epoch])
    np.testing.assert_allclose(images[:, 0, 0, 0] * 1024, labels, atol=1e-3)
    assert len(epoch) == len(batches)
    assert [len(labels) for _, labels in epoch[:-1]] == [batch_size] * (len(batches) - 1)


def test_the_last_batch_holds_what_is_left():
    """Ten images in fours: four, four, two."""
    assert [images.shape for images, _ in each(make_batches(10, batch_size=4))] == [
        (4, IMAGE_SIZE, IMAGE_SIZE, 3),
        (4, IMAGE_SIZE, IMAGE_SIZE, 3),
        (2, IMAGE_SIZE, IMAGE_SIZE, 3),
    ]


@pytest.mark.parametrize(
    ("count", "max_stack", "steps"),
    [(40, 1, [1] * 10), (40, 4, [1, 2, 4, 3]), (41, 8, [1, 2, 4, 3, 1]), (3, 8, [1]), (4, 8, [1]), (12, 8, [1, 2])],
)
def test_stacks_grow_to_what_is_handed_over_together(count, max_stack, steps):
    """In fours: one, two, four batches and so on; the last of an epoch, which is smaller, by itself."""
    stacks = list(make_batches(count, batch_size=4, max_stack=max_stack).epoch(0))

    assert [images.shape[0] for images, _ in stacks] == [labels.shape[0] for _, labels in stacks] == steps
    assert {images.shape[1:] for images, _ in stacks[:-1]} <= {(4, IMAGE_SIZE, IMAGE_SIZE, 3)}


def test_batches_do_not_depend_on_how_many_are_handed_over_together():
    """The same images, changed the same way."""
    alone, stacked = (list(each(make_batches(30, augmentation=MOVED, max_stack=most))) for most in (1, 8))

    for (images, labels), (same_images, same_labels) in zip(alone, stacked, strict=True):
        np.testing.assert_array_equal(images, same_images)
        np.testing.assert_array_equal(labels, same_labels)


def test_images_are_float32_and_labels_int32():
    images, labels = next(each(make_batches()))

    assert (images.dtype, labels.dtype) == (np.float32, np.int32)


def test_the_same_seed_and_epoch_give_the_same_batches():
    """A new object, as after a resume, augments and orders as the first did."""
    first, second = (list(each(make_batches(augmentation=MOVED, seed=3), 7)) for _ in range(2))

    for (images, labels), (again, same_labels) in zip(first, second, strict=True):
        np.testing.assert_array_equal(images, again)
        np.testing.assert_array_equal(labels, same_labels)


def test_an_epoch_does_not_depend_on_the_epochs_before():
    """Epoch 2 is the same, whether epochs 0 and 1 were run or not."""
    alone, after = make_batches(augmentation=MOVED), make_batches(augmentation=MOVED)
    for number in (0, 1):
        list(after.epoch(number))

    for (images, _), (again, _) in zip(each(alone, 2), each(after, 2), strict=True):
        np.testing.assert_array_equal(images, again)


@pytest.mark.parametrize(("seed", "epoch"), [(0, 1), (1, 0)])
def test_another_seed_or_epoch_gives_another_order(seed, epoch):
    """Sixty images in the same order by chance would be a wonder."""

    def order(batches, number):
        return [set(labels.tolist()) for _, labels in each(batches, number)]

    assert order(make_batches(60, seed=0), 0) != order(make_batches(60, seed=seed), epoch)


def test_the_images_themselves_are_never_changed():
    """Augmentation works on copies."""
    batches = make_batches(augmentation=MOVED)
    before = [image.copy() for image in batches.crops.pixels]

    list(batches.epoch(0))

    np.testing.assert_array_equal(batches.crops.pixels, before)


@pytest.mark.parametrize("good", [0, 2, 12])
def test_an_error_in_the_making_thread_reaches_the_consumer(monkeypatch, good):
    """After the good batches, even more than fit the queue, comes the error itself; no thread stays."""
    calls = itertools.count()

    def fail_after(images, augmentation, rng):
        if next(calls) >= good:
            raise ValueError("no more")
        return images

    monkeypatch.setattr(module, "augment_photometric", fail_after)
    before = threading.active_count()
    got = []

    with pytest.raises(ValueError, match="no more"):
        got.extend(make_batches(20, batch_size=1).epoch(0))

    assert threading.active_count() == before


@pytest.mark.parametrize("taken", [0, 1, 5])
def test_breaking_off_leaves_no_thread(taken):
    """A maker that waits for room in the queue ends, too."""
    before = threading.active_count()

    with contextlib.closing(make_batches(200, batch_size=1).epoch(0)) as epoch:
        for _ in itertools.islice(epoch, taken):
            pass

    assert threading.active_count() == before


def test_a_whole_epoch_leaves_no_thread():
    before = threading.active_count()

    list(make_batches().epoch(0))

    assert threading.active_count() == before


def test_waiting_for_data_is_counted(monkeypatch):
    """A batch that takes 0.3 s to make is waited for; the counter continues over the epochs."""

    def slow(images, augmentation, rng):
        time.sleep(0.3)
        return images

    monkeypatch.setattr(module, "augment_photometric", slow)
    batches = make_batches(4, batch_size=4)

    list(batches.epoch(0))
    once = batches.waiting.waited_seconds
    list(batches.epoch(1))

    assert once > 0.1
    assert batches.waiting.waited_seconds - once > 0.1


def test_a_slow_consumer_does_not_wait(monkeypatch):
    """While it works on one batch, the next ones are made."""

    def slow(images, augmentation, rng):
        time.sleep(0.1)
        return images

    monkeypatch.setattr(module, "augment_photometric", slow)
    batches = make_batches(16, batch_size=4)

    epoch = batches.epoch(0)
    next(epoch)
    first = batches.waiting.waited_seconds
    time.sleep(0.6)
    rest = list(epoch)

    assert len(rest) == 3
    assert batches.waiting.waited_seconds - first < 0.15


@given(st.integers(1, 40), st.floats(0.01, 1))
def test_an_epoch_draws_its_fraction_without_repeating(count, fraction):
    """At least one image; as many batches as were said."""
    batches = make_batches(count, fraction=fraction)

    epoch = list(each(batches))

    labels = np.concatenate([labels for _, labels in epoch]).tolist()
    assert len(labels) == len(set(labels)) == batches.images_per_epoch == max(1, round(fraction * count))
    assert len(epoch) == len(batches)


@given(st.integers(1, 40), st.integers(0, 130), st.floats(0.01, 1))
def test_an_epoch_of_few_images_draws_each_as_often(count, min_images, fraction):
    """At least so many; none a second time more often than another."""
    batches = make_batches(count, min_images=min_images, fraction=fraction)

    labels = np.concatenate([labels for _, labels in each(batches)])

    assert len(labels) == batches.images_per_epoch == max(1, min_images, round(fraction * count))
    times = np.bincount(labels, minlength=count)
    if len(labels) >= count:
        assert times.max() - times.min() <= 1
    else:
        assert times.max() == 1


def test_the_next_epoch_draws_others():
    """In the long run all images train."""
    batches = make_batches(40, fraction=0.25)

    seen = {label for epoch in range(30) for _, labels in each(batches, epoch) for label in labels.tolist()}

    assert len(seen) == 40


def test_making_counts_the_cpu_time_of_the_maker_alone(monkeypatch):
    """Neither the consumer's CPU time, nor waiting for it."""
    batches = make_batches(12, batch_size=4)
    cut = TrainingBatches._make_batch

    def compute():
        until = time.thread_time() + 0.05
        while time.thread_time() < until:
            pass

    def cut_slowly(*arguments):
        compute()
        return cut(*arguments)

    monkeypatch.setattr(TrainingBatches, "_make_batch", cut_slowly)

    for _ in each(batches):
        compute()
        compute()

    assert 3 * 0.05 <= batches.waiting.making_seconds < 3 * 0.05 + 0.1


@pytest.mark.parametrize(("balance", "share"), [(0.0, 0.1), (0.5, 0.25), (1.0, 0.5)])
def test_balance_draws_small_classes_more_often(balance, share):
    """A class of 100 images beside one of 900: at 1 as often, at one half as the roots of their sizes, 10 to 30."""
    batches = make_batches(1000, batch_size=1000, balance=balance)
    batches.labels = (np.arange(1000) >= 100).astype(np.int32)

    drawn = np.concatenate([labels for epoch in range(10) for _, labels in each(batches, epoch)])

    assert np.mean(drawn == 0) == pytest.approx(share, abs=0.02)
    assert len(drawn) == 10_000


def test_a_mirrored_image_carries_the_label_of_what_it_shows():
    """Half of them, with or without a movement; nobody's labels are written to."""
    image = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1).repeat(3, axis=3) / 16
    labels = np.full(400, 19, np.int32)
    crops = Crops(list(np.repeat(image, 400, axis=0)), None, 4)
    flips = {19: (Flip(True, False, 20),)}
    for augmentation in (Augmentation(flip_probability=0.5), Augmentation(flip_probability=0.5, shift=0.01)):
        batches = TrainingBatches(crops, labels, np.arange(400), 400, augmentation, 0, flips=flips)

        images, shown = next(each(batches))

        assert 150 < (shown == 20).sum() < 250
        # Brighter to the right as it is, to the left where it is mirrored.
        falls = images[:, 0, 0, 0] > images[:, 0, 3, 0]
        np.testing.assert_array_equal(falls, shown == 20)
    assert (labels == 19).all()


def test_negatives_have_their_share_of_an_epoch():
    """Each as often as the others; the known images share the rest."""
    batches = make_batches(40, chosen=range(30), negatives=np.arange(30, 40), negative_share=0.25, min_images=80)

    labels = np.concatenate([labels for _, labels in each(batches)])

    assert len(labels) == 80
    assert np.bincount(labels, minlength=40)[30:].tolist() == [2] * 10
    assert set(labels[labels < 30].tolist()) == set(range(30))


def test_negatives_are_mixed_with_known_images():
    """No batch is all of one or the other."""
    batches = make_batches(400, chosen=range(200), batch_size=50, negatives=np.arange(200, 400), negative_share=0.5)

    shares = [(labels >= 200).mean() for _, labels in each(batches)]

    assert all(0.2 < share < 0.8 for share in shares)


def test_without_a_share_negatives_never_come():
    batches = make_batches(20, chosen=range(10), negatives=np.arange(10, 20))

    assert sorted(np.concatenate([labels for _, labels in each(batches)]).tolist()) == list(range(10))
