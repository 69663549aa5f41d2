"""Classes that are left out of a training, so that they are unknown signs of which there are images.

The classes of a data set are divided into parts; each part is left out once. GTSRB's division has a name, by which
others can repeat it: it never changes, and another one would get another name. In it each subset of classes is dealt
out in the order of its class ids, so that every part has about a quarter of the speed limits, of the other
prohibitions, and so on, and a sign is left out whose mirror image or neighbour among the speed limits stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from roadsigns.datasets.spec import DatasetSpec
from roadsigns.datasets.splits import Split
from roadsigns.errors import DataError
from roadsigns.types import DataSet, Sample, SignClass
from roadsigns.wording import counted

__all__ = ["PARTITIONS", "ClassPartition", "kept_classes", "partition_of", "spec_without", "without_classes"]

PARTS = 4
# Each part of classes of one's own has two or more, and at least six are left.
MIN_CLASSES = 8


@dataclass(frozen=True, slots=True)
class ClassPartition:
    """A division of classes into parts.

    Attributes:
        name: By which others can repeat it, such as "gtsrb-1".
        parts: The class ids of each part; together they are all classes, each once.
    """

    name: str
    parts: tuple[tuple[int, ...], ...]


GTSRB_1 = ClassPartition(
    "gtsrb-1",
    (
        # Speed limits, other prohibitions, derestriction, mandatory, danger and unique signs.
        (0, 4, 9, 6, 33, 37, 11, 21, 25, 29, 12),
        (1, 5, 10, 32, 34, 38, 18, 22, 26, 30, 13),
        (2, 7, 15, 41, 35, 39, 19, 23, 27, 31, 14),
        (3, 8, 16, 42, 36, 40, 20, 24, 28, 17),
    ),
)
# By the name of the data set.
PARTITIONS: Mapping[str, ClassPartition] = {"GTSRB": GTSRB_1}


def partition_of(spec: DatasetSpec) -> ClassPartition:
    """Return the division of a data set's classes; classes of one's own are dealt out in label order.

    Raises:
        DataError: If there are too few classes.
    """
    known = PARTITIONS.get(spec.name)
    if known is not None:
        return known
    count = len(spec.classes)
    if count < MIN_CLASSES:
        raise DataError(
            f"There are {counted(count, 'class')}, too few to leave a quarter of them out.",
            expected=f"at least {MIN_CLASSES} classes",
            hint="Judge the model on images of other signs: roadsigns evaluate --unknown.",
        )
    return ClassPartition(f"every fourth of {count}", tuple(tuple(range(part, count, PARTS)) for part in range(PARTS)))


def kept_classes(num_classes: int, left_out: Sequence[int]) -> tuple[int, ...]:
    """Return the ids of the classes that stay. Their places in it are their labels for a network without the others."""
    return tuple(class_id for class_id in range(num_classes) if class_id not in set(left_out))


def without_classes(data: DataSet, split: Split, left_out: Sequence[int]) -> tuple[DataSet, Split]:
    """Return a data set and its split without some classes, the others numbered anew in their order.

    Args:
        data: All of it.
        split: Of its samples.
        left_out: Which class ids.

    Raises:
        DataError: If nothing is left to train on, or to validate on.
    """
    number = {class_id: place for place, class_id in enumerate(kept_classes(len(data.classes), left_out))}

    def kept(samples: Sequence[Sample]) -> tuple[Sample, ...]:
        return tuple(
            replace(sample, class_id=number[sample.class_id]) for sample in samples if sample.class_id in number
        )

    remaining = Split(kept(split.train), kept(split.validation))
    if not remaining.train or not remaining.validation:
        raise DataError(
            f"Without {counted(len(left_out), 'class')}, {len(remaining.train)} images are left to train on and "
            f"{len(remaining.validation)} to validate on.",
            expected="some for both",
        )
    return DataSet(kept(data.samples), _renumbered(data.classes, number), data.source), remaining


def spec_without(spec: DatasetSpec, left_out: Sequence[int]) -> DatasetSpec:
    """Return the specification of a data set's remaining classes, numbered anew: their flips and drawings stay.

    A flip that would show a class that is left out is none any more.
    """
    kept = kept_classes(len(spec.classes), left_out)
    number = {class_id: place for place, class_id in enumerate(kept)}
    drawings = spec.drawings and replace(
        spec.drawings,
        turned={number[class_id]: share for class_id, share in spec.drawings.turned.items() if class_id in number},
        numbers=kept,
    )
    return DatasetSpec(
        name=f"{spec.name} without {counted(len(left_out), 'class')}",
        classes=_renumbered(spec.classes, number),
        flips={
            number[class_id]: tuple(
                replace(flip, class_id=number[flip.class_id]) for flip in flips if flip.class_id in number
            )
            for class_id, flips in spec.flips.items()
            if class_id in number
        },
        drawings=drawings,
    )


def _renumbered(classes: Sequence[SignClass], number: Mapping[int, int]) -> tuple[SignClass, ...]:
    return tuple(replace(sign, class_id=number[sign.class_id]) for sign in classes if sign.class_id in number)
