"""The classes of a report: those of a known data set, or any names."""

from collections.abc import Sequence

from roadsigns.datasets.registry import OWN_SOURCE, known_spec
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.types import SignClass

__all__ = ["spec_named"]


def spec_named(names: Sequence[str]) -> DatasetSpec:
    """Return the data set whose classes have these names, in this order; one of its own if the package knows none."""
    known = known_spec(names)
    return known or DatasetSpec(
        name=OWN_SOURCE, classes=tuple(SignClass(class_id, name) for class_id, name in enumerate(names))
    )
