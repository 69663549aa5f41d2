"""The whole of the tutorial, timed in a process of its own: preparing, 30 epochs plain, 30 epochs augmented.

    python -m bench.tutorial_side GTSRB                          # a part: a tenth prepared, two epochs of each, scaled
    python -m bench.tutorial_side GTSRB --part 1 --epochs 30     # all of it

Prints one JSON object. It trains on 80 % of the images, as the tutorial does, but holds out whole groups of look-alike
tracks: on the tutorial's random 20 % its errors could not be laid beside anybody's. Starting Python and importing Keras
are not counted, nor is reading the test set. Both favour this side.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from roadsigns.cli.shared.process import make_keras_import_quiet
from roadsigns.datasets.reader import read_training
from roadsigns.datasets.splits import split_samples
from roadsigns.keras_import import import_keras
from roadsigns.loading.load import load_prepared
from roadsigns.preprocessing.prepare import Preparation
from roadsigns.types import Sample

make_keras_import_quiet()
import_keras()

import keras  # noqa: E402

from bench import tutorial_port  # noqa: E402

EPOCHS, BATCH_SIZE, VALIDATION_FRACTION = 30, 32, 0.2
Array = npt.NDArray[np.float32]


class EpochClock(keras.callbacks.Callback):
    """Seconds of each epoch, with its validation and its checkpoint; the first compiles."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Count from the end of the epoch before, or from the making of this clock."""
        now = time.perf_counter()
        self.seconds.append(now - self._began)
        self._began = now


def main() -> None:
    """Time it and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--part", type=int, default=10, help="prepare every so manieth image only")
    parser.add_argument("--epochs", type=int, default=2, help="train so many of the 30 epochs, plain and augmented")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(json.dumps(time_tutorial(arguments.data, arguments.part, arguments.epochs, arguments.seed)))


def time_tutorial(data: Path, part: int, epochs: int, seed: int) -> dict[str, Any]:
    """Time a part of the tutorial, or with a part of 1 and 30 epochs all of it.

    Returns:
        "prepare_s", "plain_s" and "augmented_s", scaled to the whole; what was measured for them; the files held out,
        and those of them that the best model of each training misreads, which says something when all of it was done.
    """
    samples = read_training(data).samples
    split = split_samples(samples, by="group", validation_fraction=VALIDATION_FRACTION, seed=seed)
    start = time.perf_counter()
    prepared = _prepare(samples[::part])
    measured = time.perf_counter() - start
    images = prepared if part == 1 else _prepare_fast(samples)
    held_out = {sample.path for sample in split.validation}
    validating = np.array([sample.path in held_out for sample in samples])
    targets = np.eye(tutorial_port.NUM_CLASSES, dtype="uint8")[[sample.class_id for sample in samples]]
    figures: dict[str, Any] = {
        "epochs": epochs,
        "prepared": len(prepared),
        "prepare_s": measured * len(samples) / len(prepared),
        "train_images": len(split.train),
        "held_out": [str(sample.path) for sample in split.validation],
    }
    keras.utils.set_random_seed(seed)
    train, validation = (
        (images[rows], targets[rows]) for rows in (np.flatnonzero(~validating), np.flatnonzero(validating))
    )
    for name, augment in (("plain", False), ("augmented", True)):
        seconds, wrong = _train(train, validation, epochs=epochs, augment=augment)
        figures[f"{name}_epoch_s"] = seconds
        figures[f"{name}_s"] = scaled(seconds)
        figures[f"{name}_wrong"] = [
            str(sample.path) for sample, is_wrong in zip(split.validation, wrong, strict=True) if is_wrong
        ]
    return figures


def scaled(seconds: list[float]) -> float:
    """Return the seconds of 30 epochs from those of some: the first, which compiles, and the mean of the others."""
    if len(seconds) == 1:
        return seconds[0] * EPOCHS
    return seconds[0] + (EPOCHS - 1) * sum(seconds[1:]) / (len(seconds) - 1)


def _prepare(samples: tuple[Sample, ...]) -> Array:
    images, _ = tutorial_port.load_images([str(sample.path) for sample in samples])
    return images


def _prepare_fast(samples: tuple[Sample, ...]) -> Array:
    """Prepare all images by our code, which nobody times: to within a grey level they are the tutorial's."""
    crops = load_prepared(samples, Preparation("tutorial", tutorial_port.IMG_SIZE), cache_folder=None).crops
    if len(crops) != len(samples):
        raise SystemExit(f"{len(samples) - len(crops)} images do not decode. The tutorial's code stops at such a file.")
    return np.asarray(crops.batch(range(len(crops))), np.float32)


def _train(
    train: tuple[Array, Any], validation: tuple[Array, Any], *, epochs: int, augment: bool
) -> tuple[list[float], npt.NDArray[np.bool_]]:
    """Train as the tutorial does; give the seconds of each epoch, and which held-out images the best model misreads."""
    with tempfile.TemporaryDirectory() as folder:
        best = str(Path(folder, "model.keras"))
        # Compiling the model and the generator's `fit` are work of the tutorial, so the clock begins before them.
        clock = EpochClock()
        model = tutorial_port.compiled_model()
        options: dict[str, Any] = {
            "epochs": epochs,
            "validation_data": validation,
            "callbacks": [
                keras.callbacks.LearningRateScheduler(lambda epoch: 0.01 * 0.1 ** (epoch // 10)),
                keras.callbacks.ModelCheckpoint(best, save_best_only=True),
                clock,
            ],
            "verbose": 0,
        }
        if augment:
            model.fit(tutorial_port.augmented_batches(*train, BATCH_SIZE), **options)
        else:
            model.fit(*train, batch_size=BATCH_SIZE, **options)
        read = keras.models.load_model(best).predict(validation[0], verbose=0).argmax(axis=1)
    return clock.seconds, read != validation[1].argmax(axis=1)


if __name__ == "__main__":
    main()
