"""The labelled signs that are to be found: those of the recogniser's classes, and others."""

from dataclasses import dataclass

from roadsigns.evaluation.detection.metrics import DetectionMetrics
from roadsigns.wording import are, counted

__all__ = ["Populations", "boxes", "populations_of"]


@dataclass(frozen=True, slots=True)
class Populations:
    """How many signs are to be found.

    Attributes:
        signs: All of them.
        known: Those of the recogniser's classes.
        found: How many of all are found, in use.
        known_found: How many of the recogniser's classes are found, in use.
    """

    signs: int
    known: int
    found: int
    known_found: int

    @property
    def others(self) -> int:
        """Signs of none of the recogniser's classes."""
        return self.signs - self.known

    @property
    def others_found(self) -> int:
        """How many of these are found."""
        return self.found - self.known_found

    @property
    def text(self) -> str:
        """Such as "21 signs are to be found: 16 of the recogniser's classes, 5 others"."""
        return f"{counted(self.signs, 'sign')} {are(self.signs)} to be found{self.kinds}"

    @property
    def kinds(self) -> str:
        """Of which classes they are, as the end of a sentence."""
        if not self.others:
            return f", {'all ' if self.signs > 1 else ''}of the recogniser's classes"
        if not self.known:
            return f", {'none ' if self.signs > 1 else 'not '}of the recogniser's classes"
        return f": {self.known:,} of the recogniser's classes, {counted(self.others, 'other')}"

    def as_dict(self) -> dict[str, int]:
        """Return the numbers, for JSON."""
        return {
            "signs": self.signs,
            "of_the_classes": self.known,
            "others": self.others,
            "found": self.found,
            "of_the_classes_found": self.known_found,
            "others_found": self.others_found,
        }


def populations_of(metrics: DetectionMetrics) -> Populations:
    """Count the signs of each kind; without a recogniser all are of the classes."""
    finding, naming = metrics.finding, metrics.naming
    found = finding.signs - finding.missed
    if naming is None:
        return Populations(finding.signs, finding.signs, found, found)
    return Populations(finding.signs, naming.signs, found, naming.signs - naming.total("missed"))


def boxes(number: int) -> str:
    """Return "no box", "1 box" or "2 boxes"."""
    return f"{number or 'no'} box" if number < 2 else f"{number:,} boxes"  # noqa: PLR2004 - the plural
