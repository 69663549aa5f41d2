"""Subsets: the groups of classes that the data set's paper reports.

People and published systems stand beside them where the images are the data set's own.
"""

from dataclasses import asdict, dataclass, replace

from roadsigns.evaluation.metrics import SubsetMetrics
from roadsigns.html_report.published import PUBLISHED, PublishedSystem
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import Section
from roadsigns.wording import are, counted

__all__ = ["SECTION", "Subsets"]


@dataclass(frozen=True, slots=True)
class Subsets:
    """The subsets of a data set.

    Attributes:
        subsets: Of this model.
        accuracy: Of this model over all images.
        images: Number of all images.
        errors: How many of them are misread.
        published: Systems that others have measured on the official test images, the most accurate last; none where
            these are not the data set's own images, or were seen in training.
        comparable: Whether these are the official test images, too.
    """

    subsets: tuple[SubsetMetrics, ...]
    accuracy: float
    images: int
    errors: int
    published: tuple[PublishedSystem, ...]
    comparable: bool

    @property
    def better_than_people(self) -> int:
        """On how many subsets the model is more accurate than the average person."""
        return sum(
            one.accuracy > one.human_accuracy
            for one in self.subsets
            if one.accuracy is not None and one.human_accuracy is not None
        )

    @property
    def sentence(self) -> str:
        """Where it is better than people, or that these are other images."""
        where = self._where
        if not self.published:
            return f"{where[0].upper()}{where[1:]}."
        if not self.comparable:
            return (
                f"{where[0].upper()}{where[1:]}; people and published systems were measured on the official test "
                "images, which these are not, so they only show what is hard."
            )
        known = sum(one.human_accuracy is not None for one in self.subsets)
        return f"It is more accurate than the average person on {self.better_than_people} of {known} subsets; {where}."

    @property
    def _where(self) -> str:
        """How many of the errors are in the weakest subset, or in several that are equally weak."""
        errors = sum(one.errors for one in self.subsets)
        if not errors:
            return "no subset has an error"
        worst = min(one.accuracy for one in self.subsets if one.accuracy is not None)
        weakest = [one for one in self.subsets if one.accuracy == worst]
        inside = sum(one.errors for one in weakest)
        others = len(weakest) - 1
        names = f"{weakest[0].name} and {counted(others, 'other')}" if others else weakest[0].name
        return (
            f"{inside:,} of the {counted(errors, 'error')} {are(inside)} in the weakest "
            f"{'subsets' if others else 'subset'}, {names}"
        )

    def as_dict(self) -> dict[str, object]:
        """Return all figures, for JSON."""
        return {
            "comparable": self.comparable,
            "subsets": [asdict(one) for one in self.subsets],
            "published": [asdict(one) for one in self.published],
        }


def _compute(report_input: ReportInput) -> Subsets | None:
    metrics = report_input.metrics
    if not metrics.subsets:
        return None
    if report_input.seen or report_input.source != report_input.about.spec.name:
        # Signs that were learned by heart, drawn ones, or one's own of the same classes: figures of others say nothing
        # about these.
        subsets = tuple(replace(one, human_accuracy=None) for one in metrics.subsets)
        return Subsets(subsets, metrics.accuracy, metrics.images, metrics.errors, (), comparable=False)
    published = PUBLISHED.get(report_input.about.spec.name, ())
    return Subsets(
        metrics.subsets, metrics.accuracy, metrics.images, metrics.errors, published, report_input.official_test
    )


SECTION = Section("subsets", "Which subsets are hard?", _compute)
