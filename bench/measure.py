"""The measurements, each of both sides in one process, in turns, so that a drifting machine moves both."""

import multiprocessing
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from bench import tutorial_port
from roadsigns.datasets.reader import read_training
from roadsigns.loading.batches import TrainingBatches
from roadsigns.loading.load import PreparedImages, load_prepared
from roadsigns.models.build import build_training_network
from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.prepare import Preparation, prepare
from roadsigns.recipe import load_recipe
from roadsigns.training.optimization.compile import compile_network
from roadsigns.training.optimization.precision import choose_precision
from roadsigns.training.optimization.steps import STEPS_TOGETHER, Steps

ONE_CORE_IMAGES = 500
ONE_CORE_TURN = 100
TUTORIAL_PART = 10
PREPARE_RUNS = 3
# Many short turns: the speed of a shared machine drifts within seconds.
ROUNDS = 15
STEPS = 40
BATCH_SIZE = 32

WARM_UP_STEPS = 20

# Trains so many steps and returns the seconds it waited for data, as far as that is known.
Run = Callable[[int], float]


class Turn(NamedTuple):
    """What one side did in one turn."""

    images: int
    seconds: float
    waited: float


def prepare_one_core(data: Path) -> dict[str, float]:
    """Time both preparations of the same decoded images, in turns, in one thread."""
    samples = read_training(data).samples
    chosen = np.random.default_rng(0).choice(len(samples), ONE_CORE_IMAGES, replace=False)
    images = [read_image(samples[index].path) for index in chosen]
    ours = theirs = 0.0
    for start in range(0, len(images), ONE_CORE_TURN):
        turn = images[start : start + ONE_CORE_TURN]
        before = time.process_time()
        for image in turn:
            prepare(image, Preparation("tutorial", 48))
        between = time.process_time()
        for image in turn:
            tutorial_port.preprocess_img(image)
        theirs += time.process_time() - between
        ours += between - before
    return {
        "images": len(images),
        "ours_us": ours / len(images) * 1e6,
        "tutorial_us": theirs / len(images) * 1e6,
        "ratio": theirs / ours,
    }


def prepare_everything(data: Path) -> dict[str, float]:
    """Time files to prepared arrays: ours whole and without cache, the tutorial's on every tenth image, scaled."""
    seconds = []
    for _ in range(PREPARE_RUNS):
        start = time.perf_counter()
        _load(data)
        seconds.append(time.perf_counter() - start)
    paths = tutorial_port.image_paths(data)
    start = time.perf_counter()
    tutorial_port.load_images(paths[::TUTORIAL_PART])
    theirs = (time.perf_counter() - start) * len(paths) / len(paths[::TUTORIAL_PART])
    return {"n": PREPARE_RUNS, "ours_s": median(seconds), "tutorial_s": theirs, "ratio": theirs / median(seconds)}


def train_side_by_side(data: Path) -> dict[str, Any]:
    """Time rounds of steps of both sides in turns: same network, batch size and augmentation; warm-up excluded.

    Each side has a process of its own, as in real life: the generator data set that Keras's `fit` makes changes how its
    process allocates memory, which would slow the other side down.
    """
    context = multiprocessing.get_context("spawn")
    pipes = {}
    for name, side in (("ours", _our_side), ("tutorial", _their_side)):
        pipes[name], other = context.Pipe()
        context.Process(target=_serve, args=(side, data, other), daemon=True).start()
    turns: dict[str, list[Turn]] = {name: [] for name in pipes}
    for pipe in pipes.values():
        pipe.send(WARM_UP_STEPS)
        pipe.recv()
    for _ in range(ROUNDS):
        for name, pipe in pipes.items():
            pipe.send(STEPS)
            turns[name].append(pipe.recv())
    for pipe in pipes.values():
        pipe.send(0)
    rates = {name: [turn.images / turn.seconds for turn in side] for name, side in turns.items()}
    ratios = [ours / theirs for ours, theirs in zip(rates["ours"], rates["tutorial"], strict=True)]
    return {
        "n": ROUNDS,
        "precision": choose_precision("auto"),
        "ours": median(rates["ours"]),
        "tutorial": median(rates["tutorial"]),
        "ratio": median(ratios),
        "ratios": " ".join(f"{ratio:.2f}" for ratio in ratios),
        "waiting_percent": 100
        * sum(turn.waited for turn in turns["ours"])
        / sum(turn.seconds for turn in turns["ours"]),
    }


def _serve(side: Callable[[PreparedImages], Run], data: Path, pipe: Any) -> None:
    """Set one side up, then run as many steps as the pipe asks for, until it asks for none."""
    run = side(_load(data))
    while steps := pipe.recv():
        start = time.perf_counter()
        waited = run(steps)
        pipe.send(Turn(steps * BATCH_SIZE, time.perf_counter() - start, waited))


def _load(data: Path) -> PreparedImages:
    return load_prepared(read_training(data).samples, Preparation("tutorial", 48), cache_folder=None)


def _our_side(prepared: PreparedImages) -> Run:
    recipe = load_recipe("tutorial-augmented")
    precision = choose_precision(recipe.training.precision)
    index = np.arange(len(prepared.labels))
    augmentation = recipe.augmentation
    batches = TrainingBatches(
        prepared.crops, prepared.labels, index, BATCH_SIZE, augmentation, 0, max_stack=STEPS_TOGETHER
    )
    network = build_training_network("tutorial", num_classes=43, image_size=48, precision=precision, seed=0)
    compile_network(network, recipe.training, steps_per_epoch=len(batches))
    take = Steps(network).take

    def run(steps: int) -> float:
        waited = batches.waiting.waited_seconds
        with closing(batches.epoch(0)) as epoch:
            for images, labels in epoch:
                taken = take(images[:steps], labels[:steps])
                steps -= len(taken)
                if not steps:
                    break
        return batches.waiting.waited_seconds - waited

    return run


def _their_side(prepared: PreparedImages) -> Run:
    # A part of the set: theirs holds float32 in memory, and a round sees no more of it than this.
    part = np.random.default_rng(0).choice(len(prepared.labels), STEPS * BATCH_SIZE, replace=False)
    targets = np.eye(tutorial_port.NUM_CLASSES, dtype="uint8")[prepared.labels[part]]
    model = tutorial_port.compiled_model()
    flow = tutorial_port.augmented_batches(prepared.crops.batch(part), targets, BATCH_SIZE)

    def run(steps: int) -> float:
        model.fit(flow, steps_per_epoch=steps, epochs=1, verbose=0)
        return 0.0

    return run
