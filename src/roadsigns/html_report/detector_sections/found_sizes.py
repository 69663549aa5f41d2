"""Found by size: the share of the signs of each size that is found."""

from dataclasses import asdict, dataclass

from roadsigns.evaluation.detection.metrics import FALSE_PER_IMAGE, SizeRecall
from roadsigns.evaluation.detection.table import size_text
from roadsigns.html_report.charts import Chart, Scale, make_chart
from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.wording import counted, percent

__all__ = ["SECTION", "FoundSizes", "recall_scale"]

# Dots of the chart.
SMALLEST_DOT, LARGEST_DOT = 3.5, 9.0


@dataclass(frozen=True, slots=True)
class FoundSizes:
    """Recall by size.

    Attributes:
        sizes: Those that occur, small to large.
        from_20: All of 20 pixels or more.
        chart: The recall of each, with its interval.
    """

    sizes: tuple[SizeRecall, ...]
    from_20: SizeRecall
    chart: Chart

    @property
    def rows(self) -> list[tuple[str, SizeRecall]]:
        """The sizes with what they are called."""
        return [(size_text(size, unit=""), size) for size in self.sizes]

    @property
    def sentence(self) -> str:
        """Large against small."""
        small = [size for size in self.sizes if size.below is not None and size.below <= self.from_20.smallest]
        signs, found = sum(size.signs for size in small), sum(size.found for size in small)
        large = self.from_20.recall
        smaller = (
            f"{signs:,} smaller ones" if large else f"{counted(signs, 'sign')} to be found below 20 pixels it finds"
        )
        parts = [f"of {smaller} {percent(found / signs)}"] if signs else []
        if large:
            of_large = f"of {counted(self.from_20.signs, 'sign')} to be found of 20 pixels or more"
            parts.insert(0, f"{of_large} it finds {percent(large.value)}")
        sentence = ", ".join(parts)
        return f"{sentence[0].upper()}{sentence[1:]}, if one box without a sign in ten images is allowed."

    def as_dict(self) -> dict[str, object]:
        """Return the figures, for JSON."""
        return {
            "false_per_image": FALSE_PER_IMAGE,
            "sizes": [asdict(size) for size in self.sizes],
            "from_20": asdict(self.from_20),
        }


def recall_scale(label: str = "Signs found") -> Scale:
    """An axis of shares, 0 to 100 %."""
    return Scale(label, 0, 1, tuple((part / 4, f"{25 * part} %") for part in range(5)))


def _compute(report_input: DetectorReportInput) -> FoundSizes | NotMeasured:
    finding = report_input.metrics.finding
    sizes = tuple(size for size in finding.sizes if size.signs)
    if not sizes:
        return NotMeasured("No sign is labelled in these scenes.")
    return FoundSizes(sizes, finding.from_20, _chart(sizes))


def _chart(sizes: tuple[SizeRecall, ...]) -> Chart:
    most = max(size.signs for size in sizes)
    ticks = tuple((float(place), _short(size)) for place, size in enumerate(sizes))
    dots = []
    for place, size in enumerate(sizes):
        if size.recall is None:
            continue
        radius = SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * (size.signs / most) ** 0.5
        label = (
            f"{size_text(size)}: {size.found:,} of {counted(size.signs, 'sign')} found, {percent(size.recall.value)}"
        )
        dots.append((float(place), size.recall.value, size.recall.interval, round(radius, 1), label))
    return make_chart(
        "The share of the signs of each size that is found",
        Scale("Shorter side of the sign, pixels", -0.5, len(sizes) - 0.5, ticks),
        recall_scale(),
        dots=dots,
    )


def _short(size: SizeRecall) -> str:
    return f"{size.smallest}+" if size.below is None else f"{size.smallest}–{size.below}"


SECTION = Section(
    "found_sizes",
    "Which sizes does it find?",
    _compute,
    "All signs to be found are counted, of the recogniser's classes or not. "
    "The larger a dot, the more signs it stands for; its line is the 95 % interval by resampling runs of scenes. "
    "Where resampling changes nothing, there is none: all signs of the size are found, or all are of one run. A few "
    "signs still prove little.",
)
