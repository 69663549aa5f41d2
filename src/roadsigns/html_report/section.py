"""The interface of a section: figures from the input of a report, with one sentence that says what they mean."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

__all__ = ["Figures", "NotMeasured", "Part", "Section", "compute_parts", "pictured_by"]

Input = TypeVar("Input")


class Figures(Protocol):
    """What a section computes: a frozen dataclass.

    It may also have `pictured`, a tuple of the indices of images that its template shows; see `pictures.py`.
    """

    @property
    def sentence(self) -> str:
        """What the figures mean, as one whole sentence for people; it opens the section."""

    def as_dict(self) -> dict[str, object]:
        """Return the figures as JSON holds them: fractions, not percent; None where there is nothing."""


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """Why a section has no figures.

    Attributes:
        reason: What is missing, and how it can be had: a whole sentence or two.
    """

    reason: str

    @property
    def sentence(self) -> str:
        """What opens the section."""
        return f"Not measured. {self.reason}"

    def as_dict(self) -> dict[str, object]:
        """Return the reason, for JSON."""
        return {"not_measured": self.reason}


@dataclass(frozen=True, slots=True)
class Section(Generic[Input]):
    """A section of a report.

    Attributes:
        name: Its anchor in the page, its key in the JSON file, and the name of its template,
            `templates/sections/NAME.html.j2`.
        title: Its heading.
        compute: Computes it; None leaves it out of the page.
        explanation: How to read it, below its figures; empty where that is plain.
    """

    name: str
    title: str
    compute: Callable[[Input], Figures | NotMeasured | None]
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A section of one report, with what was computed.

    Attributes:
        name: That of the section.
        title: Its heading.
        explanation: How to read it.
        figures: What was computed.
    """

    name: str
    title: str
    explanation: str
    figures: Figures | NotMeasured

    @property
    def is_measured(self) -> bool:
        """Whether there are figures."""
        return not isinstance(self.figures, NotMeasured)

    def as_dict(self) -> dict[str, object]:
        """Return title, sentence and figures, for JSON."""
        return {"title": self.title, "sentence": self.figures.sentence, **self.figures.as_dict()}


def compute_parts(
    sections: Sequence[Section[Input]], report_input: Input, *, done: Callable[[str], None] = lambda _: None
) -> tuple[Part, ...]:
    """Compute the sections of a report, without those that do not apply.

    Args:
        sections: In the order of the page.
        report_input: What they are computed from.
        done: Called with the title of each section that is finished.
    """
    parts = []
    for section in sections:
        figures = section.compute(report_input)
        if figures is not None:
            parts.append(Part(section.name, section.title, section.explanation, figures))
        done(section.title)
    return tuple(parts)


def pictured_by(parts: Sequence[Part]) -> list[int]:
    """Return the indices of all images that the sections show, each once, in the order of the page."""
    return list(dict.fromkeys(index for part in parts for index in getattr(part.figures, "pictured", ())))
