"""A report: what it is about, and its computed sections."""

from dataclasses import dataclass

from roadsigns.datasets.spec import DatasetSpec
from roadsigns.html_report.section import Part
from roadsigns.version import __version__

__all__ = ["About", "Report"]


@dataclass(frozen=True, slots=True)
class About:
    """What a report is about.

    Attributes:
        subject: What is reported on: "classifier" or "detector".
        model: Name of the model, such as "best".
        data: Name of the data, such as "GTSRB"; empty where only their predictions are there.
        split: Which of its images, such as "test images"; empty where nothing says so.
        warnings: What flatters or limits all figures, such as "SEEN IN TRAINING": whole sentences.
        facts: Rows of the table of facts: (name, value).
        spec: The classes, with their subsets and drawings.
    """

    subject: str
    model: str
    data: str
    split: str
    warnings: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    spec: DatasetSpec

    @property
    def title(self) -> str:
        """Model, data and split."""
        if not self.data:
            return f"{self.model}, without a data set"
        return f"{self.model} on {', '.join(filter(None, (self.data, self.split)))}"

    @property
    def class_names(self) -> list[str]:
        """In label order."""
        return [sign.name for sign in self.spec.classes]

    def as_dict(self) -> dict[str, object]:
        """Return everything but the specification, for JSON."""
        return {
            "subject": self.subject,
            "title": self.title,
            "model": self.model,
            "data": self.data,
            "split": self.split,
            "warnings": list(self.warnings),
            "facts": dict(self.facts),
            "classes": self.class_names,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """A report.

    Attributes:
        about: What it is about.
        parts: Its sections in the order of the page.
    """

    about: About
    parts: tuple[Part, ...]

    def as_dict(self) -> dict[str, object]:
        """Return everything as JSON holds it: the sections by name."""
        return {
            "roadsigns": __version__,
            **self.about.as_dict(),
            "sections": {part.name: part.as_dict() for part in self.parts},
        }
