"""How tracks are read by several of their frames, as tables for the terminal."""

from typing import TYPE_CHECKING, TextIO, TypeAlias

from roadsigns.evaluation.fused_tracks import FrameOrder, FusedResult, FusedTracks, Method

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["print_fused_tracks"]

ORDERS: dict[FrameOrder, str] = {"first": "first", "random": "any"}
METHODS: dict[Method, str] = {
    "fused": "Fused",
    "mean": "Mean",
    "product": "Product",
    "majority": "Majority",
    "largest": "Largest",
}

# By order and number of frames.
Rows: TypeAlias = dict[tuple[FrameOrder, int], dict[Method, FusedResult]]


def print_fused_tracks(fused: FusedTracks, file: TextIO) -> None:
    """Print what becomes of the tracks, how many each simpler way misreads, and the correlation that fits best."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    if not fused.results:
        console.print("No track is known, so no sign is told from several frames.", soft_wrap=True)
        return
    rows: Rows = {}
    for order in ORDERS:
        for result in fused.results:
            if result.order == order:
                rows.setdefault((order, result.frames), {})[result.method] = result
    console.print("Signs told from several frames", style="bold")
    console.print(_fused_table(rows))
    console.print(_methods_table(rows))
    fitted = fused.fitted_correlation
    console.print(
        "Sure, known: misread with a probability of 99 % or more, and as known. Frames of one sign count as correlated "
        f"by {fused.correlation:g}" + ("." if fitted is None else f"; {fitted:.2f} fits these tracks best."),
        soft_wrap=True,
    )


def _fused_table(rows: Rows) -> "Table":
    from rich.table import Table

    table = Table("Frames")
    for header in ("Tracks", "Misread", "Sure", "Known", "Uncertain", "Unknown", "ECE"):
        table.add_column(header, justify="right")
    for (order, frames), methods in rows.items():
        one = methods["fused"]
        counts = (one.tracks, one.errors, one.sure_errors, one.known_errors, one.uncertain, one.unknown)
        table.add_row(f"{ORDERS[order]} {frames}", *map(_count, counts), f"{100 * one.ece:.2f} %")
    return table


def _methods_table(rows: Rows) -> "Table":
    from rich.table import Table

    table = Table("Misread by")
    for header in METHODS.values():
        table.add_column(header, justify="right")
    for (order, frames), methods in rows.items():
        table.add_row(f"{ORDERS[order]} {frames}", *(_count(methods[method].errors) for method in METHODS))
    return table


def _count(tracks: float | None) -> str:
    """Return a number of tracks, with a decimal where it is a mean of draws that differ."""
    if tracks is None:
        return "-"
    return f"{tracks:,.0f}" if tracks == int(tracks) else f"{tracks:,.1f}"
