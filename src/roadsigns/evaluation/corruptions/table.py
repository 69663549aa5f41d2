"""An evaluation on corrupted images as a table for the terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from roadsigns.evaluation.corruptions.result import CorruptionEvaluation, KindResult
from roadsigns.printable import printable
from roadsigns.robustness.corruption import SEVERITIES
from roadsigns.wording import counted, percent

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["print_corruptions"]


def print_corruptions(evaluation: CorruptionEvaluation, file: TextIO) -> None:
    """Print the table of an evaluation and what it means."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    console.print(printable(evaluation.title), style="bold", soft_wrap=True)
    for line in (_images_line(evaluation), *_summary(evaluation)):
        console.print(printable(line), soft_wrap=True)
    console.print(_table(evaluation))


def _images_line(evaluation: CorruptionEvaluation) -> str:
    """Say what was read."""
    clean, tracks = evaluation.uncorrupted, evaluation.tracks
    signs = f" of {counted(tracks, 'track')}" if tracks else ""
    left_out = f", {counted(len(evaluation.undecodable), 'image')} left out" if evaluation.undecodable else ""
    return (
        f"{counted(evaluation.images, 'image')}{signs}{left_out}, each read once as it is: {percent(clean.accuracy)}, "
        f"{clean.errors:,} misread; and {counted(len(evaluation.kinds), 'kind')} of corruption at 5 severities."
    )


def _summary(evaluation: CorruptionEvaluation) -> Iterator[str]:
    if evaluation.leakage is None:
        yield "Not all tracks are known: the model may have been trained on these signs."
    if evaluation.baseline is None:
        return
    if evaluation.mce is None:
        yield f"mCE: none, since {evaluation.baseline} misreads nothing."
        return
    without = sum(kind.corruption_error is None for kind in evaluation.kinds)
    rest = f"; {counted(without, 'kind')} in which it misreads nothing left out" if without else ""
    seen = ", which was trained on these signs" if evaluation.baseline_leakage else ""
    yield f"mCE {evaluation.mce:.3f}: errors relative to those of {evaluation.baseline}{seen}, mean over kinds{rest}."


def _table(evaluation: CorruptionEvaluation) -> "Table":
    """Lay out accuracy at each severity, and means."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    # Narrow enough for 80 columns.
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("Accuracy, %", no_wrap=True)
    for header in (*map(str, SEVERITIES), "mean", "confidence", "ECE"):
        table.add_column(header, justify="right")
    if evaluation.baseline is not None:
        table.add_column("CE", justify="right")
    for kind in evaluation.kinds:
        cells = [_percent(cell.accuracy) for cell in kind.severities]
        table.add_row(kind.kind, *cells, *_means(kind), *_error(evaluation, kind.corruption_error))
    table.add_section()
    means = [
        _percent(sum(kind.severities[place].accuracy for kind in evaluation.kinds) / len(evaluation.kinds))
        for place in range(len(SEVERITIES))
    ]
    table.add_row("mean", *means, *_means(evaluation), *_error(evaluation, evaluation.mce), style="bold")
    return table


def _means(result: KindResult | CorruptionEvaluation) -> tuple[str, str, str]:
    return _percent(result.accuracy), _percent(result.confidence), _percent(result.ece)


def _error(evaluation: CorruptionEvaluation, error: float | None) -> tuple[str, ...]:
    if evaluation.baseline is None:
        return ()
    return ("-" if error is None else f"{error:.2f}",)


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f}"
