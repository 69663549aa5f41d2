"""`roadsigns download`: the official GTSRB archives, unpacked."""

from pathlib import Path

import click

from roadsigns.datasets.download import OFFICIAL_BASE_URL, PARTS, download

__all__ = ["command"]


@click.command("download")
@click.argument("destination", metavar="DEST", type=click.Path(path_type=Path))
@click.option(
    "--base-url",
    "base_urls",
    multiple=True,
    default=[OFFICIAL_BASE_URL],
    show_default=True,
    help="URL of the folder with the archives. May be repeated: if one fails, the next is tried.",
)
@click.option(
    "--part", "parts", multiple=True, type=click.Choice(tuple(PARTS)), help="Download only this part. May be repeated."
)
def command(destination: Path, base_urls: tuple[str, ...], parts: tuple[str, ...]) -> None:
    """Download the official GTSRB archives and unpack them into DEST.

    The training part has 39,209 images, the test part 12,630. Unpacking both needs about 1 GB.
    DEST does not change until everything is downloaded, checked and unpacked, and no file in it is ever overwritten.
    After an interruption, the same command resumes: complete archives are kept in a hidden folder beside DEST.
    Proxies are taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
    """
    archives = [archive for part in PARTS if part in (parts or PARTS) for archive in PARTS[part]]
    for path in download(destination, archives=archives, base_urls=base_urls):
        click.echo(path)
