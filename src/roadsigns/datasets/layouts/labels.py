"""From the names of class folders, or the labels in a table, to classes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from roadsigns.datasets import registry
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.registry import OWN_SOURCE
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.image_files import natural_order
from roadsigns.printable import as_text, is_text
from roadsigns.types import SignClass

__all__ = ["MAX_CLASSES", "Labels", "label_names"]

# A folder named 20261122 is a date, not the 20-millionth class.
MAX_CLASSES = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The classes that names stand for.

    Attributes:
        spec: The classes.
        source: What the images are recorded under; see `DataSet.source`.
        ids: {name: class id}, in natural order.
        numbered: Whether the names are whole numbers, and so the labels themselves, so that a missing class shifts
            none. Other names are numbered in their order.
        problems: What is wrong with the names.
    """

    spec: DatasetSpec
    source: str
    ids: Mapping[str, int]
    numbered: bool
    problems: tuple[Problem, ...]


def label_names(names: Iterable[str], *, spec: DatasetSpec | None = None, order: Sequence[str] = ()) -> Labels:
    """Return the classes that names stand for.

    Args:
        names: Each once.
        spec: The data set whose numbers they are known to be; None where they are the person's own, or the names of a
            data set that the package knows.
        order: All names in the order of their numbers, where the data tell it; else natural order.
    """
    ordered = list(order) or sorted(names, key=natural_order)
    # The name would go into the model file, its exports and every table.
    problems = [Problem("class-name", name, as_text(name)) for name in ordered if not is_text(name)]
    problems += [Problem("blank-name", name, f"'{name}'") for name in ordered if name != name.strip()]
    numbered = bool(ordered) and not order and all(name.isdecimal() for name in ordered)
    if numbered and max(map(int, ordered)) >= MAX_CLASSES:
        problems.append(Problem("class-number", ordered[-1], f"expected numbers below {MAX_CLASSES}"))
        numbered = False
    if not numbered:
        spec = None
    source = spec.name if spec else OWN_SOURCE
    # Own images of a known data set's classes are another source of the same classes.
    spec = spec or _named_like(ordered)
    known = {sign.name: sign.class_id for sign in spec.classes} if spec and not numbered else {}
    ids = {name: int(name) if numbered else known.get(name, index) for index, name in enumerate(ordered)}
    found: dict[int, str] = {}
    for name, class_id in ids.items():
        if class_id in found:
            problems.append(Problem("same-class", name, f"both are class {class_id}", other=found[class_id]))
        found.setdefault(class_id, name)
    if spec is None:
        count = max(found, default=-1) + 1
        classes = tuple(SignClass(class_id, found.get(class_id, str(class_id))) for class_id in range(count))
        spec = DatasetSpec(name=OWN_SOURCE, classes=classes)
    return Labels(spec, source, ids, numbered, tuple(problems))


def _named_like(names: list[str]) -> DatasetSpec | None:
    """Return the data set that has just these class names, in any order."""
    wanted = set(names)
    return next((spec for spec in registry.DATASETS if {sign.name for sign in spec.classes} == wanted), None)
