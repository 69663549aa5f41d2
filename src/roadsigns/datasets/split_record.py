"""Split records: how the validation samples of a trained model were held out, as its model file keeps it."""

from typing import Any, TypeAlias

from roadsigns.datasets.folds import FoldRecord
from roadsigns.datasets.splits import HoldOutRecord

__all__ = ["SplitRecord", "split_record_from_dict"]

SplitRecord: TypeAlias = HoldOutRecord | FoldRecord


def split_record_from_dict(values: dict[str, Any]) -> SplitRecord | None:
    """Return the record whose `as_dict` these values are; None for an empty one.

    Raises:
        TypeError: If a field is missing or unknown.
    """
    if not values:
        return None
    return FoldRecord(**values) if "folds" in values else HoldOutRecord(**values)
