"""A sheet of the signs that a cross-validation gets wrong: some frames of each, and what was read in them."""

import math
import textwrap
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from roadsigns.cross_validation.metrics import CrossMetrics, MisreadTrack
from roadsigns.datasets.reader import read_training
from roadsigns.errors import ImageError, RunError
from roadsigns.preprocessing.decode import UInt8Image, read_image
from roadsigns.printable import printable
from roadsigns.reporting.examples import choose_examples
from roadsigns.reporting.misread_sheet import brighten
from roadsigns.reporting.plots import GREY, RED, figure_at
from roadsigns.types import Sample, labelled_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_misread_tracks"]

FRAMES = 4
MAX_TRACKS = 60
# In inches.
LABEL, CELL_WIDTH, CELL_IMAGE, ROW, HEAD, BETWEEN = 1.5, 1.15, 1.05, 1.55, 1.0, 0.4
BLOCK = LABEL + FRAMES * CELL_WIDTH + BETWEEN
# Of the title, in an inch.
LETTERS = 13


class Reading(NamedTuple):
    """What was read in an image, how surely, and whether it is something else."""

    name: str
    probability: float
    wrong: bool


def draw_misread_tracks(figures: CrossMetrics, data: Path, path: Path) -> None:
    """Draw some frames of each wrong track, from early to late, with what it is and what was read in each.

    Args:
        figures: Of the cross-validation.
        data: The data folder that it is of.
        path: Ends in .png.

    Raises:
        DataError: If the data cannot be read.
        RunError: If the sheet cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    shown = figures.wrong_tracks[:MAX_TRACKS]
    readings = _readings(figures)
    samples = _samples_of(shown, data, readings)
    columns = max(1, round(math.sqrt(len(shown) * ROW / BLOCK)))
    rows = -(-len(shown) // columns)
    width, height = columns * BLOCK + BETWEEN, HEAD + rows * ROW
    try:
        with figure_at(path, width=width, height=height, axes_fitted=False) as figure:
            # One pair of axes in inches, origin top left: a pair for each image takes ten times as long.
            axes = figure.add_axes((0, 0, 1, 1))
            _write(axes, _title(figures, len(shown), width), BETWEEN, HEAD / 5, size=9)
            for index, track in enumerate(shown):
                column, row = divmod(index, rows)
                left, top = BETWEEN + column * BLOCK, HEAD + row * ROW
                name = textwrap.fill(printable(track.name), 20, max_lines=3, placeholder="…")
                label = f"{name}\n{track.class_id}, {printable(track.track)}\n{track.errors} of {track.frames} misread"
                _write(axes, label, left, top, size=8)
                for place, sample in enumerate(samples[track]):
                    x = left + LABEL + place * CELL_WIDTH
                    _draw_frame(axes, sample, readings[labelled_image(sample).image], left=x, top=top)
            axes.set(xlim=(0, width), ylim=(height, 0))
            axes.axis("off")
    except OSError as error:
        raise RunError(
            f"The sheet {path} cannot be written: {error.strerror or error}. Free some space and try again."
        ) from error


def _title(figures: CrossMetrics, shown: int, width: float) -> str:
    total = len(figures.wrong_tracks)
    left_out = f" Shown: the {shown} with the most errors." if shown < total else ""
    text = (
        f"{printable(figures.title)}. {total:,} signs misread in more than half of their frames.{left_out} "
        "Red: misread. Dark images are brightened here."
    )
    return textwrap.fill(text, int(width * LETTERS), max_lines=4, placeholder="…")


def _samples_of(
    tracks: tuple[MisreadTrack, ...], data: Path, readings: dict[str, Reading]
) -> dict[MisreadTrack, list[Sample]]:
    """Some frames of each track that were judged, from early to late."""
    by_track: dict[tuple[int, str], list[Sample]] = defaultdict(list)
    for sample in read_training(data).samples:
        image = labelled_image(sample).image
        if image in readings:
            by_track[sample.class_id, sample.track or image].append(sample)
    return {
        track: choose_examples(
            by_track[track.class_id, track.track], count=FRAMES, rng=np.random.default_rng(track.class_id)
        )
        for track in tracks
    }


def _readings(figures: CrossMetrics) -> dict[str, Reading]:
    """By image. Those that do not decode are missing."""
    names = figures.cross.record.classes
    readings = {}
    for part in figures.cross.parts.values():
        columns = (part.class_ids[:, 0].tolist(), part.probabilities[:, 0].tolist(), part.wrong.tolist())
        for row, class_id, probability, wrong in zip(part.rows, *columns, strict=True):
            readings[row.image] = Reading(names[class_id], probability, wrong)
    return readings


def _draw_frame(axes: "Axes", sample: Sample, reading: Reading, *, left: float, top: float) -> None:
    image = brighten(_read(sample))
    tall, wide = image.shape[:2]
    scale = CELL_IMAGE / max(tall, wide)
    x, y = left + (CELL_IMAGE - wide * scale) / 2, top + (CELL_IMAGE - tall * scale) / 2
    axes.imshow(image, extent=(x, x + wide * scale, y + tall * scale, y), interpolation="nearest")
    name = textwrap.fill(printable(reading.name), 19, max_lines=2, placeholder="…")
    text = f"{name}\n{100 * reading.probability:.1f} %"
    _write(axes, text, left, top + CELL_IMAGE + 0.03, size=6.5, colour=RED if reading.wrong else GREY)


def _read(sample: Sample) -> UInt8Image:
    try:
        return read_image(sample.path)
    except ImageError:
        # It was judged, and the file is gone or broken since.
        return np.zeros((1, 1, 3), np.uint8)


def _write(axes: "Axes", text: str, x: float, y: float, *, size: float, colour: str = "black") -> None:
    # A dollar sign in a name starts no formula.
    axes.text(x, y, text, ha="left", va="top", fontsize=size, color=colour, linespacing=1.1, parse_math=False)
