"""Do plain Keras and roadsigns learn the same? Both train the tutorial's network by track; their errors are counted.

    python -m bench.parity GTSRB --side tutorial --epochs 3 --drop-every 1
    python -m bench.parity GTSRB --side roadsigns --epochs 3 --drop-every 1

The tutorial's side is its code ported (`tutorial_port`): `fit`, float32, its generator's augmentation, the rate dropped
by a callback, the best checkpoint by validation loss. Both see the same images, prepared as in 2017, the same split
by (class, track) and the same schedule. The whole of it is 30 epochs with a drop every 10.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from roadsigns.cli.shared.process import make_keras_import_quiet
from roadsigns.datasets.reader import read_training
from roadsigns.datasets.splits import split_samples
from roadsigns.keras_import import import_keras
from roadsigns.loading.cache import default_cache_folder
from roadsigns.loading.load import load_prepared
from roadsigns.preprocessing.prepare import Preparation
from roadsigns.training.api import train

make_keras_import_quiet()
import_keras()

import keras  # noqa: E402

from bench import tutorial_port  # noqa: E402

VALIDATION_FRACTION, BATCH_SIZE = 0.2, 32


def main() -> None:
    """Train one side and print its errors as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--side", choices=["tutorial", "roadsigns"], required=True)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--drop-every", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    train = {"tutorial": _train_tutorial, "roadsigns": _train_roadsigns}[arguments.side]
    figures = train(arguments.data, epochs=arguments.epochs, drop_every=arguments.drop_every, seed=arguments.seed)
    print(json.dumps({"side": arguments.side, "seed": arguments.seed, "epochs": arguments.epochs, **figures}))


def _train_roadsigns(data: Path, *, epochs: int, drop_every: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        figures = train(
            data,
            run=Path(folder, "run"),
            recipe="tutorial-augmented",
            seed=seed,
            overrides=["data.split=track", f"training.epochs={epochs}", f"training.drop_every_epochs={drop_every}"],
            cache_folder=default_cache_folder(),
        )
    return {"precision": figures["precision"], **figures["validation"]}


def _train_tutorial(data: Path, *, epochs: int, drop_every: int, seed: int) -> dict[str, Any]:
    samples = read_training(data).samples
    split = split_samples(samples, by="track", validation_fraction=VALIDATION_FRACTION, seed=seed)
    train, validation = (
        load_prepared(part, Preparation("tutorial", 48), cache_folder=default_cache_folder())
        for part in (split.train, split.validation)
    )
    keras.utils.set_random_seed(seed)
    model = tutorial_port.compiled_model()
    one_hot = np.eye(tutorial_port.NUM_CLASSES, dtype="uint8")
    flow = tutorial_port.augmented_batches(
        train.crops.batch(range(len(train.crops))), one_hot[train.labels], BATCH_SIZE
    )
    images = validation.crops.batch(range(len(validation.crops)))
    targets = one_hot[validation.labels]
    with tempfile.TemporaryDirectory() as folder:
        best = str(Path(folder, "model.keras"))
        model.fit(
            flow,
            epochs=epochs,
            validation_data=(images, targets),
            callbacks=[
                keras.callbacks.LearningRateScheduler(lambda epoch: 0.01 * 0.1 ** (epoch // drop_every)),
                keras.callbacks.ModelCheckpoint(best, save_best_only=True),
            ],
            verbose=2,
        )
        read = keras.models.load_model(best).predict(images, verbose=0).argmax(axis=1)
    errors = int((read != validation.labels).sum())
    return {"precision": "float32", "images": len(read), "errors": errors, "accuracy": 1 - errors / len(read)}


if __name__ == "__main__":
    main()
