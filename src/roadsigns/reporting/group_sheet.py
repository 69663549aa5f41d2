"""A contact sheet of the pairs of tracks that were joined to groups, for people to check the threshold."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from roadsigns.datasets.groups import TrackPair
from roadsigns.files import output_errors
from roadsigns.preprocessing.brighten import brighten
from roadsigns.preprocessing.decode import read_image
from roadsigns.reporting.examples import caption_of
from roadsigns.reporting.sheet_cells import paste, sheet_at, write_text
from roadsigns.reporting.sheet_layout import EDGE, NAME_LETTERS, NAME_LINES, plan_page
from roadsigns.reporting.style import DPI, HEADING, LIGHT, SMALL, TINY
from roadsigns.reporting.words import letters_in, shorten, wrap
from roadsigns.types import SignClass
from roadsigns.wording import counted

__all__ = ["MAX_PAIRS", "write_group_sheet"]

# What fits on a page with the largest cells.
MAX_PAIRS = 360


def write_group_sheet(pairs: Sequence[TrackPair], classes: Sequence[SignClass], path: Path, *, title: str) -> None:
    """Lay out the two most similar frames of each pair side by side, with their distance and class.

    Args:
        pairs: The nearest first, down the columns. Of more than `MAX_PAIRS` the farthest are shown: there the threshold
            proves right or wrong.
        classes: In label order.
        path: Ends in .png. A file of that name is replaced. With no pair the sheet holds only its title.
        title: What was grouped.

    Raises:
        OutputError: If the file cannot be written.
        ImageError: If an image can no longer be read.
        MissingExtraError: If matplotlib is not installed.
    """
    shown = pairs[-MAX_PAIRS:]
    page = plan_page(max(1, len(shown)), real=2, drawn=0)
    canvas = np.full((page.height, page.width, 3), 255, np.uint8)
    left_out = "" if len(shown) == len(pairs) else f", the farthest {len(shown)} shown"
    heading = f"{title}: {counted(len(pairs), 'joined pair')}{left_out}"
    legend = "Beside: distance, class. Under: class, track, frame. Dark images are brightened."
    inches = (page.width - 2 * EDGE) / DPI
    with (
        output_errors(path, "Name another file with --sheet."),
        sheet_at(path, width=page.width, height=page.height, per_inch=DPI, canvas=canvas) as axes,
    ):
        write_text(axes, shorten(heading, letters_in(inches, HEADING)), EDGE, EDGE // 2, size=HEADING)
        legend = wrap(legend, letters_in(inches, SMALL), 2)
        write_text(axes, legend, EDGE, EDGE // 2 + 20, size=SMALL, colour=LIGHT.soft)
        for index, pair in enumerate(shown):
            x, y = page.corner(index)
            sign = classes[pair.first.class_id]
            name = wrap(f"{sign.class_id} {sign.name}", NAME_LETTERS, NAME_LINES - 1)
            write_text(axes, f"{pair.distance:.3f}\n{name}", x, y, size=SMALL)
            for place, sample in enumerate((pair.first, pair.second)):
                left = x + page.real_left(place)
                paste(canvas, brighten(read_image(sample.path)), left, y, page.cell)
                caption = shorten(caption_of(sample), page.caption_letters)
                write_text(axes, caption, left, y + page.cell + 1, size=TINY, colour=LIGHT.soft)
