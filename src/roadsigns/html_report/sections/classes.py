"""Classes: each with its drawing, how many of its images are read right, and its commonest mistake."""

from dataclasses import asdict, dataclass

import numpy as np

from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import Section
from roadsigns.wording import counted, percent

__all__ = ["SECTION", "ClassFigures", "Classes"]


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One class.

    Attributes:
        class_id: The label.
        name: Its name.
        images: Number of images.
        errors: Number of misread images.
        recall: Fraction of the images that is read right; None without images.
        precision: Fraction of the images read as this class that show it; None where none is read so.
        read_as: The class that it is most often taken for; None without errors.
        read_as_images: How often.
    """

    class_id: int
    name: str
    images: int
    errors: int
    recall: float | None
    precision: float | None
    read_as: int | None
    read_as_images: int


@dataclass(frozen=True, slots=True)
class Classes:
    """All classes.

    Attributes:
        classes: In label order.
    """

    classes: tuple[ClassFigures, ...]

    @property
    def lowest(self) -> float:
        """The lowest recall, by which the bars are scaled."""
        return min((one.recall for one in self.classes if one.recall is not None), default=1.0)

    @property
    def sentence(self) -> str:
        """How many are faultless, and the hardest."""
        seen = [one for one in self.classes if one.images]
        missing = len(self.classes) - len(seen)
        rest = f" {counted(missing, 'class')} {'has' if missing == 1 else 'have'} no image here." if missing else ""
        faultless = sum(not one.errors for one in seen)
        if faultless == len(seen):
            return f"No class of the {len(seen):,} that are here has an error.{rest}"
        worst = min(seen, key=lambda one: one.recall if one.recall is not None else 1)
        others = sum(one.recall == worst.recall for one in seen) - 1
        right = f"{percent(worst.recall or 0)} are read right"
        hardest = (
            f"the hardest are '{worst.name}' and {counted(others, 'other')}, of each of which {right}"
            if others
            else f"the hardest is '{worst.name}', of which {right}"
        )
        return (
            f"{faultless:,} of {counted(len(seen), 'class')} {'is' if faultless == 1 else 'are'} read without an "
            f"error; {hardest}.{rest}"
        )

    def as_dict(self) -> dict[str, object]:
        """Return all classes, for JSON."""
        return {"classes": [asdict(one) for one in self.classes]}


def _compute(report_input: ReportInput) -> Classes:
    metrics = report_input.metrics
    right, read = np.diagonal(metrics.confusion), metrics.confusion.sum(axis=0)
    # By class: what it is most often taken for, and how often; of equals the first.
    commonest: dict[int, tuple[int, int]] = {}
    for truth, other, images in zip(*(column.tolist() for column in metrics.confused()), strict=True):
        if images > commonest.get(truth, (0, 0))[1]:
            commonest[truth] = other, images
    return Classes(
        tuple(
            ClassFigures(
                one.class_id,
                one.name,
                one.images,
                one.errors,
                one.recall,
                float(right[one.class_id] / read[one.class_id]) if read[one.class_id] else None,
                *commonest.get(one.class_id, (None, 0)),
            )
            for one in metrics.classes(report_input.about.class_names)
        )
    )


SECTION = Section(
    "classes",
    "Each class",
    _compute,
    "The share of its images that is read right (recall). The bars compare what is misread with the hardest class.",
)
