"""Curves: how many signs are found at which price in boxes without a sign."""

import math
from dataclasses import asdict, dataclass

from roadsigns.evaluation.detection.curves import RECALLS, FrocCurve
from roadsigns.evaluation.detection.intervals import Estimate
from roadsigns.evaluation.detection.metrics import Finding
from roadsigns.html_report.charts import Chart, Scale, make_chart
from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.detector_sections.found_sizes import recall_scale
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.wording import counted, percent

__all__ = ["SECTION", "FoundCurves"]

# Boxes without a sign per image, and how people say it.
PRICES = {0.01: "one box without a sign in a hundred images", 0.1: "one in ten", 1.0: "one in every image"}
# The axis begins at one box without a sign in so many images; fewer are at its edge.
LEAST, MOST = 0.003, 3.0
TICKS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
# A curve of thousands of steps shows no more than one of these.
POINTS = 160


@dataclass(frozen=True, slots=True)
class FoundCurves:
    """The curves.

    Attributes:
        signs: Number of signs to be found.
        recalls: The share of the signs that is found at each of `PRICES`.
        froc: Recall against boxes without a sign per image.
        precision: Precision against recall.
        in_use: Recall and boxes without a sign per image at the threshold of the result; None where nothing counts.
        points: Of the curve, for JSON: threshold, recall, boxes without a sign per image.
    """

    signs: int
    recalls: tuple[float, ...]
    froc: Chart
    precision: Chart
    in_use: tuple[Estimate, Estimate] | None
    points: tuple[tuple[float, float, float], ...]

    @property
    def sentence(self) -> str:
        """The recall at three prices."""
        first, *rest = zip(PRICES.values(), self.recalls, strict=True)
        parts = [
            f"at the price of {first[0]} it finds {percent(first[1])} of the {counted(self.signs, 'sign')} to be found",
            *(f"of {price} {percent(recall)}" for price, recall in rest),
        ]
        sentence = ", ".join(parts)
        return f"{sentence[0].upper()}{sentence[1:]}."

    def as_dict(self) -> dict[str, object]:
        """Return the figures, for JSON."""
        return {
            "recall_at": [
                {"false_per_image": price, "recall": recall} for price, recall in zip(PRICES, self.recalls, strict=True)
            ],
            "in_use": self.in_use and {"recall": asdict(self.in_use[0]), "false_per_image": asdict(self.in_use[1])},
            "froc": [
                {"threshold": threshold, "recall": recall, "false_per_image": false}
                for threshold, recall, false in self.points
            ],
        }


def _compute(report_input: DetectorReportInput) -> FoundCurves | NotMeasured:
    metrics = report_input.metrics
    finding = metrics.finding
    if not finding.signs or finding.precision is None:
        return NotMeasured("No sign is labelled in these scenes.")
    in_use = None
    if metrics.threshold is not None and finding.recall_in_use and finding.false_per_image:
        in_use = finding.recall_in_use, finding.false_per_image
    points = _thinned(finding.froc)
    return FoundCurves(
        finding.signs,
        tuple(finding.froc.recall_at(price) for price in PRICES),
        _froc_chart(points, in_use),
        _precision_chart(finding, in_use),
        in_use,
        points,
    )


def _thinned(curve: FrocCurve) -> tuple[tuple[float, float, float], ...]:
    """Return at most `POINTS` of a curve: those where another share of the signs is reached."""
    rows = list(zip(curve.thresholds.tolist(), curve.recall.tolist(), curve.false_per_image.tolist(), strict=True))
    chosen, last = [], -1.0
    for place, row in enumerate(rows):
        if row[1] - last >= 1 / POINTS or place == len(rows) - 1:
            chosen.append(row)
            last = row[1]
    return tuple(chosen)


def _log(value: float) -> float:
    return math.log10(max(value, LEAST))


def _froc_chart(points: tuple[tuple[float, float, float], ...], in_use: tuple[Estimate, Estimate] | None) -> Chart:
    line: list[tuple[float, float]] = []
    for _, recall, false in points:
        if false > MOST:
            break
        # As steps: between two thresholds there is nothing.
        if line:
            line.append((_log(false), line[-1][1]))
        line.append((_log(false), recall))
    ticks = tuple((_log(tick), f"{tick:g}") for tick in TICKS)
    dots = []
    if in_use is not None:
        share, boxes = in_use
        label = f"In use: {percent(share.value)} of the signs, {boxes.value:.2f} boxes without a sign per image"
        dots.append((_log(boxes.value), share.value, share.interval, 6.0, label))
    return make_chart(
        "The share of the signs that is found against boxes without a sign per image",
        Scale("Boxes without a sign per image", _log(LEAST), _log(MOST), ticks),
        recall_scale(),
        lines=[(line, "main", "")],
        dots=dots,
    )


def _precision_chart(finding: Finding, in_use: tuple[Estimate, Estimate] | None) -> Chart:
    precision = [] if finding.precision is None else finding.precision.tolist()
    dots = []
    if in_use is not None:
        found, false = finding.signs - finding.missed, finding.false
        if found + false:
            right = found / (found + false)
            label = f"In use: {percent(in_use[0].value)} of the signs, and {percent(right)} of what it reports is one"
            dots.append((in_use[0].value, right, None, 6.0, label))
    return make_chart(
        "Precision against the share of the signs that is found",
        Scale("Signs found", 0, 1, recall_scale().ticks),
        recall_scale("Precision"),
        lines=[(list(zip(RECALLS.tolist(), precision, strict=True)), "main", "")],
        dots=dots,
    )


SECTION = Section(
    "found_curves",
    "What does it cost to find more?",
    _compute,
    "Precision is the share of what is reported that is a sign. Each point of a curve is a threshold of the score: a "
    "lower one finds more signs, and more boxes without one. The dots are where the detector stands in use; the line "
    "at the first is the 95 % interval of the signs found, by resampling runs of scenes. The axis of boxes "
    "without a sign is logarithmic; fewer than one in 300 images are at its left edge.",
)
