"""A contact sheet of the mostly misread tracks of a cross-validation: some frames of each, with their predictions."""

import math
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from roadsigns.cross_validation.metrics import CrossMetrics, MisreadTrack
from roadsigns.datasets.reader import read_training
from roadsigns.files import output_errors
from roadsigns.preprocessing.brighten import brighten
from roadsigns.reporting.examples import choose_examples
from roadsigns.reporting.sheet_cells import (
    read_or_blank,
    sheet_at,
    show_image,
    write_heading,
    write_text,
)
from roadsigns.reporting.style import LIGHT, SMALL, TINY
from roadsigns.reporting.words import letters_in, shorten, wrap
from roadsigns.types import Sample, labelled_image
from roadsigns.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_misread_tracks"]

FRAMES = 4
MAX_TRACKS = 60
# In inches.
LABEL, CELL_WIDTH, IMAGE, ROW, HEAD, BETWEEN = 1.6, 1.2, 1.1, 1.7, 1.0, 0.4
CROSS = "\N{BALLOT X}"
BLOCK = LABEL + FRAMES * CELL_WIDTH + BETWEEN


class _Reading(NamedTuple):
    """The predicted class of an image, its probability, and whether it is wrong."""

    name: str
    probability: float
    wrong: bool


def draw_misread_tracks(result: CrossMetrics, data: Path, path: Path) -> None:
    """Draw some frames of each mostly misread track, from early to late, with the truth and the predictions.

    Args:
        result: The metrics of the cross-validation.
        data: Its data folder.
        path: Ends in .png.

    Raises:
        DataError: If the data cannot be read.
        OutputError: If the sheet cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    shown = result.mostly_misread[:MAX_TRACKS]
    readings = _readings(result)
    samples = _samples_of(shown, data, readings)
    columns = max(1, round(math.sqrt(len(shown) * ROW / BLOCK)))
    rows = -(-len(shown) // columns)
    width, height = columns * BLOCK + BETWEEN, HEAD + rows * ROW
    with (
        output_errors(path, "Free some space and try again."),
        sheet_at(path, width=width, height=height) as axes,
    ):
        write_heading(axes, _title(result, len(shown)), BETWEEN, HEAD / 5, inches=width - BETWEEN)
        letters = letters_in(LABEL - 0.1, SMALL)
        for index, track in enumerate(shown):
            column, row = divmod(index, rows)
            left, top = BETWEEN + column * BLOCK, HEAD + row * ROW
            number = shorten(f"{track.class_id}, {track.track}", letters)
            label = f"{wrap(track.name, letters, 3)}\n{number}\n{track.errors} of {track.frames} misread"
            write_text(axes, label, left, top, size=SMALL)
            for place, sample in enumerate(samples[track]):
                x = left + LABEL + place * CELL_WIDTH
                _draw_frame(axes, sample, readings[labelled_image(sample).image], left=x, top=top)


def _title(result: CrossMetrics, shown: int) -> str:
    total = len(result.mostly_misread)
    left_out = f" Shown: the {shown} with the most errors." if shown < total else ""
    return (
        f"{result.cross.title}. {counted(total, 'track')} misread in more than half of their frames.{left_out} "
        f"{CROSS}: misread. Dark images are brightened."
    )


def _samples_of(
    tracks: tuple[MisreadTrack, ...], data: Path, readings: dict[str, _Reading]
) -> dict[MisreadTrack, list[Sample]]:
    """Some predicted frames of each track, from early to late."""
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


def _readings(result: CrossMetrics) -> dict[str, _Reading]:
    """By the name of the image. Those that do not decode are missing."""
    names = result.cross.record.classes
    readings = {}
    for part in result.cross.parts.values():
        columns = (part.class_ids[:, 0].tolist(), part.probabilities[:, 0].tolist(), part.wrong.tolist())
        for row, class_id, probability, wrong in zip(part.rows, *columns, strict=True):
            readings[row.image] = _Reading(names[class_id], probability, wrong)
    return readings


def _draw_frame(axes: "Axes", sample: Sample, reading: _Reading, *, left: float, top: float) -> None:
    show_image(axes, brighten(read_or_blank(sample.path)), left, top, IMAGE)
    said = f"{CROSS} {reading.name}" if reading.wrong else reading.name
    text = f"{wrap(said, letters_in(IMAGE, TINY), 2)}\n{100 * reading.probability:.1f} %"
    colour = LIGHT.wrong if reading.wrong else LIGHT.soft
    write_text(axes, text, left, top + IMAGE + 0.03, size=TINY, colour=colour)
