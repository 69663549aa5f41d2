"""Predictions as a small CSV: what was read in each image, how surely, and what it is.

    image,class_id,track,class_1,probability_1,...,class_5,probability_5
    00014/00003_00027.ppm,14,00003,14,0.999812,13,0.000101,...

The image is named by its class's folder and its file. Classes are the most probable, best first, all where there are
fewer than five; probabilities have six digits. An image that does not decode has nothing after its track.
"""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from roadsigns.errors import RunError
from roadsigns.files import replace_when_done
from roadsigns.types import LabelledImage, Sample, labelled_image

__all__ = [
    "DIGITS",
    "TOP_K",
    "Predictions",
    "join_predictions",
    "keep_top",
    "read_predictions",
    "top_of",
    "write_predictions",
]

TOP_K = 5
DIGITS = 6
NAMED_COLUMNS = ("image", "class_id", "track")
# Rounding, and a softmax in float32.
SUM_TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What a model reads in images.

    Attributes:
        rows: The images, each once.
        class_ids: The most probable classes, best first, int32, shape (images, kept).
        probabilities: Of these, rounded, float64, shape (images, kept).
        undecodable: Images that do not decode, and have no prediction.
        full: All probabilities, float32, shape (images, num_classes), as far as they are known; a CSV has them not.
    """

    rows: tuple[LabelledImage, ...]
    class_ids: npt.NDArray[np.int32]
    probabilities: npt.NDArray[np.float64]
    undecodable: tuple[LabelledImage, ...] = ()
    full: npt.NDArray[np.float32] | None = None

    @property
    def labels(self) -> npt.NDArray[np.int32]:
        """The truth, shape (images,)."""
        return np.array([row.class_id for row in self.rows], np.int32)

    @property
    def wrong(self) -> npt.NDArray[np.bool_]:
        """Which images are misread, shape (images,)."""
        return np.asarray(self.class_ids[:, 0] != self.labels)

    @property
    def names(self) -> list[str]:
        """Names of all images, also those that do not decode."""
        return [row.image for row in (*self.rows, *self.undecodable)]


def keep_top(
    samples: Sequence[Sample], probabilities: npt.NDArray[np.float32], *, undecodable: Sequence[Sample] = ()
) -> Predictions:
    """Keep the most probable classes of each sample.

    Args:
        samples: What was read.
        probabilities: Shape (samples, num_classes). Of equals the first class comes first, as with argmax.
        undecodable: Samples that do not decode.
    """
    return Predictions(
        tuple(map(labelled_image, samples)),
        *top_of(probabilities),
        tuple(map(labelled_image, undecodable)),
        probabilities,
    )


def top_of(probabilities: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    """Return the best classes of probabilities, shape (images, num_classes), and what `Predictions` keeps of theirs."""
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :TOP_K]
    kept = np.take_along_axis(probabilities, best, axis=1).astype(np.float64).round(DIGITS)
    return best.astype(np.int32), kept


def join_predictions(parts: Sequence[Predictions]) -> Predictions:
    """Put predictions of different images by the same classes together; there is at least one part."""
    return Predictions(
        tuple(row for part in parts for row in part.rows),
        np.concatenate([part.class_ids for part in parts]),
        np.concatenate([part.probabilities for part in parts]),
        tuple(row for part in parts for row in part.undecodable),
    )


def write_predictions(predictions: Predictions, path: Path) -> None:
    """Write a CSV file, whole or not at all."""
    with (
        replace_when_done(path) as temporary,
        # A file's name may be no text.
        temporary.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_columns(predictions.class_ids.shape[1]))
        for row, *best in zip(
            predictions.rows, predictions.class_ids.tolist(), predictions.probabilities.tolist(), strict=True
        ):
            pairs = zip(*best, strict=True)
            writer.writerow([*_names(row), *(text for pair in pairs for text in (pair[0], _short(pair[1])))])
        writer.writerows(_names(row) for row in predictions.undecodable)


def _columns(kept: int) -> list[str]:
    return [*NAMED_COLUMNS, *(f"{name}_{place}" for place in range(1, kept + 1) for name in ("class", "probability"))]


def _names(row: LabelledImage) -> list[str | int]:
    return [row.image, row.class_id, "" if row.track is None else row.track]


def _short(probability: float) -> str:
    return f"{probability:.{DIGITS}f}".rstrip("0").rstrip(".")


def read_predictions(path: Path) -> Predictions:
    """Read a CSV file back.

    Raises:
        RunError: If it cannot be read, is not whole, or is something else.
    """
    try:
        with path.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
            text = file.read()
        _require_last_line(text)
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        kept = _count_kept(next(lines, []))
        return _collect(list(_parse(lines, kept)), kept)
    except OSError as error:
        raise RunError(
            f"The predictions {path} cannot be read: {error.strerror or error}. Check the path and its permissions."
        ) from error
    except (ValueError, csv.Error) as error:
        raise RunError(
            f"{path} is no whole file of predictions: {error}. Delete it, and `roadsigns cross-validate` makes that "
            "fold again."
        ) from error


def _require_last_line(text: str) -> None:
    if not text.endswith("\n"):
        raise ValueError("its last line breaks off" if text else "it is empty")


def _count_kept(header: list[str]) -> int:
    kept = (len(header) - len(NAMED_COLUMNS)) // 2
    if kept < 1 or header != _columns(kept):
        raise ValueError("its first line is not that of such a file")
    return kept


class _Line(NamedTuple):
    row: LabelledImage
    class_ids: list[int]
    probabilities: list[float]


def _parse(lines: Iterator[list[str]], kept: int) -> Iterator[_Line]:
    width = len(NAMED_COLUMNS) + 2 * kept
    seen: set[str] = set()
    for number, fields in enumerate(lines, start=2):
        if len(fields) not in (width, len(NAMED_COLUMNS)):
            raise ValueError(f"line {number} has {len(fields)} fields, expected {width}")
        image, class_id, track, *best = fields
        if not image or image in seen:
            raise ValueError(f"line {number} names {f'{image} a second time' if image else 'no image'}")
        seen.add(image)
        try:
            line = _Line(
                LabelledImage(image, int(class_id), track or None), [*map(int, best[::2])], [*map(float, best[1::2])]
            )
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
        if best and not _make_sense(line):
            raise ValueError(f"line {number} holds no class ids with falling probabilities")
        yield line


def _make_sense(line: _Line) -> bool:
    falling = sorted(line.probabilities, reverse=True)
    return (
        min(line.row.class_id, *line.class_ids) >= 0
        and len(set(line.class_ids)) == len(line.class_ids)
        and all(map(math.isfinite, falling))
        and falling == line.probabilities
        and falling[-1] >= 0
        and sum(falling) <= 1 + SUM_TOLERANCE
    )


def _collect(lines: list[_Line], kept: int) -> Predictions:
    read = [line for line in lines if line.class_ids]
    return Predictions(
        tuple(line.row for line in read),
        np.array([line.class_ids for line in read], np.int32).reshape(len(read), kept),
        np.array([line.probabilities for line in read], np.float64).reshape(len(read), kept),
        tuple(line.row for line in lines if not line.class_ids),
    )
