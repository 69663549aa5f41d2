"""The subsets that a data set is evaluated on."""

from collections.abc import Mapping, Sequence

from roadsigns.datasets.spec import GTSRB_CLASSES, SUBSETS

__all__ = ["subsets_for"]


def subsets_for(class_names: Sequence[str]) -> Mapping[str, Sequence[int]] | None:
    """Return the six subsets of Stallkamp et al. 2012 where the classes are GTSRB's, else None."""
    return SUBSETS if list(class_names) == [sign.name for sign in GTSRB_CLASSES] else None
