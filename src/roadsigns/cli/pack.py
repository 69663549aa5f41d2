"""`roadsigns pack`: images into shards."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.wording import counted

if TYPE_CHECKING:
    from roadsigns.shards.pack_rows import Split

NAMED = 10
MEGABYTE = 1_000_000


@click.command(name="pack")
@click.argument("data", metavar="DATA...", nargs=-1, required=True)
@click.argument("dest", metavar="DEST")
@click.option(
    "--split",
    type=click.Choice(["training", "test"]),
    help="Pack the labelled images of a data set, as `train` or `evaluate` reads it, with labels and tracks.  "
    "[default: all images, as `predict` reads them]",
)
@click.option(
    "--every", default=1, show_default=True, type=click.IntRange(1), help="Videos: pack every Nth frame only."
)
@click.option(
    "--shard-size",
    metavar="MB",
    default=128,
    show_default=True,
    type=click.IntRange(1),
    help="Megabytes of images in a shard, from which on the next one begins.",
)
def command(*, data: tuple[str, ...], dest: str, split: "Split | None", every: int, shard_size: int) -> int:
    """Pack images into shards, Parquet files in the new folder DEST, which may be an address such as s3://bucket/crops.

    DATA is a folder, a quoted glob pattern, a zip or tar archive, a CSV or Parquet table, a video file, or - for a list
    of paths on standard input. Boxes of tables are packed too, and so are their other columns. `roadsigns predict --on
    ray` and `detect --on ray` read shards.

    Images that cannot be read are left out and named; the exit status is then 1.
    """
    from roadsigns.bulk.results import require_parquet
    from roadsigns.files import require_outside
    from roadsigns.progress import progress
    from roadsigns.shards.pack import pack
    from roadsigns.shards.pack_rows import open_rows
    from roadsigns.shards.place import place_for_output

    require_parquet()
    folder = place_for_output(dest, option="")
    for one in data:
        if folder.is_local and Path(one).is_dir():
            require_outside(Path(folder.path), Path(one), hint="Name another place for the shards.")
    sources = [source for one in data for source in open_rows(one, split=split, every=every)]
    counts = [source.count for source in sources]
    total = None if None in counts else sum(count or 0 for count in counts)
    with progress("Packing", total=total) as advance:
        packed = pack(sources, folder, shard_bytes=shard_size * MEGABYTE, told=advance)
    size = sum(shard["bytes"] for shard in packed.shards) / MEGABYTE
    click.echo(
        f"Packed {counted(packed.images, 'image')} into {counted(len(packed.shards), 'shard')} in {dest} "
        f"({size:,.1f} MB). Left out: {len(packed.left_out):,}."
    )
    for problem in packed.left_out[:NAMED]:
        click.echo(f"roadsigns: Left out: {problem}", err=True)
    if len(packed.left_out) > NAMED:
        click.echo(f"roadsigns: Left out: {len(packed.left_out) - NAMED:,} more.", err=True)
    return 1 if packed.left_out else 0
