"""Where the report of an evaluation goes: to `--out`, or into the run folder of its model."""

from collections.abc import Callable
from pathlib import Path

import click

from roadsigns.errors import MissingExtraError, OutputError

__all__ = ["write_report_folder"]


def write_report_folder(write: Callable[[Path], None], *, model: str, name: str, out: Path | None) -> None:
    """Write a report, and say where it is.

    Args:
        write: Writes it into a folder.
        model: Of which it is. Unless it is a run folder, nothing is written without `out`.
        name: Of the folder in the run folder.
        out: The folder that was asked for.

    Raises:
        OutputError: If that folder cannot be written.
        MissingExtraError: If something to write it with is not installed, and it was asked for.
    """
    folder = out or (Path(model, name) if Path(model).is_dir() else None)
    if folder is None:
        return
    try:
        write(folder)
    except (OutputError, MissingExtraError) as error:
        if out:
            raise
        # These files are written by default only, and the metrics are printed: a read-only run folder is no failure.
        click.echo(f"roadsigns: {error}", err=True)
        return
    click.echo(f"Tables and plots are in {folder}.", err=True)
