"""The predictions of a model as a small CSV file: the most probable classes of each image, beside the truth.

    image,class_id,track,class_1,probability_1,...,class_5,probability_5
    00014/00003_00027.ppm,14,00003,14,0.999812,13,0.000101,...

An image is named by the folder of its class and its file. Its classes are the five most probable, best first, or all
where there are fewer; probabilities have six digits. The row of an image that does not decode ends after its track.

In a file of corrupted images, a column `corruption` after `track` names the corruption of each; see
`roadsigns.robustness.corruptions`. Files written before version 0.2.0 lack it.

A file whose name ends in .xz is the same text, packed.
"""

import csv
import io
import lzma
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple, TextIO, cast

import numpy as np

from roadsigns.errors import RunError
from roadsigns.evaluation.predictions import DIGITS, Predictions
from roadsigns.files import replace_when_done
from roadsigns.types import LabelledImage
from roadsigns.wording import reason

__all__ = ["read_predictions", "write_predictions"]

NAMED_COLUMNS = ("image", "class_id", "track")
CORRUPTION = "corruption"
# Rounding, and a softmax in float32.
SUM_TOLERANCE = 1e-4
# Class ids are kept as int32; Python refuses to read numbers of thousands of digits.
MAX_DIGITS = 9


def write_predictions(predictions: Predictions, path: Path) -> None:
    """Write a CSV file, whole or not at all.

    Raises:
        OSError: If it cannot be written.
    """
    corruptions = predictions.corruptions
    with (
        replace_when_done(path) as temporary,
        _open_text(temporary, "wt") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*_named_columns(corruptions is not None), *_class_columns(predictions.class_ids.shape[1])])
        columns = (predictions.class_ids.tolist(), predictions.probabilities.tolist())
        for index, (row, *best) in enumerate(zip(predictions.rows, *columns, strict=True)):
            pairs = (text for pair in zip(*best, strict=True) for text in (pair[0], _short(pair[1])))
            writer.writerow([*_named_fields(row, corruptions[index] if corruptions else None), *pairs])
        for row in predictions.undecodable:
            writer.writerow(_named_fields(row, None if corruptions is None else ""))


def _open_text(path: Path, mode: Literal["rt", "wt"]) -> TextIO:
    opener = lzma.open if path.suffix == ".xz" else open
    # A file's name may not be valid text; Excel puts a byte order mark before a file that it saves again.
    encoding = "utf-8-sig" if mode == "rt" else "utf-8"
    return cast(TextIO, opener(path, mode, newline="", encoding=encoding, errors="surrogateescape"))


def _named_columns(with_corruptions: bool) -> list[str]:
    return [*NAMED_COLUMNS, CORRUPTION] if with_corruptions else [*NAMED_COLUMNS]


def _class_columns(top_k: int) -> list[str]:
    return [f"{name}_{place}" for place in range(1, top_k + 1) for name in ("class", "probability")]


def _named_fields(row: LabelledImage, corruption: str | None) -> list[str | int]:
    fields: list[str | int] = [row.image, row.class_id, "" if row.track is None else row.track]
    return fields if corruption is None else [*fields, corruption]


def _short(probability: float) -> str:
    return f"{probability:.{DIGITS}f}".rstrip("0").rstrip(".")


def read_predictions(path: Path) -> Predictions:
    """Read a CSV file of predictions.

    Raises:
        RunError: If it cannot be read, breaks off, or is something else.
    """
    try:
        with _open_text(path, "rt") as file:
            text = file.read()
        _require_last_line(text)
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = next(lines, [])
        corrupted = CORRUPTION in header
        top_k = _count_classes(header, corrupted)
        return _collect(list(_parse(lines, top_k, corrupted)), top_k, corrupted)
    except OSError as error:
        raise RunError(
            f"The predictions cannot be read: {error.strerror or error}.",
            hint="Check the path and its permissions.",
            subject=str(path),
        ) from error
    except (ValueError, csv.Error, lzma.LZMAError, EOFError) as error:
        raise RunError(
            f"This is not a complete file of predictions: {reason(error)}.",
            hint="Name another file, or move that of a fold away and run `roadsigns cross-validate` again, which "
            "repeats that fold.",
            subject=str(path),
        ) from error


def _require_last_line(text: str) -> None:
    if not text.endswith("\n"):
        raise ValueError("its last line breaks off" if text else "it is empty")


def _count_classes(header: list[str], corrupted: bool) -> int:
    named = _named_columns(corrupted)
    top_k = (len(header) - len(named)) // 2
    if top_k < 1 or header != [*named, *_class_columns(top_k)]:
        raise ValueError(
            f"its first line is '{','.join(header)[:80]}', not {','.join((*NAMED_COLUMNS, *_class_columns(1)))},..."
        )
    return top_k


class _Line(NamedTuple):
    row: LabelledImage
    corruption: str
    class_ids: list[int]
    probabilities: list[float]


def _parse(lines: Iterator[list[str]], top_k: int, corrupted: bool) -> Iterator[_Line]:
    named = len(_named_columns(corrupted))
    width = named + 2 * top_k
    seen: set[str] = set()
    for number, fields in enumerate(lines, start=2):
        if len(fields) not in (width, named):
            raise ValueError(f"line {number} has {len(fields)} fields instead of {width}")
        (image, class_id, track), corruption, best = fields[:3], fields[3] if corrupted else "", fields[named:]
        if not image or image in seen:
            repeated = f"'{image}' a second time"
            raise ValueError(f"line {number} names {repeated if image else 'no image'}")
        seen.add(image)
        try:
            row = LabelledImage(image, _class_id(class_id), track or None)
            line = _Line(row, corruption, [*map(_class_id, best[::2])], [*map(float, best[1::2])])
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
        if best and not _make_sense(line):
            raise ValueError(f"line {number} does not hold class ids with falling probabilities")
        yield line


def _class_id(text: str) -> int:
    if len(text.strip()) > MAX_DIGITS:
        raise ValueError(f"'{text[:40]}' is not the number of a class")
    return int(text)


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


def _collect(lines: list[_Line], top_k: int, corrupted: bool) -> Predictions:
    read = [line for line in lines if line.class_ids]
    return Predictions(
        tuple(line.row for line in read),
        np.array([line.class_ids for line in read], np.int32).reshape(len(read), top_k),
        np.array([line.probabilities for line in read], np.float64).reshape(len(read), top_k),
        tuple(line.row for line in lines if not line.class_ids),
        corruptions=tuple(line.corruption for line in read) if corrupted else None,
    )
