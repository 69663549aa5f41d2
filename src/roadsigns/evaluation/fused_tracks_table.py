"""How tracks are read by several of their frames, as tables for the terminal."""

from typing import TYPE_CHECKING, TextIO

from roadsigns.evaluation.fused_tracks import FrameOrder, FusedResult, FusedTracks

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["print_fused_tracks"]

ORDERS: dict[FrameOrder, str] = {"first": "First frames", "random": "Random frames"}
OTHERS = ("mean", "product", "majority", "largest")


def print_fused_tracks(fused: FusedTracks, file: TextIO) -> None:
    """Print a table for each order of frames, and the correlation that would fit best."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    if not fused.results:
        console.print("No track is known, so no sign is told from several frames.", soft_wrap=True)
        return
    console.print("Signs told from several frames, in tracks", style="bold")
    for order in ORDERS:
        console.print(_table(fused, order))
    fitted = fused.fitted_correlation
    console.print(
        f"Sure: 99 % or more. Frames of one sign count as correlated by {fused.correlation:g}"
        + ("." if fitted is None else f"; {fitted:.2f} fits these tracks best."),
        soft_wrap=True,
    )


def _table(fused: FusedTracks, order: FrameOrder) -> "Table":
    from rich.table import Table

    table = Table(ORDERS[order])
    for header in ("Tracks", "Misread", "Sure", "Known", "Uncertain", "Unknown", "ECE", *map(str.capitalize, OTHERS)):
        table.add_column(header, justify="right")
    by_frames: dict[int, dict[str, FusedResult]] = {}
    for result in fused.results:
        if result.order == order:
            by_frames.setdefault(result.frames, {})[result.method] = result
    for frames, methods in by_frames.items():
        ours = methods["fused"]
        counts = (ours.errors, ours.sure_errors, ours.known_errors, ours.uncertain, ours.unknown)
        others = (methods[name].errors for name in OTHERS)
        table.add_row(
            str(frames),
            f"{ours.tracks:,}",
            *map(_count, counts),
            f"{100 * ours.ece:.2f} %",
            *map(_count, others),
        )
    return table


def _count(tracks: float | None) -> str:
    """Return a number of tracks, with a decimal where it is a mean of draws that differ."""
    if tracks is None:
        return "-"
    return f"{tracks:,.0f}" if tracks == int(tracks) else f"{tracks:,.1f}"
