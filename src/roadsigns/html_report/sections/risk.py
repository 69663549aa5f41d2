"""Risk against coverage: how many errors are left if a person checks the images that the model is least sure of."""

from dataclasses import asdict, dataclass

import numpy as np

from roadsigns.evaluation.rejection.curves import risk_coverage
from roadsigns.html_report.charts import Chart, Scale, make_chart, nice_ticks
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.html_report.sections.reliability import NO_PROBABILITIES
from roadsigns.wording import counted, percent

__all__ = ["SECTION", "Passed", "Risk"]

SHARES = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
# Beyond it, nobody passes on images; and no line needs more points than pixels.
WIDEST, POINTS = 0.2, 200
NARROWEST = 0.02
ROUNDING = 1e-9
SPOKEN = 0.01


@dataclass(frozen=True, slots=True)
class Passed:
    """What is left if the least sure images are passed on.

    Attributes:
        allowed: The share that may be passed on, a fraction.
        passed: Number of images that are; fewer than allowed where images are equally sure.
        errors: Misread images among those that it still reads.
        threshold: The lowest probability that it still reads.
    """

    allowed: float
    passed: int
    errors: int
    threshold: float


@dataclass(frozen=True, slots=True)
class Risk:
    """Errors left against images passed on.

    Attributes:
        images: Number of images.
        errors: Misread images if none is passed on.
        rows: For some shares.
        curve: (share passed on, errors left), falling, for the chart.
    """

    images: int
    errors: int
    rows: tuple[Passed, ...]
    curve: tuple[tuple[float, int], ...]

    @property
    def sentence(self) -> str:
        """For one percent, and the share that leaves no error."""
        if not self.errors:
            return "There is no error to avoid."
        one = next(row for row in self.rows if row.allowed == SPOKEN)
        none = next((share for share, errors in self.curve if not errors), None)
        end = f"; with {percent(none)} checked, none is left" if none is not None and one.errors else ""
        return (
            f"If a person checks the {100 * SPOKEN:g} % of images that it is least sure of, "
            f"{one.errors:,} of the {counted(self.errors, 'error')} {'is' if one.errors == 1 else 'are'} left{end}."
        )

    @property
    def chart(self) -> Chart:
        """Errors left against the share passed on."""
        widest = min(WIDEST, max(NARROWEST, next((share for share, errors in self.curve if not errors), WIDEST) * 1.15))
        ticks = nice_ticks(0, max(1, self.errors))
        return make_chart(
            "Errors left, against the share of images checked by a person",
            Scale(
                "checked by a person, least sure first",
                0,
                widest,
                tuple((x, f"{100 * x:g} %") for x in nice_ticks(0, widest)),
            ),
            Scale("errors left", 0, max(1, self.errors) * 1.03, tuple((value, f"{value:,.0f}") for value in ticks)),
            lines=[([point for point in self.curve if point[0] <= widest], "main", "")],
        )

    def as_dict(self) -> dict[str, object]:
        """Return the table, for JSON."""
        return {"images": self.images, "errors": self.errors, "passed_on": [asdict(row) for row in self.rows]}


def _compute(report_input: ReportInput) -> Risk | NotMeasured:
    confidence = report_input.confidence
    if confidence is None:
        return NO_PROBABILITIES
    images = len(report_input.rows)
    coverage, risk = risk_coverage(confidence, report_input.wrong)
    thresholds = -np.unique(-confidence)
    kept = np.rint(coverage * images).astype(int)
    errors = np.rint(coverage * images * risk).astype(int)
    rows = []
    for share in SHARES:
        place = int(np.searchsorted(coverage, 1 - share - ROUNDING))
        rows.append(Passed(share, images - int(kept[place]), int(errors[place]), float(thresholds[place])))
    shares = 1 - coverage[::-1]
    chosen = np.unique(np.searchsorted(shares, np.linspace(0, WIDEST, POINTS), side="right") - 1)
    curve = [(float(shares[place]), int(errors[::-1][place])) for place in chosen.tolist()]
    first_clean = np.flatnonzero(errors[::-1] == 0)
    if len(first_clean):
        curve.append((float(shares[first_clean[0]]), 0))
    return Risk(
        images,
        report_input.metrics.errors,
        tuple(rows),
        tuple(sorted(set(curve), key=lambda point: (point[0], -point[1]))),
    )


SECTION = Section(
    "risk",
    "If a person checks what it is not sure of",
    _compute,
    "In place of a person it may be the next frame. Images with the same probability are checked together or not at "
    "all.",
)
