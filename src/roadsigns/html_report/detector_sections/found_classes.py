"""Found by class: what becomes of the signs of each class."""

from collections import Counter
from dataclasses import asdict, dataclass

from roadsigns.evaluation.detection.metrics import ClassNaming
from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.printable import printable
from roadsigns.wording import are, counted

__all__ = ["SECTION", "FoundClass", "FoundClasses"]


@dataclass(frozen=True, slots=True)
class FoundClass:
    """One class.

    Attributes:
        naming: What became of its signs, and what was falsely named so.
        read_as: The class that its signs are misread as most often; None where none is.
    """

    naming: ClassNaming
    read_as: int | None

    @property
    def lost(self) -> int:
        """Signs that are not found and named right."""
        return self.naming.signs - self.naming.right


@dataclass(frozen=True, slots=True)
class FoundClasses:
    """All classes.

    Attributes:
        classes: Those that occur or are falsely named, the most lost signs first.
        occurring: Number of classes that occur.
        all: Number of all classes.
    """

    classes: tuple[FoundClass, ...]
    occurring: int
    all: int

    @property
    def sentence(self) -> str:
        """How many classes lose nothing, and which loses most."""
        occurring = [one for one in self.classes if one.naming.signs]
        whole = sum(not one.lost for one in occurring)
        classes = counted(self.occurring, "class")
        if whole == len(occurring):
            return (
                f"Every sign of the {classes} that occur here is found and named right."
                if whole > 1
                else ("Every sign of the one class that occurs here is found and named right.")
            )
        worst = occurring[0]
        others = sum(one.lost == worst.lost for one in occurring) - 1
        most = (
            f" and {counted(others, 'other')}: {worst.lost:,} of each"
            if others
            else f": {worst.lost:,} of {worst.naming.signs:,}"
        )
        return (
            f"Of {classes} that occur here, {whole:,} {are(whole)} found and named right without exception; "
            f"most signs are lost of '{printable(worst.naming.name)}'{most}."
        )

    def as_dict(self) -> dict[str, object]:
        """Return the figures, for JSON."""
        return {"classes": [{**asdict(one.naming), "misread_mostly_as": one.read_as} for one in self.classes]}


def _compute(report_input: DetectorReportInput) -> FoundClasses | NotMeasured | None:
    naming = report_input.metrics.naming
    if naming is None:
        return None
    if not naming.signs:
        return NotMeasured("No sign of a class that the recogniser knows is labelled in these scenes.")
    taken = Counter((one.class_id, one.named) for one in report_input.mistakes if one.kind == "misread")
    classes = []
    for one in naming.classes:
        others = {named: number for (class_id, named), number in taken.items() if class_id == one.class_id}
        if one.signs or one.false:
            classes.append(FoundClass(one, max(others, key=lambda named: others[named]) if others else None))
    classes.sort(key=lambda one: (-one.lost, one.naming.signs == 0, one.naming.class_id))
    return FoundClasses(tuple(classes), naming.occurring, len(naming.classes))


SECTION = Section(
    "found_classes",
    "Which signs does it lose?",
    _compute,
    "Right: found and named right. Misread: found and named as another class. Unknown: found, and called none of the "
    "classes. Missed: not found. Falsely named so: boxes that were given this class where no sign of any class is "
    "labelled. Only signs of the recogniser's classes are counted here. AP50 counts all scores, the "
    "numbers only those from the threshold on.",
)
