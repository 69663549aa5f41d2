"""`roadsigns draw`: a data folder of drawn signs."""

from pathlib import Path

import click


@click.command(name="draw")
@click.argument("destination", metavar="DEST", type=click.Path(path_type=Path))
@click.option("--tracks", default=20, show_default=True, help="Training tracks per class.")
@click.option("--frames", default=10, show_default=True, help="Images per track.")
@click.option("--test-tracks", default=5, show_default=True, help="Test tracks per class; 0 draws no test set.")
@click.option("--seed", default=0, show_default=True, help="The same seed draws the same images.")
def command(destination: Path, tracks: int, frames: int, test_tracks: int, seed: int) -> None:
    """Draw traffic signs into the new folder DEST, in GTSRB's layout.

    No photograph is needed: all 43 signs are drawn on made-up backgrounds, with boxes and tracks. Use it to try out
    training, and for tests; a model for the road wants real images.
    """
    from roadsigns.data.drawn import draw_dataset

    images = draw_dataset(destination, tracks=tracks, frames=frames, test_tracks=test_tracks, seed=seed)
    click.echo(f"Wrote {images} images of 43 classes to {destination}.")
