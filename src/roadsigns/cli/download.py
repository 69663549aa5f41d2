"""`roadsigns download`: the official archives of GTSRB or GTSDB, unpacked."""

from pathlib import Path
from typing import get_args

import click

from roadsigns.datasets.download import download
from roadsigns.datasets.official_archives import SETS, SetName

__all__ = ["command"]


@click.command("download")
@click.argument("destination", metavar="DEST", type=click.Path(path_type=Path))
@click.option(
    "--set",
    "name",
    type=click.Choice(get_args(SetName)),
    default="gtsrb",
    show_default=True,
    help="gtsrb: images of single signs. gtsdb: street scenes.",
)
@click.option(
    "--base-url",
    "base_urls",
    multiple=True,
    help="URL of the folder with the archives. May be repeated: if one fails, the next is tried.  [default: "
    "https://sid.erda.dk/public/archives/..., the official one]",
)
@click.option(
    "--part",
    "parts",
    multiple=True,
    type=click.Choice(tuple(SETS["gtsrb"].parts)),
    help="Download only this part of GTSRB. May be repeated.",
)
def command(destination: Path, name: SetName, base_urls: tuple[str, ...], parts: tuple[str, ...]) -> None:
    """Download the official archives of GTSRB or GTSDB and unpack them into DEST.

    The training part of GTSRB has 39,209 images of single signs, the test part 12,630. Unpacking both needs about 1 GB.
    GTSDB has 900 street scenes. They need 2.9 GB, and up to 6 GB while they are unpacked.
    DEST does not change until everything is downloaded, checked and unpacked, and no file in it is ever overwritten.
    After an interruption, the same command resumes: complete archives are kept in a hidden folder beside DEST.
    Proxies are taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
    """
    chosen = SETS[name]
    if parts and not set(parts) <= set(chosen.parts):
        raise click.UsageError(f"--part is for GTSRB: {name} has no parts.")
    archives = [archive for part in chosen.parts if part in (parts or chosen.parts) for archive in chosen.parts[part]]
    base_urls = base_urls or (chosen.base_url,)
    for path in download(destination, archives=archives, base_urls=base_urls, room=chosen.room):
        click.echo(path)
