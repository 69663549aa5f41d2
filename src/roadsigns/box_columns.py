"""Columns of a table that hold boxes or name images, in the spellings that people's tools write."""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from roadsigns.errors import DataError
from roadsigns.types import Box

__all__ = [
    "EXPECTED_COLUMNS",
    "PATHS",
    "BoxColumns",
    "ConvertedBox",
    "find_box_columns",
    "find_column",
    "plain_name",
    "require_box_columns",
    "whole_number",
]

EXPECTED_COLUMNS = (
    "x1,y1,x2,y2 (or x0,y0,x1,y1, xmin,ymin,xmax,ymax, left,top,right,bottom, x,y,w,h) or GTSRB's Roi.X1 to Roi.Y2"
)
# Of images; the first that is there counts.
PATHS = ("path", "file", "filename", "filepath", "imagepath", "image")
# No image is that large.
LARGEST = 2**31 - 2
MANY_DIGITS = len(str(LARGEST))

# Pillow's and PyMuPDF's, whose far corner is called as the near one of others.
FROM_ZERO = ("x0", "y0", "x1", "y1")
CORNERS = (
    ("x1", "y1", "x2", "y2"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("minx", "miny", "maxx", "maxy"),
    ("left", "top", "right", "bottom"),
    # CVAT's: top left, bottom right.
    ("xtl", "ytl", "xbr", "ybr"),
    FROM_ZERO,
)
SIZES = tuple(
    (*corner, *size)
    for corner in (("x", "y"), ("left", "top"), ("xmin", "ymin"), ("x1", "y1"), ("x0", "y0"))
    for size in (("w", "h"), ("width", "height"))
)
# GTSRB's own, whose corners count the last row and column in.
GTSRB = ("roix1", "roiy1", "roix2", "roiy2")
# One of these beside a near corner with sizes: a far corner of which the other half is misspelled or missing.
FAR = frozenset(name for spelling in (*CORNERS, GTSRB) if spelling != FROM_ZERO for name in spelling[2:])
# Columns that speak of a box. The sizes are not among them: an image has a width too.
SUSPECTS = frozenset(
    {name for spelling in (*CORNERS, GTSRB) for name in spelling}
    | {"x", "y", "cx", "cy", "xc", "yc", "xcenter", "ycenter", "centerx", "centery", "xywh", "xyxy"}
    | {"box", "boxes", "bbox", "bboxes", "boundingbox", "roi", "coordinates", "coords"}
)
PREFIX = re.compile(r"^(bbox|box|boundingbox)(?=[xywhlrtbm])")


class ConvertedBox(Box):
    """A box that stands in its table in other numbers: with a size or an inclusive corner.

    Attributes:
        columns: Those that it was read from.
    """

    columns: "BoxColumns"

    @property
    def given(self) -> str:
        """What the table says, such as "6,5,48,49 (Roi.X1,Roi.Y1,Roi.X2,Roi.Y2)"."""
        x1, y1, x2, y2 = self
        last = (x2 - x1, y2 - y1) if self.columns.is_size else (x2 - 1, y2 - 1)
        return f"{','.join(map(str, (x1, y1, *last)))} ({','.join(self.columns.names)})"


class BoxColumns(NamedTuple):
    """The four columns of a table's boxes.

    Attributes:
        names: As the table spells them.
        places: Their positions.
        is_size: Whether the last two are width and height, instead of the far corner.
        inclusive: Whether the far corner is the last pixel of the box, as in GTSRB, and not the one after it.
    """

    names: tuple[str, ...]
    places: tuple[int, ...]
    is_size: bool
    inclusive: bool

    def box(self, fields: Sequence[object]) -> Box | None:
        """Return the box in a row; None where all four fields are empty.

        Raises:
            ValueError: If a field is not a whole number, or only some are empty.
        """
        cells = [fields[place] if place < len(fields) else "" for place in self.places]
        empty = [name for name, cell in zip(self.names, cells, strict=True) if _is_empty(cell)]
        if len(empty) == len(cells):
            return None
        if empty:
            raise ValueError(f"{', '.join(empty)} is empty and other numbers of the box are not")
        x1, y1, x2, y2 = map(whole_number, cells)
        if not self.is_size and not self.inclusive:
            return Box(x1, y1, x2, y2)
        far = (whole_number(x1 + x2), whole_number(y1 + y2)) if self.is_size else (x2 + 1, y2 + 1)
        box = ConvertedBox(x1, y1, *far)
        box.columns = self
        return box


def find_box_columns(header: Sequence[str]) -> BoxColumns | None:
    """Find the box columns of a table.

    Args:
        header: The names of all columns. Case, spaces, dots, dashes and underscores make no difference.

    Returns:
        None if no column speaks of a box.

    Raises:
        ValueError: If there are columns that speak of a box, and they are none of the known spellings, or more than
            one. The message says so and names them.
    """
    plain = [PREFIX.sub("", plain_name(name)) for name in header]
    whole = [spelling for spelling in (GTSRB, *CORNERS) if all(name in plain for name in spelling)]
    named = [name for name, normal in zip(header, plain, strict=True) if any(normal in one for one in whole)]
    if len(named) > len(GTSRB):
        raise ValueError(f"several boxes ({', '.join(named)}), and which one is meant is not known")
    for spelling in (GTSRB, *CORNERS, *SIZES):
        if all(name in plain for name in spelling) and not (spelling in SIZES and _half_corner(spelling, plain)):
            places = tuple(map(plain.index, spelling))
            names = tuple(header[place] for place in places)
            return BoxColumns(names, places, spelling in SIZES, spelling is GTSRB)
    suspects = [name for name, normal in zip(header, plain, strict=True) if normal in SUSPECTS]
    if suspects:
        raise ValueError(f"columns that look like a box ({', '.join(suspects)}), in a spelling that is not known")
    return None


def _half_corner(spelling: Sequence[str], plain: Sequence[str]) -> bool:
    """Whether columns beside a near corner with sizes speak of another corner."""
    return bool((FAR | set(FROM_ZERO[:2])).intersection(plain).difference(spelling))


def find_column(header: Sequence[str], names: Sequence[str]) -> int | None:
    """Return the position of the first of some names among a table's columns; None where none of them is there.

    Args:
        header: The names of all columns. Case, spaces, dots, dashes and underscores make no difference.
        names: What the column may be called, as `plain_name` gives it.
    """
    plain = [plain_name(name) for name in header]
    return next((plain.index(name) for name in names if name in plain), None)


def plain_name(name: str) -> str:
    """Return a column's name without what makes no difference: case, spaces, dots, dashes and underscores."""
    return re.sub(r"[\s._-]", "", name).lower()


def require_box_columns(header: Sequence[str], *, subject: str) -> BoxColumns | None:
    """Find the box columns of a table; see `find_box_columns`.

    Args:
        header: The names of all columns.
        subject: The table, for the error.

    Raises:
        DataError: If there are columns that speak of a box, and they are none of the known spellings, or several.
    """
    try:
        return find_box_columns(header)
    except ValueError as error:
        raise DataError(
            f"The table has {error}.",
            expected=EXPECTED_COLUMNS,
            hint="Rename them, or give them names that do not speak of boxes.",
            subject=subject,
        ) from error


def whole_number(cell: object) -> int:
    """Return a cell as a whole number; "300.0" is one, as pandas writes columns with gaps.

    Raises:
        ValueError: If it is not a whole number of at most 2**31 - 2 in magnitude.
    """
    # Nearly all cells of an annotation file; a data set may have a million.
    if isinstance(cell, str) and len(cell) < MANY_DIGITS and cell.isdecimal():
        return int(cell)
    try:
        number = int(cell)  # type: ignore[call-overload]
        exact = isinstance(cell, str) or cell == number
    except (TypeError, ValueError, OverflowError):
        value = _decimal(cell)
        exact = math.isfinite(value) and value.is_integer()
        number = int(value) if exact else 0
    if not exact or abs(number) > LARGEST:
        raise ValueError(f"{cell!r} is not a whole number")
    return int(number)


def _decimal(cell: object) -> float:
    try:
        return float(cell) if isinstance(cell, str) else math.nan
    except ValueError:
        return math.nan


def _is_empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell)) or str(cell).strip().lower() in ("", "nan")
