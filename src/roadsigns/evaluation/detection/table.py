"""The figures of a detector as tables for the terminal."""

from typing import TYPE_CHECKING, TextIO

from roadsigns.evaluation.detection.intervals import Estimate
from roadsigns.evaluation.detection.metrics import FALSE_PER_IMAGE, DetectionMetrics, Finding, Naming, SizeRecall
from roadsigns.evaluation.intervals import LEVEL
from roadsigns.evaluation.table import as_hard
from roadsigns.printable import printable
from roadsigns.wording import are, counted, percent

if TYPE_CHECKING:
    from rich.table import Table

__all__ = [
    "finding_table",
    "hardest_table",
    "naming_table",
    "print_detection",
    "size_table",
    "size_text",
    "threshold_text",
]

HARDEST_CLASSES = 8
NOTHING = "-"
INTERVAL = f"{100 * LEVEL:.0f} % interval"


def print_detection(metrics: DetectionMetrics, file: TextIO, *, title: str) -> None:
    """Print the tables: finding, recall by size, and end to end where the signs are named.

    Args:
        metrics: The figures.
        file: Such as standard output.
        title: Which detector on which scenes.
    """
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    console.print(printable(title), style="bold", soft_wrap=True)
    console.print(_contents(metrics), soft_wrap=True)
    console.print(finding_table(metrics))
    if metrics.threshold is not None:
        console.print(
            "AP counts boxes of every score; right, missed and misread count those "
            f"{threshold_text(metrics.threshold)} on.",
            soft_wrap=True,
        )
    if metrics.finding.signs:
        console.print(size_table(metrics.finding))
    if metrics.naming is not None:
        console.print(naming_table(metrics.naming))
        if others := metrics.finding.signs - metrics.naming.signs:
            console.print(
                f"{counted(others, 'sign')} more {are(others)} of none of the recogniser's classes: to be found, not "
                "named.",
                soft_wrap=True,
            )
        if any(one.signs and one.right < one.signs for one in metrics.naming.classes):
            console.print(hardest_table(metrics.naming))


def threshold_text(threshold: float | None) -> str:
    """Return which detections count: "from a score of 0.4"."""
    return "with no score accepted" if threshold is None else f"from a score of {threshold:.3g}"


def finding_table(metrics: DetectionMetrics) -> "Table":
    """Lay out how well signs are found, whatever they are called."""
    table = _table("Signs found")
    finding = metrics.finding
    table.add_row("AP50", *_cells(finding.ap50))
    table.add_row("AP50:95", *_cells(finding.ap50_95))
    table.add_row(f"Recall at {FALSE_PER_IMAGE:g} false signs per image", *_cells(finding.recall))
    table.add_row("  of signs of 20 pixels or more", *_cells(finding.from_20.recall))
    lowest = NOTHING if finding.recall_threshold is None else f"{finding.recall_threshold:.3g}"
    table.add_row("  from a score of", lowest)
    table.add_row(f"False signs per image, {threshold_text(metrics.threshold)}", *_counts(finding.false_per_image))
    table.add_row("  missed, false", f"{finding.missed:,}, {finding.false:,}")
    return table


def size_table(finding: Finding) -> "Table":
    """Lay out recall by size; sizes without signs are left out."""
    from rich.table import Table

    table = Table("Short side", caption=f"At {FALSE_PER_IMAGE:g} false signs per image")
    for header in ("Signs", "Found", "Recall", INTERVAL):
        table.add_column(header, justify="right")
    for size in finding.sizes:
        if size.signs:
            table.add_row(size_text(size), f"{size.signs:,}", f"{size.found:,}", *_cells(size.recall))
    return table


def size_text(size: SizeRecall, *, unit: str = " pixels") -> str:
    """Return "20 to 32 pixels" or "128 pixels and more"; without " pixels" where `unit` is empty."""
    return f"{size.smallest}{unit} and more" if size.below is None else f"{size.smallest} to {size.below}{unit}"


def naming_table(naming: Naming) -> "Table":
    """Lay out how well signs are found and named."""
    table = _table("Signs found and named")
    table.add_row(f"mAP50 over {counted(naming.occurring, 'class')}", *_cells(naming.map50))
    table.add_row("Falsely named per image", *_counts(naming.false_per_image))
    table.add_row("Signs", f"{naming.signs:,}")
    table.add_row("  right", f"{naming.total('right'):,}")
    table.add_row("  misread", f"{naming.total('misread'):,}")
    table.add_row("  called unknown", f"{naming.total('unknown'):,}")
    table.add_row("  missed", f"{naming.total('missed'):,}")
    table.add_row("Named where none is labelled", f"{naming.total('false'):,}")
    table.add_row(f"  in {counted(naming.empty_images, 'image')} without a labelled one", f"{naming.false_in_empty:,}")
    return table


def hardest_table(naming: Naming) -> "Table":
    """Lay out the classes with the lowest average precision."""
    from rich.table import Table
    from rich.text import Text

    measured = sorted(((one.ap50, one) for one in naming.classes if one.ap50 is not None), key=lambda pair: pair[0])
    table = Table("Hardest classes", caption=as_hard([ap50 for ap50, _ in measured], HARDEST_CLASSES))
    for header in ("AP50", "Signs", "Right", "Misread", "Unknown", "Missed", "False"):
        table.add_column(header, justify="right")
    for ap50, one in measured[:HARDEST_CLASSES]:
        numbers = one.signs, one.right, one.misread, one.unknown, one.missed, one.false
        table.add_row(Text(printable(one.name)), percent(ap50), *(f"{number:,}" for number in numbers))
    return table


def _contents(metrics: DetectionMetrics) -> str:
    finding = metrics.finding
    ignored = f" ({finding.ignored:,} more are ignored)" if finding.ignored else ""
    if metrics.runs < 2:  # noqa: PLR2004 - see `estimate`
        intervals = "No intervals: that needs two runs of scenes or more."
    else:
        intervals = f"Intervals by resampling {counted(metrics.runs, 'run')} of scenes."
    return f"{counted(metrics.images, 'scene')} with {counted(finding.signs, 'sign')} to be found{ignored}. {intervals}"


def _table(subject: str) -> "Table":
    from rich.table import Table

    table = Table(subject)
    table.add_column("", justify="right")
    table.add_column(INTERVAL, justify="right")
    return table


def _cells(estimate: Estimate | None) -> tuple[str, str]:
    if estimate is None:
        return NOTHING, NOTHING
    if estimate.low is None or estimate.high is None:
        return percent(estimate.value), NOTHING
    return percent(estimate.value), f"{100 * estimate.low:.2f} to {percent(estimate.high)}"


def _counts(estimate: Estimate | None) -> tuple[str, str]:
    if estimate is None:
        return NOTHING, NOTHING
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.3f}", NOTHING
    return f"{estimate.value:.3f}", f"{estimate.low:.3f} to {estimate.high:.3f}"
