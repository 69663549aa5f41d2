"""The figures of unknown images as tables for the terminal."""

from collections.abc import Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, TextIO

from roadsigns.evaluation.intervals import LEVEL
from roadsigns.evaluation.rejection.judge import Judgement
from roadsigns.evaluation.rejection.metrics import KindRejection, Rejection, RejectionFigures
from roadsigns.inference.decide import NO_THRESHOLDS
from roadsigns.model_files.conformal_quantiles import is_supported
from roadsigns.printable import printable
from roadsigns.wording import counted, percent

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["UNITS", "figure_cells", "figures_table", "kinds_table", "print_judgement"]

NO_INTERVAL = "No interval: that needs two units, such as tracks, or more of known and of unknown images."
UNITS = {
    "image": "image; too narrow where images share signs",
    "track": "track",
    "kind": "kind of sign",
    "scene": "street scene",
}
SHOWN_KINDS = 40


def print_judgement(judgement: Judgement, file: TextIO) -> None:
    """Print the tables of each score: its figures, and those of each kind, the worst first."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    console.print()
    console.print(printable(judgement.title), style="bold", soft_wrap=True)
    for result in judgement.results:
        console.print(figures_table(result))
        console.print(
            f"Accepted: a score of {result.threshold:.4g} or more. This threshold was set on the known images here, to "
            f"keep {100 * result.keep:g} % of them.",
            soft_wrap=True,
        )
        if result.keep < 1 and not is_supported(result.keep, result.known_images):
            console.print(f"It is their lowest score: {counted(result.known_images, 'image')} cannot tell that share.")
        if result.interval is None:
            console.print(NO_INTERVAL, soft_wrap=True)
        else:
            known, unknown = UNITS[result.interval.known_unit], UNITS[result.interval.unknown_unit]
            console.print(
                f"Bootstrap intervals. Unit of known images: {known}; of unknown ones: {unknown}.", style="dim"
            )
        if len(result.kinds) > 1 or any(kind.called for kind in result.kinds):
            console.print(kinds_table(result.kinds, title="Unknown kind", most=SHOWN_KINDS))
    if own := judgement.own_threshold:
        console.print(
            f"The model's own threshold, a known score of {own.threshold:.4g}, lets {percent(own.accepted)} of the "
            f"unknown images through, and keeps {percent(own.kept)} of the known ones. If the threshold "
            "was set on these images, as training does on those held out, the share kept is too optimistic.",
            soft_wrap=True,
        )
    elif judgement.evaluation.metadata.known_thresholds is None:
        console.print(f"There is no threshold of its own. {NO_THRESHOLDS}", soft_wrap=True)
    if judgement.undecodable:
        console.print(f"Left out: {counted(len(judgement.undecodable), 'unknown image')} that cannot be decoded.")


def figures_table(result: Rejection) -> "Table":
    """Lay out the figures of a score over all images and by track, with intervals."""
    from rich.table import Table

    table = Table(f"Score {result.score}")
    table.add_column("AUROC", justify="right")
    table.add_column("FPR95", justify="right")
    table.add_column(f"Accepted at {100 * result.keep:g} % kept", justify="right")
    table.add_row("Every image alike", *figure_cells(result.figures))
    if (interval := result.interval) is not None:
        ends = (interval.auroc, interval.fpr95, interval.accepted)
        table.add_row(f"  {100 * LEVEL:g} % interval", *(f"{100 * low:.2f} to {percent(high)}" for low, high in ends))
    if result.by_track is not None:
        table.add_row("Every track alike", *figure_cells(result.by_track))
    return table


def kinds_table(kinds: Sequence[KindRejection], *, title: str, most: int) -> "Table":
    """Lay out the figures of each kind against all known images, and what the model calls it.

    Args:
        kinds: The worst first.
        title: What a kind is.
        most: How many are shown.
    """
    from rich.table import Table
    from rich.text import Text

    left_out = len(kinds) - most
    table = Table(caption=f"{left_out:,} more with --json" if left_out > 0 else None)
    # Folders in folders differ at the end of their paths.
    table.add_column(title, overflow="fold")
    for header in ("Images", "AUROC", "FPR95", "Accepted"):
        table.add_column(header, justify="right")
    says_kinds = any(kind.called for kind in kinds)
    if says_kinds:
        table.add_column("Mostly called")
    for kind in kinds[:most]:
        called = [_mostly_called(kind)] if says_kinds else []
        table.add_row(Text(printable(kind.kind)), f"{kind.images:,}", *figure_cells(kind), *called)
    return table


def _mostly_called(kind: KindRejection) -> str:
    """Return what the model calls most of the images, and how many of those that it calls unknown."""
    if not kind.called:
        return ""
    name, count = max(kind.called.items(), key=itemgetter(1))
    return f"{name}, {count:,} of {sum(kind.called.values()):,}"


def figure_cells(figures: RejectionFigures) -> tuple[str, str, str]:
    """Return AUROC, FPR at 95 % kept and the share accepted, in percent."""
    return percent(figures.auroc), percent(figures.fpr95), percent(figures.accepted)
