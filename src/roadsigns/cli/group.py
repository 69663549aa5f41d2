"""`roadsigns group`: find tracks that were probably recorded at the same place."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.cli.shared.number import FiniteFloatRange
from roadsigns.cli.shared.output_file import OutputFile
from roadsigns.wording import counted

if TYPE_CHECKING:
    from roadsigns.datasets.groups import Grouping
    from roadsigns.types import SignClass

__all__ = ["command"]

NAMED_GROUPS, NAMED_TRACKS = 5, 6


@click.command(name="group")
@click.argument("data", metavar="DATA", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=OutputFile(),
    help="CSV file to write or replace, with the columns class_id;track;group.",
)
@click.option(
    "--threshold",
    default=0.36,
    show_default=True,
    type=FiniteFloatRange(0, 2),
    help="Join tracks whose distance is smaller: 0 means equal images, 1.4 nothing in common.",
)
@click.option("--sheet", type=OutputFile(), help="PNG file to write or replace, with the joined pairs.")
def command(*, data: Path, out: Path | None, threshold: float, sheet: Path | None) -> None:
    """Group the tracks of each class in DATA that were probably recorded at the same place.

    If one of them is used for training and another for validation, the validation accuracy is too high. Tracks are
    compared by thumbnails of their whole images, and joined if any two of their frames are closer than the threshold.
    GTSRB's groups come with the package, and training uses them. Nothing in DATA is changed.
    """
    from roadsigns.datasets.groups import group_tracks, write_groups
    from roadsigns.datasets.layouts.table_images import require_outside_of_table
    from roadsigns.datasets.reader import read_training
    from roadsigns.files import check_output_file
    from roadsigns.reporting.group_sheet import write_group_sheet

    for path, suffix, option in ((out, ".csv", "--out"), (sheet, ".png", "--sheet")):
        if path:
            check_output_file(path, suffix=suffix, option=option, data=data)
            require_outside_of_table(path, data, option=option)
    labelled = read_training(data)
    grouping = group_tracks(labelled.samples, threshold=threshold)
    _print(grouping, labelled.classes)
    if out:
        write_groups(grouping.groups, out)
        click.echo(f"The groups are in {out}.", err=True)
    if sheet:
        write_group_sheet(grouping.joins, labelled.classes, sheet, title=f"{data}, distance below {threshold:g}")
        click.echo(f"The joined pairs are in {sheet}.", err=True)


def _print(grouping: "Grouping", classes: "tuple[SignClass, ...]") -> None:
    members = grouping.members()
    click.echo(f"{counted(len(grouping.groups), 'track')} in {counted(len(members), 'group')}.")
    for keys in members[:NAMED_GROUPS]:
        if len(keys) > 1:
            named = ", ".join(key.track for key in keys[:NAMED_TRACKS])
            more = ", ..." if len(keys) > NAMED_TRACKS else ""
            sign = classes[keys[0].class_id]
            click.echo(f"{len(keys):>4} tracks of {sign.class_id} {sign.name}: {named}{more}")
