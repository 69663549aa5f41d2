"""A contact sheet of suspects: each beside what it is said to be, with the given and the suggested label."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from roadsigns.audit.audit import Audit
from roadsigns.audit.suspect import Suspect, name_of
from roadsigns.files import output_errors
from roadsigns.preprocessing.brighten import brighten
from roadsigns.reporting.sheet_cells import (
    fit_into,
    keep_end,
    paste,
    read_or_blank,
    sheet_at,
    wrap,
    wrap_title,
    write_text,
)
from roadsigns.reporting.style import DPI, HEADING, LIGHT, TINY
from roadsigns.reporting.words import letters_in
from roadsigns.rules.find import rule_of
from roadsigns.types import UInt8Image
from roadsigns.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_suspects"]

# Of each rule; the sheet says how many it leaves out.
MAX_SHOWN = 48
# Of scenes that cannot be read there is a note each.
MAX_NOTES = 5
# Pixels of the sheet: a title of two lines, and each further line.
COLUMNS, IMAGE, GAP, BETWEEN, EDGE = 4, 148, 8, 22, 14
TITLE, LINE, HEAD, ABOVE, BELOW = 64, 18, 34, 36, 62
# Lines of a reason; four would reach into the label below.
REASON_LINES = 3
PAIR = 2 * IMAGE + GAP
ROW = ABOVE + IMAGE + BELOW
LETTERS = letters_in(IMAGE / DPI, TINY)
# Surroundings of a box in a large picture, in sides of the box.
SURROUNDINGS = 0.75
# RGB.
BOX_LINE = (235, 40, 40)


def draw_suspects(audit: Audit, path: Path) -> None:
    """Draw the worst suspects of each rule that has pictures.

    Args:
        audit: The result of an audit; the image files are read again.
        path: Ends in .png. Without suspects the sheet holds only its title.

    Raises:
        OutputError: If the file cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    sections = [
        (number, pictured)
        for number, suspects in audit.by_rule.items()
        if (pictured := [suspect for suspect in suspects if suspect.paths])
    ]
    rows = sum(-(-min(len(suspects), MAX_SHOWN) // COLUMNS) for _, suspects in sections)
    width = 2 * EDGE + COLUMNS * (PAIR + BETWEEN) - BETWEEN
    paragraphs = [(wrap_title(text, width / DPI), colour) for text, colour in _head(audit)]
    head_lines = sum(text.count("\n") + 1 for text, _ in paragraphs)
    title_height = TITLE + LINE * max(0, head_lines - 2)
    height = title_height + HEAD * len(sections) + ROW * rows + EDGE
    canvas = np.full((height, width, 3), 255, np.uint8)
    with (
        output_errors(path, "Free some space, or name another place with --out."),
        sheet_at(path, width=width, height=height, per_inch=DPI, canvas=canvas) as axes,
    ):
        top = EDGE
        for text, colour in paragraphs:
            write_text(axes, text, EDGE, top, size=HEADING, colour=colour)
            top += LINE * (text.count("\n") + 1)
        top = title_height
        for number, suspects in sections:
            shown = suspects[:MAX_SHOWN]
            left_out = "" if len(shown) == len(suspects) else f"; {len(shown)} are shown, suspects.csv has all"
            heading = f"{number} {rule_of(suspects[0].kind).kind}: {len(suspects):,}{left_out}"
            write_text(axes, heading, EDGE, top + 8, size=HEADING)
            top += HEAD
            for place, suspect in enumerate(shown):
                row, column = divmod(place, COLUMNS)
                corner = EDGE + column * (PAIR + BETWEEN), top + row * ROW
                _draw_suspect(axes, canvas, audit, suspect, corner)
            top += ROW * -(-len(shown) // COLUMNS)


def _head(audit: Audit) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs above the pictures, each with its colour."""
    yield (
        f"{audit.data}: {counted(audit.errors, 'error')}, {counted(audit.warnings, 'suspicion')}. Left: the suspected "
        "image with its label. Right: an image of the suggested class, one that it resembles if there is one. Dark "
        "images are brightened.",
        LIGHT.text,
    )
    without = {
        f"{number} {suspects[0].kind}": count
        for number, suspects in audit.by_rule.items()
        if (count := sum(not suspect.paths for suspect in suspects))
    }
    if without:
        many = "; ".join(f"{rule}, {count:,}" for rule, count in without.items())
        yield f"Without a picture, in suspects.csv: {many}.", LIGHT.text
    for note in audit.notes[:MAX_NOTES]:
        yield f"Note: {note}", LIGHT.wrong
    if len(audit.notes) > MAX_NOTES:
        yield f"{counted(len(audit.notes) - MAX_NOTES, 'more note')} in audit.json.", LIGHT.wrong


def _draw_suspect(axes: "Axes", canvas: UInt8Image, audit: Audit, suspect: Suspect, at: tuple[int, int]) -> None:
    left, top = at
    given, suggested = (name_of(one, audit.classes) for one in (suspect.class_id, suspect.suggested))
    beside = name_of(suspect.other_class_id, audit.classes)
    image = read_or_blank(audit.root / suspect.paths[0])
    paste(canvas, brighten(_shown(image, suspect)), left, top + ABOVE, IMAGE)
    write_text(
        axes, wrap(given or ("no box" if suggested else ""), LETTERS, 2), left, top + ABOVE - 2, size=TINY, upward=True
    )
    name = keep_end("/".join(Path(suspect.paths[0]).parts[-2:]), LETTERS)
    write_text(axes, name, left, top + ABOVE + IMAGE + 2, size=TINY, colour=LIGHT.soft)
    right = left + IMAGE + GAP
    if len(suspect.paths) > 1:
        paste(canvas, brighten(read_or_blank(audit.root / suspect.paths[1])), right, top + ABOVE, IMAGE)
        name = keep_end("/".join(Path(suspect.paths[1]).parts[-2:]), LETTERS)
        write_text(axes, name, right, top + ABOVE + IMAGE + 2, size=TINY, colour=LIGHT.soft)
    if suggested or beside:
        colour = LIGHT.wrong if suggested else LIGHT.text
        write_text(
            axes, wrap(suggested or beside, LETTERS, 2), right, top + ABOVE - 2, size=TINY, colour=colour, upward=True
        )
    write_text(axes, _short_reason(suspect), left, top + ABOVE + IMAGE + 17, size=TINY)


def _short_reason(suspect: Suspect) -> str:
    if suspect.probability is None:
        return wrap(suspect.reason, 2 * LETTERS, REASON_LINES)
    given = "" if suspect.given_probability is None else f", given {100 * suspect.given_probability:.1f} %"
    many = f"{counted(suspect.images, 'image')}, " if suspect.images > 1 else ""
    return f"{many}suggested {100 * suspect.probability:.1f} %{given}"


def _shown(image: UInt8Image, suspect: Suspect) -> UInt8Image:
    """Return the image, or the surroundings of the box with the box drawn into them."""
    if suspect.box is None or max(image.shape[:2]) == 1:
        return image
    x1, y1, x2, y2 = suspect.box
    margin = max(4, round(SURROUNDINGS * max(x2 - x1, y2 - y1)))
    height, width = image.shape[:2]
    left, top = (int(np.clip(value - margin, 0, end - 1)) for value, end in ((x1, width), (y1, height)))
    right, bottom = (
        int(np.clip(value + margin, start + 1, end)) for value, start, end in ((x2, left, width), (y2, top, height))
    )
    window = fit_into(np.ascontiguousarray(image[top:bottom, left:right]), IMAGE)
    scale = IMAGE / max(right - left, bottom - top)
    corners = [(round((x - left) * scale), round((y - top) * scale)) for x, y in ((x1, y1), (x2, y2))]
    cv2.rectangle(window, corners[0], corners[1], BOX_LINE, 1)
    return window
