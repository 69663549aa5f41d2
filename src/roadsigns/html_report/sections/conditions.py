"""Conditions: errors against size, brightness, contrast and slant of the signs, with intervals."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.evaluation.intervals import accuracy_interval
from roadsigns.html_report.charts import Chart, Scale, make_chart, nice_ticks
from roadsigns.html_report.conditions import CONDITIONS, Condition, measure_signs
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.html_report.sign_images import are_absent
from roadsigns.wording import counted, either, percent

__all__ = ["SECTION", "Bin", "ConditionFigures", "Conditions"]

BINS = 6
# An interval of fewer images says nothing.
MIN_IMAGES = 120
TOO_FEW = 2


@dataclass(frozen=True, slots=True)
class Bin:
    """Images in a range of a condition.

    Attributes:
        low: Where it begins.
        high: Where it ends.
        images: Number of images.
        errors: Number of misread images.
        error_rate: Fraction.
        error_low: Where the 95 % interval of the error rate begins.
        error_high: Where it ends.
    """

    low: float
    high: float
    images: int
    errors: int
    error_rate: float
    error_low: float
    error_high: float


@dataclass(frozen=True, slots=True)
class ConditionFigures:
    """Errors against one condition.

    Attributes:
        condition: Which.
        bins: Ranges with about the same number of images, unless many share one value, from the lowest.
        unit: What counts as one observation in the intervals: "track" or "image".
    """

    condition: Condition
    bins: tuple[Bin, ...]
    unit: str

    @property
    def chart(self) -> Chart:
        """The error rates with their intervals."""
        return _chart(self)

    @property
    def worst(self) -> Bin:
        """The range with the highest error rate."""
        return max(self.bins, key=lambda one: one.error_rate)

    @property
    def best(self) -> Bin:
        """The range with the lowest error rate."""
        return min(self.bins, key=lambda one: one.error_rate)

    @property
    def matters(self) -> bool:
        """Whether the intervals of the worst and the best range lie apart."""
        return self.worst.error_low > self.best.error_high


@dataclass(frozen=True, slots=True)
class Conditions:
    """Errors against all conditions.

    Attributes:
        conditions: Those that could be measured.
        images: Number of images that were measured.
        errors: How many of these are misread.
        unreadable: Number of images that could not be read for it.
        absent: Number of predicted images that are not there.
    """

    conditions: tuple[ConditionFigures, ...]
    images: int
    errors: int
    unreadable: int
    absent: int

    @property
    def sentence(self) -> str:
        """The condition that matters most, if any does, and on how many images that rests."""
        return f"{self._result}{self._scope}"

    @property
    def _result(self) -> str:
        if not self.errors:
            return (
                f"Of the {counted(self.images, 'image')} that were measured, none is misread: no effect can be shown."
            )
        mattering = [one for one in self.conditions if one.matters]
        if not mattering:
            names = either(one.condition.name for one in self.conditions)
            return f"No clear effect of {names} is shown: the intervals of the best range and the worst overlap."
        first, *alike = self._most_effective(mattering)
        where = first.condition.describe(first.worst.low, first.worst.high)
        others = sum(one.error_rate == first.worst.error_rate for one in first.bins) - 1
        of_which = f" and in {counted(others, 'other range')}, of each of which" if others else ", of which"
        equals = [one.condition.name for one in alike]
        equal = f"; {' and '.join(equals)} {'matters' if len(equals) == 1 else 'matter'} as much" if equals else ""
        return (
            f"It is weakest on {where}{of_which} {percent(first.worst.error_rate)} are misread, against "
            f"{percent(first.best.error_rate)} where it is best{equal}."
        )

    @staticmethod
    def _most_effective(mattering: Sequence[ConditionFigures]) -> list[ConditionFigures]:
        """Return the condition whose worst and best ranges lie farthest apart, and those that equal it."""
        gaps = [one.worst.error_low - one.best.error_high for one in mattering]
        return [one for one, gap in zip(mattering, gaps, strict=True) if math.isclose(gap, max(gaps), abs_tol=1e-9)]

    @property
    def _scope(self) -> str:
        if not self.absent:
            return ""
        total = self.images + self.unreadable + self.absent
        return f" This rests on {self.images:,} of {counted(total, 'image')}: the data hold no others."

    def as_dict(self) -> dict[str, object]:
        """Return all ranges, for JSON."""
        return {
            "conditions": [
                {
                    "name": one.condition.name,
                    "measure": one.condition.measure,
                    "unit": one.unit,
                    "ranges": [asdict(each) for each in one.bins],
                }
                for one in self.conditions
            ],
            "images": self.images,
            "errors": self.errors,
            "unreadable": self.unreadable,
            "absent": self.absent,
        }


def _compute(report_input: ReportInput) -> Conditions | NotMeasured:
    if report_input.images is None:
        return NotMeasured("There are no images: give the data folder with --data.")
    if len(report_input.rows) < MIN_IMAGES:
        return NotMeasured(
            f"There are {len(report_input.rows)} images; {MIN_IMAGES} are the least that can be divided."
        )
    values = measure_signs(report_input.images, len(report_input.rows))
    found = tuple(
        figures
        for condition, column in zip(CONDITIONS, values.T, strict=True)
        if (figures := _figures(condition, column, report_input)) is not None
    )
    if not found:
        return NotMeasured("The images cannot be read, or are all alike.")
    measured = ~np.isnan(values[:, 0])
    absent = int(are_absent(report_input.images, len(report_input.rows)).sum())
    images = int(measured.sum())
    unreadable = len(measured) - images - absent
    return Conditions(found, images, int(report_input.wrong[measured].sum()), unreadable, absent)


def _figures(
    condition: Condition, values: npt.NDArray[np.float64], report_input: ReportInput
) -> ConditionFigures | None:
    """Return None where too few images have a value, or all have the same."""
    measured = np.flatnonzero(~np.isnan(values))
    if len(measured) < MIN_IMAGES:
        return None
    edges = np.unique(np.quantile(values[measured], np.linspace(0, 1, BINS + 1)))
    if len(edges) <= TOO_FEW:
        return None
    places = np.clip(np.searchsorted(edges, values[measured], side="right") - 1, 0, len(edges) - 2)
    wrong, tracks = report_input.wrong, report_input.tracks
    bins = []
    for number, (low, high) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
        members = measured[places == number]
        if not len(members):
            continue
        units = None if tracks is None else np.unique(tracks[members], return_inverse=True)[1]
        interval = accuracy_interval(wrong[members], units)
        errors = int(wrong[members].sum())
        bins.append(Bin(low, high, len(members), errors, errors / len(members), 1 - interval.high, 1 - interval.low))
    return ConditionFigures(condition, tuple(bins), "image" if tracks is None else "track")


def _chart(figures: ConditionFigures) -> Chart:
    bins, condition = figures.bins, figures.condition
    top = min(1.0, 1.08 * max(one.error_high for one in bins))
    return make_chart(
        f"Misread images by {condition.name}",
        Scale(
            condition.measure,
            -0.5,
            len(bins) - 0.5,
            tuple((number, condition.range(one.low, one.high)) for number, one in enumerate(bins)),
        ),
        Scale("misread", 0, top, tuple((value, f"{100 * value:g} %") for value in nice_ticks(0, top))),
        dots=[
            (
                number,
                one.error_rate,
                (one.error_low, one.error_high),
                5,
                f"{condition.range(one.low, one.high)}: {one.errors:,} of {one.images:,} misread, "
                f"{percent(one.error_rate)}, interval {percent(one.error_low)} to {percent(one.error_high)}",
            )
            for number, one in enumerate(bins)
        ],
    )


SECTION = Section(
    "conditions",
    "Small, dark, flat, slanted",
    _compute,
    "Each range holds about the same number of images, unless many share one value. The bars are 95 % intervals, "
    "counted by sign where tracks are known. Brightness and contrast are the mean and the standard deviation of the "
    "grey levels in the sign's box; a box that is narrower than high is a sign seen from the side.",
)
