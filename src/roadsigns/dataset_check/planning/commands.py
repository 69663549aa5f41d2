"""The commands to run next on data, exact and ready to copy."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from roadsigns.dataset_check.inventory import Inventory
from roadsigns.dataset_check.planning.counts import ClassCounts, SampledSizes
from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.datasets.registry import known_spec

__all__ = ["PlannedCommand", "next_commands"]

# Up to so many images of a class, fine-tuning reads more than training from random weights: experiment 0017.
MAX_FINE_TUNED = 100


@dataclass(frozen=True, slots=True)
class PlannedCommand:
    """A command to run.

    Attributes:
        command: For a shell, with everything quoted.
        reason: What it is for.
    """

    command: str
    reason: str


def next_commands(
    data: Path, inventory: Inventory, counts: Sequence[ClassCounts], sizes: SampledSizes | None, *, trainable: bool
) -> tuple[PlannedCommand, ...]:
    """Return the commands to run, in order.

    Args:
        data: As it was given.
        inventory: What was found in it.
        counts: Images of each class.
        sizes: Of a few images; None where none of them decodes.
        trainable: Whether nothing prevents a training; otherwise only the commands that look at the data.
    """
    given = str(data) if not str(data).startswith("-") else f"./{data}"
    return tuple(
        PlannedCommand(shlex.join(["roadsigns", *words]), reason)
        for words, reason in _commands(given, inventory, counts, sizes, trainable=trainable)
    )


def _commands(
    data: str, inventory: Inventory, counts: Sequence[ClassCounts], sizes: SampledSizes | None, *, trainable: bool
) -> Iterator[tuple[list[str], str]]:
    yield ["check", data], "opens every image and lists broken files, duplicates and wrong boxes"
    spec = known_spec([sign.name for sign in inventory.classes])
    has_test = any(one.test for one in counts)
    if spec and inventory.names:
        split = "test" if has_test else "validation" if inventory.source == spec.name else "all"
        if split != "validation":
            reason = f"the built-in model knows {spec.name}'s classes: see how it reads these images before you train"
            yield ["evaluate", "best", "--data", data, "--split", split], reason
    if not trainable:
        return
    yield ["sheet", data, "--out", "sheet.png"], "puts images of every class on one page: are the labels right?"
    run = _free_run(data)
    validates = any(one.validation for one in counts) or any(one.signs > 1 for one in counts)
    yield from _trainings(data, run, inventory, counts, validates=validates, has_drawings=bool(spec and spec.drawings))
    if validates:
        yield (
            ["evaluate", run, "--data", data, "--split", "validation"],
            "measures it on images that it was not trained on",
        )
    if has_test:
        yield ["evaluate", run, "--data", data, "--split", "test"], "measures it on your test images: last, and once"
    yield ["predict", "--model", run, _example(data, sizes)], "reads images; a file, a folder, a list or an archive"


def _trainings(
    data: str, run: str, inventory: Inventory, counts: Sequence[ClassCounts], *, validates: bool, has_drawings: bool
) -> Iterator[tuple[list[str], str]]:
    middle = int(np.median([one.training for one in counts if one.training]))
    split = [] if validates else ["--set", "data.split=none"]
    words = ["train", "--data", data]
    # The built-in models have seen GTSRB's signs, and could not be validated on them.
    if middle <= MAX_FINE_TUNED and inventory.source != GTSRB.name:
        reason = (
            f"fine-tunes the built-in network, which takes fewer images: the median of your classes has {middle:,} "
            "(how-to/fine-tune in the documentation)"
        )
        yield [*words, "--init", "best", "--run", run, *split], reason
        return
    # Nobody has drawn the signs of other people's classes.
    real = [] if has_drawings else ["--set", "data.train_on=real"]
    reason = f"trains a small network from random weights, the median class has {middle:,} images"
    yield [*words, "--recipe", "fast", "--run", run, *real, *split], reason
    reason = "instead, if you have the time: the most accurate network"
    yield [*words, "--recipe", "best", "--run", f"{run}-best", *real, *split], reason


def _free_run(data: str) -> str:
    """Return a run folder that does not exist, called after the data."""
    path = Path(data).absolute()
    name = re.sub(r"\W+", "-", path.name if path.is_dir() else path.name.partition(".")[0]).strip("-") or "mine"
    run, number = f"runs/{name}", 1
    while Path(run).exists():
        number += 1
        run = f"runs/{name}-{number}"
    return run


def _example(data: str, sizes: SampledSizes | None) -> str:
    """Return an image of the data; the data themselves where they are no folder."""
    return sizes.example if sizes and Path(data).is_dir() and Path(sizes.example).is_file() else data
