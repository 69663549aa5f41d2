"""Reliability: whether what it is sure of by 90 % is right in 90 % of the cases."""

from dataclasses import asdict, dataclass

import numpy as np

from roadsigns.evaluation.calibration import BINS, confidence_gap
from roadsigns.evaluation.intervals import accuracy_interval
from roadsigns.html_report.charts import Chart, Scale, make_chart
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.wording import percent

__all__ = ["NO_PROBABILITIES", "SECTION", "Reliability", "ReliabilityBin"]

NO_PROBABILITIES = NotMeasured("The predictions have no probabilities: add them in a column 'probability'.")
SMALLEST_DOT, LARGEST_DOT = 3.0, 9.0


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The images with probabilities in a range.

    Attributes:
        low: Where it begins, excluded.
        high: Where it ends, included.
        images: Number of images.
        confidence: Mean probability.
        accuracy: Fraction that is right.
        accuracy_low: Where its 95 % interval begins.
        accuracy_high: Where it ends.
    """

    low: float
    high: float
    images: int
    confidence: float
    accuracy: float
    accuracy_low: float
    accuracy_high: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """How well probabilities match the frequency of right answers.

    Attributes:
        ece: Expected calibration error: the mean gap between accuracy and probability over the bins, a fraction.
        confidence: Mean probability over all images.
        accuracy: Over all images.
        bins: Those with images, from the lowest.
    """

    ece: float
    confidence: float
    accuracy: float
    bins: tuple[ReliabilityBin, ...]

    @property
    def sentence(self) -> str:
        """The expected calibration error, and in which direction it errs."""
        gap = self.confidence - self.accuracy
        tendency = "too sure" if gap > 0 else "too modest"
        return (
            f"Its probabilities are off by {100 * self.ece:.2f} percentage points on average (expected calibration "
            f"error); overall it is {tendency}: it says {percent(self.confidence)} where {percent(self.accuracy)} are "
            "right."
        )

    @property
    def chart(self) -> Chart:
        """The reliability diagram."""
        most = max(one.images for one in self.bins)
        ticks = tuple((part / 5, f"{20 * part} %") for part in range(6))
        return make_chart(
            "Reliability diagram: how many are right, against the probability",
            Scale("probability that it says", 0, 1, ticks),
            Scale("right", 0, 1, ticks),
            lines=[(((0, 0), (1, 1)), "ideal", "as it should be")],
            dots=[
                (
                    one.confidence,
                    one.accuracy,
                    (one.accuracy_low, one.accuracy_high),
                    round(SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * (one.images / most) ** (1 / 4), 1),
                    f"It says {percent(one.confidence)}: {percent(one.accuracy)} of {one.images:,} are right",
                )
                for one in self.bins
            ],
        )

    def as_dict(self) -> dict[str, object]:
        """Return all figures, for JSON."""
        return asdict(self)


def _compute(report_input: ReportInput) -> Reliability | NotMeasured:
    confidence = report_input.confidence
    if confidence is None:
        return NO_PROBABILITIES
    correct, tracks = ~report_input.wrong, report_input.tracks
    # As in `confidence_gap`.
    places = np.clip(np.ceil(confidence * BINS).astype(np.intp) - 1, 0, BINS - 1)
    bins = []
    for number in np.unique(places).tolist():
        members = np.flatnonzero(places == number)
        units = None if tracks is None else np.unique(tracks[members], return_inverse=True)[1]
        interval = accuracy_interval(~correct[members], units)
        bins.append(
            ReliabilityBin(
                number / BINS,
                (number + 1) / BINS,
                len(members),
                float(confidence[members].mean()),
                float(correct[members].mean()),
                interval.low,
                interval.high,
            )
        )
    return Reliability(
        confidence_gap(confidence, correct), float(confidence.mean()), report_input.metrics.accuracy, tuple(bins)
    )


SECTION = Section(
    "reliability",
    "Are its probabilities right?",
    _compute,
    "On the dashed line, what it says is what happens. Below it, it is too sure; above it, too modest. Larger dots "
    "stand for more images; bars are 95 % intervals. “roadsigns calibrate” corrects probabilities that are off.",
)
