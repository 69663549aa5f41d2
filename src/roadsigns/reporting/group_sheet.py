"""A page of the pairs of tracks that were joined to groups, side by side, for a person to judge the threshold."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from roadsigns.datasets.groups import TrackPair
from roadsigns.errors import RunError
from roadsigns.preprocessing.decode import read_image
from roadsigns.printable import printable
from roadsigns.reporting.contact_sheet import paste, wrapped, write_text
from roadsigns.reporting.examples import caption_of
from roadsigns.reporting.misread_sheet import brighten
from roadsigns.reporting.plots import DPI, GREY, figure_at
from roadsigns.reporting.sheet_layout import EDGE, plan_page
from roadsigns.types import SignClass

__all__ = ["MAX_PAIRS", "write_group_sheet"]

# What a page holds at the largest cell.
MAX_PAIRS = 400


def write_group_sheet(pairs: Sequence[TrackPair], classes: Sequence[SignClass], path: Path, *, title: str) -> None:
    """Lay the two frames of each pair that look most alike side by side, with their distance and class.

    Args:
        pairs: The nearest first, down the columns. Of more than `MAX_PAIRS` the farthest are shown: where the threshold
            is right or wrong.
        classes: In label order.
        path: Ends in .png. A file of that name is replaced. With no pair the sheet holds only its title.
        title: What was grouped.

    Raises:
        RunError: If the file cannot be written.
        ImageError: If an image cannot be read any more.
        MissingExtraError: If matplotlib is not installed.
    """
    shown = pairs[-MAX_PAIRS:]
    page = plan_page(max(1, len(shown)), real=2, drawn=0)
    canvas = np.full((page.height, page.width, 3), 255, np.uint8)
    left_out = "" if len(shown) == len(pairs) else f", the farthest {len(shown)} shown"
    text = (
        f"{printable(title)}: {len(pairs)} joined pairs{left_out}\n"
        "Beside: distance, class. Under: class, track, frame. Dark images are brightened here"
    )
    try:
        with figure_at(path, width=page.width / DPI, height=page.height / DPI, axes_fitted=False) as figure:
            axes = figure.add_axes((0, 0, 1, 1))
            write_text(axes, text, EDGE, EDGE // 2, size=9)
            for index, pair in enumerate(shown):
                x, y = page.corner(index)
                sign = classes[pair.first.class_id]
                write_text(axes, wrapped(f"{pair.distance:.3f} {sign.class_id} {sign.name}"), x, y, size=8)
                for place, sample in enumerate((pair.first, pair.second)):
                    left = x + page.real_left(place)
                    paste(canvas, brighten(read_image(sample.path)), left, y, page.cell)
                    write_text(axes, printable(caption_of(sample)), left, y + page.cell + 1, size=6, colour=GREY)
            axes.set(xlim=(0, page.width), ylim=(page.height, 0))
            axes.axis("off")
            figure.figimage(canvas, zorder=-1)
    except OSError as error:
        raise RunError(
            f"The sheet {path} cannot be written: {error.strerror or error}. Name another file with --sheet."
        ) from error
