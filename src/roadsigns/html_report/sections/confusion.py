"""Confusion: which classes are taken for which others."""

from dataclasses import asdict, dataclass

import numpy as np

from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import Section
from roadsigns.wording import counted

__all__ = ["SECTION", "Confused", "Confusion"]

# A matrix of more classes is no longer legible, and fills megabytes.
MAX_CLASSES = 60
MAX_PAIRS = 25


@dataclass(frozen=True, slots=True)
class Confused:
    """A class that is taken for another.

    Attributes:
        truth: Its class id.
        read_as: That of the other class.
        images: How many images.
        share: Of the images of the class, a fraction.
    """

    truth: int
    read_as: int
    images: int
    share: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """Which classes are taken for which others.

    Attributes:
        names: Of all classes.
        pairs: Every pair, the most frequent first.
        class_ids: The classes of the matrix: those that take part in the most errors, by class id.
        involved: Number of classes that take part in any error.
        right: How many images of each of `class_ids` are read right.
    """

    names: tuple[str, ...]
    pairs: tuple[Confused, ...]
    class_ids: tuple[int, ...]
    involved: int
    right: tuple[int, ...]

    @property
    def counts(self) -> dict[tuple[int, int], int]:
        """Number of images by truth and prediction."""
        return {(pair.truth, pair.read_as): pair.images for pair in self.pairs}

    @property
    def most(self) -> int:
        """The number of images of the most frequent pair."""
        return self.pairs[0].images if self.pairs else 0

    @property
    def sentence(self) -> str:
        """The most frequent confusion, and how many are as frequent."""
        if not self.pairs:
            return "No class is taken for another."
        first = self.pairs[0]
        total = sum(pair.images for pair in self.pairs)
        pair = f"'{self.names[first.truth]}' read as '{self.names[first.read_as]}'"
        errors = f"in {first.images:,} of the {counted(total, 'error')}"
        others = sum(one.images == first.images for one in self.pairs) - 1
        commonest = (
            f"The commonest confusions are {pair} and {counted(others, 'other')}, {errors} each"
            if others
            else f"The commonest confusion is {pair}, {errors}"
        )
        return (
            f"{commonest}; {counted(self.involved, 'class')} of "
            f"{len(self.names):,} {'takes' if self.involved == 1 else 'take'} part in any."
        )

    def as_dict(self) -> dict[str, object]:
        """Return all pairs, for JSON."""
        return {"classes_involved": self.involved, "pairs": [asdict(pair) for pair in self.pairs]}


def _compute(report_input: ReportInput) -> Confusion:
    confusion = report_input.metrics.confusion
    truths, read_as, counts = report_input.metrics.confused()
    shares = counts / report_input.metrics.class_images[truths]
    pairs = [
        Confused(*values)
        for values in zip(truths.tolist(), read_as.tolist(), counts.tolist(), shares.tolist(), strict=True)
    ]
    part = np.zeros(len(confusion), np.int64)
    np.add.at(part, truths, counts)
    np.add.at(part, read_as, counts)
    involved = np.flatnonzero(part)
    chosen = sorted(involved[np.argsort(-part[involved], kind="stable")][:MAX_CLASSES].tolist())
    return Confusion(
        tuple(report_input.about.class_names),
        tuple(sorted(pairs, key=lambda pair: -pair.images)),
        tuple(chosen),
        len(involved),
        tuple(np.diagonal(confusion)[chosen].tolist()),
    )


SECTION = Section("confusion", "Which signs does it take for which?", _compute)
