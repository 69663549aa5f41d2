"""A contact sheet of the pairs of tracks that were joined to groups, for people to check the threshold."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from roadsigns.datasets.groups import TrackPair
from roadsigns.files import output_errors
from roadsigns.preprocessing.decode import read_image
from roadsigns.printable import printable
from roadsigns.reporting.examples import caption_of
from roadsigns.reporting.plots import DPI, GREY
from roadsigns.reporting.sheet_cells import brighten, paste, sheet_at, wrap, write_text
from roadsigns.reporting.sheet_layout import EDGE, NAME_LETTERS, NAME_LINES, plan_page
from roadsigns.types import SignClass
from roadsigns.wording import counted

__all__ = ["MAX_PAIRS", "write_group_sheet"]

# What fits on a page with the largest cells.
MAX_PAIRS = 400


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
    text = (
        f"{printable(title)}: {counted(len(pairs), 'joined pair')}{left_out}\n"
        "Beside: distance, class. Under: class, track, frame. Dark images are brightened."
    )
    with (
        output_errors(path, "Name another file with --sheet."),
        sheet_at(path, width=page.width, height=page.height, per_inch=DPI, canvas=canvas) as axes,
    ):
        write_text(axes, text, EDGE, EDGE // 2, size=9)
        for index, pair in enumerate(shown):
            x, y = page.corner(index)
            sign = classes[pair.first.class_id]
            name = wrap(f"{pair.distance:.3f} {sign.class_id} {sign.name}", NAME_LETTERS, NAME_LINES)
            write_text(axes, name, x, y, size=8)
            for place, sample in enumerate((pair.first, pair.second)):
                left = x + page.real_left(place)
                paste(canvas, brighten(read_image(sample.path)), left, y, page.cell)
                write_text(axes, printable(caption_of(sample)), left, y + page.cell + 1, size=6, colour=GREY)
