"""The registry of known data sets, looked up by their classes."""

from collections.abc import Sequence
from functools import cache

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.datasets.left_out import partition_of, spec_without
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.types import SignClass

__all__ = ["DATASETS", "OWN_SOURCE", "known_spec", "spec_of", "spec_with"]

DATASETS: tuple[DatasetSpec, ...] = (GTSRB,)
# The name of every data set that is not among them.
OWN_SOURCE = "own"


def spec_of(classes: Sequence[SignClass]) -> DatasetSpec:
    """Return the data set that has these classes, in this order.

    Custom classes are a data set too: one without subsets, flips, drawings, folders or groups.
    """
    return known_spec([sign.name for sign in classes]) or DatasetSpec(name=OWN_SOURCE, classes=tuple(classes))


def known_spec(class_names: Sequence[str]) -> DatasetSpec | None:
    """Return the data set whose classes have these names, in this order; None where the package knows none.

    A known data set without one part of its classes, see `left_out`, is known too.
    """
    names = list(class_names)
    specs = (*DATASETS, *_with_classes_left_out())
    return next((spec for spec in specs if [sign.name for sign in spec.classes] == names), None)


@cache
def _with_classes_left_out() -> tuple[DatasetSpec, ...]:
    return tuple(spec_without(spec, part) for spec in DATASETS for part in partition_of(spec).parts)


def spec_with(sign: SignClass) -> DatasetSpec | None:
    """Return the data set that has this class, by label, names and sign number; None where the package knows none."""
    return next((spec for spec in DATASETS if sign in spec.classes), None)
