"""The files of unknown images in the folder of an evaluation's report.

unknown.csv    every unknown image: what it was called and its scores
unknown.png    histograms of the scores and the curve of what is accepted; with the report extra
accepted.png   the unknown images with the highest score, of the accepted ones if any; with the report extra

For background windows they are called background.csv, background.png and background-accepted.png.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from roadsigns.errors import ImageError
from roadsigns.evaluation.rejection.curves import acceptance_curve
from roadsigns.evaluation.rejection.judge import Judgement
from roadsigns.evaluation.rejection.unknown_images import UnknownImage
from roadsigns.files import replace_when_done
from roadsigns.reporting.misread_sheet import Misread, draw_misread
from roadsigns.reporting.rejection_plots import ScorePlot, draw_rejection
from roadsigns.types import UInt8Image
from roadsigns.wording import percent

__all__ = ["COLUMNS", "draw_pictures", "write_table"]

COLUMNS = ("path", "x1", "y1", "x2", "y2", "kind", "class_id", "name", "probability", "accepted", "unknown_kind")
MAX_SHOWN = 60
DIGITS = 9


def write_table(judgement: Judgement, folder: Path) -> None:
    """Write the CSV file, whole or not at all.

    Raises:
        OSError: If it cannot be written.
    """
    # A file's name may not be valid text.
    with (
        replace_when_done(folder / f"{judgement.source}.csv") as temporary,
        temporary.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file,
    ):
        csv.writer(file).writerows(_rows(judgement))


def draw_pictures(judgement: Judgement, folder: Path) -> None:
    """Draw the pictures.

    Raises:
        OSError: If a file cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    name = judgement.source
    draw_rejection(_plots(judgement), folder / f"{name}.png", title=judgement.title, keep=judgement.results[0].keep)
    _draw_accepted(judgement, folder / ("accepted.png" if name == "unknown" else f"{name}-accepted.png"))


def _rows(judgement: Judgement) -> Iterator[list[object]]:
    names = judgement.evaluation.class_names
    yield [*COLUMNS, *judgement.unknown_scores]
    columns = (
        *(judgement.class_ids.tolist(), judgement.probabilities.tolist(), judgement.accepted.tolist()),
        judgement.unknown_kinds,
    )
    scores = zip(*judgement.unknown_scores.values(), strict=True)
    for image, class_id, probability, accepted, kind, values in zip(judgement.images, *columns, scores, strict=True):
        yield [
            image.path,
            *(image.place or ("",) * 4),
            image.kind,
            class_id,
            names[class_id],
            f"{probability:.{DIGITS}g}",
            int(accepted),
            kind or "",
            *(f"{value:.{DIGITS}g}" for value in values),
        ]


def _plots(judgement: Judgement) -> list[ScorePlot]:
    plots = []
    for result in judgement.results:
        known, unknown = (scores[result.score] for scores in (judgement.known_scores, judgement.unknown_scores))
        curve = acceptance_curve(known, unknown)
        plots.append(ScorePlot(result.score, known, unknown, result.threshold, curve.kept, curve.accepted))
    return plots


def _draw_accepted(judgement: Judgement, path: Path) -> None:
    """Draw the unknown images with the highest first score, of the accepted ones if any: the gravest mistakes."""
    first, names = judgement.results[0], judgement.evaluation.class_names
    scores, accepted = judgement.unknown_scores[first.score], np.flatnonzero(judgement.accepted)
    candidates = accepted if len(accepted) else np.arange(len(scores))
    shown = candidates[np.argsort(-scores[candidates], kind="stable")][:MAX_SHOWN].tolist()
    of_these = f"{len(accepted):,}" if len(accepted) else f"{len(scores):,}, none of them accepted,"
    title = (
        f"{judgement.title}: {percent(first.figures.accepted)} accepted at {100 * first.keep:g} % kept, by score "
        f"{first.score}. Shown: the {len(shown)} of {of_these} with the highest score. "
        "Above: what it was called, and its score. Below: its kind. Dark images are brightened."
    )
    cells = [
        Misread(
            _read_or_blank(judgement.images[index]),
            judgement.images[index].kind,
            names[int(judgement.class_ids[index])],
            float(scores[index]),
        )
        for index in shown
    ]
    draw_misread(cells, path, title=title)


def _read_or_blank(image: UnknownImage) -> UInt8Image:
    """Read an image again; a black pixel stands for one whose file has gone since."""
    try:
        return image.read_again()
    except ImageError:
        return np.zeros((1, 1, 3), np.uint8)
