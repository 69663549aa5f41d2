"""Fine-tuning on classes that the network has not seen, from few images: eight classes of GTSRB, held out.

    python -m bench.few_shot GTSRB

A recipe, shortened and on real images alone, is trained on the other 35 classes. It is then fine-tuned on a few images
of the eight (recipe `fine-tune`), from few signs, as people have them: 5 images of 3 tracks of each class, 20 of 5, 100
of 10. Beside it stands the same recipe from fresh weights on the same images. Both read every third frame of other
tracks, none of which looks as if it stood where one of those that train did (`roadsigns.datasets.groups`). The eight
train as anybody's own signs do: a folder per class, no boxes. The last line is one JSON object.
"""

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from roadsigns.datasets.gtsrb import GTSRB, GTSRB_CLASSES
from roadsigns.datasets.reader import read_training
from roadsigns.evaluation.evaluate import evaluate
from roadsigns.training.api import train as train_model
from roadsigns.types import Sample

__all__ = ["HELD_OUT", "SIZES", "choose_few", "main", "write_classes", "write_others"]

# Speed limits 70 and 120, no overtaking, right of way, stop, road works, turn right, straight on: of every kind, the
# first two much alike. Values of recipe `fine-tune` are to be chosen on others: --classes 5,7,10,12,13,17,18,38.
HELD_OUT = (4, 8, 9, 11, 14, 25, 33, 35)
# Images of a class: from so many of its tracks.
SIZES = {5: 3, 20: 5, 100: 10}
# Thirty frames of a track are nearly one.
EVERY = 3
PRETRAINED = ("training.epochs=6", "training.epoch_fraction=0.5", "data.split=none", "data.train_on=real")
# From fresh weights: as many images of the classes in an epoch as fine-tuning has, and four times the epochs.
FROM_SCRATCH = (
    "data.split=none",
    "data.train_on=real",
    "training.epoch_images=1280",
    "training.epoch_fraction=1",
    "training.epochs=24",
)
FINE_TUNED = ("data.split=none",)


def main() -> None:
    """Train, read and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--recipe", default="best", help="what is trained on the other classes")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sizes", type=_numbers, default=tuple(SIZES), help="images of a class: 5,20,100")
    parser.add_argument("--classes", type=_numbers, default=HELD_OUT, help="held out")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override of `fine-tune`")
    parser.add_argument("--no-scratch", action="store_true", help="leave out the training from fresh weights")
    parser.add_argument("--work", type=Path, help="folder that keeps the first training, and is taken up again")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        others = write_others(arguments.data, work / "others", without=arguments.classes)
        start = work / "start"
        if not (start / "figures.json").is_file():
            train_model(others, run=start, recipe=arguments.recipe, seed=0, overrides=PRETRAINED, resume=start.exists())
        ways: dict[str, dict[str, Any]] = {
            "fine-tune": {"init": str(start), "overrides": FINE_TUNED + tuple(arguments.set)},
            "from scratch": {"recipe": arguments.recipe, "overrides": FROM_SCRATCH},
        }
        if arguments.no_scratch:
            del ways["from scratch"]
        lines = []
        for size in arguments.sizes:
            for seed in range(arguments.seeds):
                few, judged = choose_few(arguments.data, arguments.classes, images=size, tracks=SIZES[size], seed=seed)
                with tempfile.TemporaryDirectory() as folder:
                    train = write_classes(few, Path(folder, "few"))
                    judge = write_classes(judged, Path(folder, "judged"))
                    for way, options in ways.items():
                        line = {"way": way, "images": size, "seed": seed}
                        lines.append(line | _measure(train, judge, run=Path(folder, way), seed=seed, **options))
                        print(json.dumps(lines[-1]), flush=True)
    print_table(lines)
    print(json.dumps({"classes": arguments.classes, "lines": lines}))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


def write_others(data: Path, folder: Path, *, without: Sequence[int]) -> Path:
    """Lay out GTSRB without some classes: links to the folders of the others, whose labels stay."""
    images = folder / GTSRB.folders.training
    images.mkdir(parents=True, exist_ok=True)
    for path in sorted((data / GTSRB.folders.training).resolve().iterdir()):
        if path.is_dir() and int(path.name) not in without and not (images / path.name).exists():
            (images / path.name).symlink_to(path)
    return folder


def choose_few(
    data: Path, classes: Sequence[int], *, images: int, tracks: int, seed: int
) -> tuple[list[Sample], list[Sample]]:
    """Choose what trains, and what judges: all tracks of which no look-alike might ever train with this seed.

    Args:
        data: The folder that holds Final_Training/Images.
        classes: Of which.
        images: How many of each train.
        tracks: From how many of its tracks.
        seed: Decides which.
    """
    by_class: dict[int, dict[str, dict[str, list[Sample]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for sample in read_training(data).samples:
        if sample.class_id in classes:
            by_class[sample.class_id][str(sample.group or sample.track)][str(sample.track)].append(sample)
    few, judged = [], []
    for class_id in sorted(by_class):
        rng = np.random.default_rng([seed, class_id])
        groups = by_class[class_id]
        pool: list[list[Sample]] = []
        for name in rng.permutation(sorted(groups)).tolist():
            # Whatever the size, the same tracks judge.
            if len(pool) < max(SIZES.values()):
                pool += groups[name].values()
            else:
                judged += [sample for track in groups[name].values() for sample in track[::EVERY]]
        few += _spread(pool[:tracks], images, rng)
    return few, judged


def _spread(tracks: list[list[Sample]], images: int, rng: np.random.Generator) -> list[Sample]:
    """Take images from tracks in turn, of each at random."""
    shuffled = [[track[index] for index in rng.permutation(len(track))] for track in tracks]
    turns = [frames[turn] for turn in range(max(map(len, shuffled))) for frames in shuffled if turn < len(frames)]
    return turns[:images]


def write_classes(samples: Sequence[Sample], folder: Path) -> Path:
    """Lay samples out as people do, a folder per class: links to the files, whose names tell track and frame."""
    for sample in samples:
        target = folder / GTSRB_CLASSES[sample.class_id].name / sample.path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(sample.path.resolve())
    return folder


def _measure(train: Path, judge: Path, *, run: Path, **options: Any) -> dict[str, Any]:
    """Train by these options of `train`, and judge."""
    import keras

    keras.backend.clear_session()
    figures = train_model(train, run=run, **options).as_dict()
    metrics = evaluate(run, judge, split="all").metrics
    return {
        "judged": metrics.images,
        "errors": metrics.errors,
        "accuracy": metrics.accuracy,
        "seconds": round(figures["seconds"].get("steps", 0), 1),
    }


def print_table(lines: Sequence[dict[str, Any]]) -> None:
    """Print accuracies: the mean of the seeds, and each."""
    found: dict[tuple[int, str], list[float]] = defaultdict(list)
    for line in lines:
        found[line["images"], line["way"]].append(line["accuracy"])
    print(f"{'images of a class':>18}  {'way':<14} {'mean':>8}   each seed")
    for (images, way), values in sorted(found.items()):
        each = "  ".join(f"{value:.2%}" for value in values)
        print(f"{images:>18}  {way:<14} {np.mean(values):>8.2%}   {each}")


if __name__ == "__main__":
    main()
