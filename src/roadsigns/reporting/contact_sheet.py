"""A page with a row for each class: some of a data folder's images, and beside them some freshly drawn ones."""

import textwrap
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from roadsigns.datasets.reader import read_training
from roadsigns.datasets.spec import GTSRB_CLASSES
from roadsigns.errors import DataError, ImageError, RunError
from roadsigns.parallel import over_cores
from roadsigns.preprocessing.decode import UInt8Image, read_image
from roadsigns.printable import printable
from roadsigns.progress import progress
from roadsigns.reporting.examples import DrawnExamples, caption_of, choose_examples, draw_examples
from roadsigns.reporting.plots import DPI, GREY, figure_at
from roadsigns.reporting.sheet_layout import EDGE, TITLE, Page, plan_page
from roadsigns.synthesis.designs import Designs, official_designs, read_templates
from roadsigns.synthesis.settings import Drawing
from roadsigns.types import DataSet, Sample, SignClass

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["check_target", "fit_into", "paste", "wrapped", "write_contact_sheet", "write_text"]

NAME_LETTERS, NAME_LINES, TITLE_LETTERS = 15, 4, 60
# Drawn signs from which on a second process is faster than one.
WORTH_PROCESSES = 100


def fit_into(image: UInt8Image, side: int) -> UInt8Image:
    """Scale an image so that its longer side is `side`: enlarged, each of its pixels stays to be seen."""
    scale = side / max(image.shape[:2])
    height, width = (max(1, round(length * scale)) for length in image.shape[:2])
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST_EXACT
    return np.asarray(cv2.resize(image, (width, height), interpolation=interpolation), np.uint8)


def write_contact_sheet(
    folder: Path,
    path: Path,
    *,
    drawing: Drawing,
    templates: Path | None = None,
    class_ids: Sequence[int] = (),
    per_class: int = 8,
    seed: int = 0,
) -> None:
    """Lay examples of each class of a data folder beside freshly drawn ones, and write them as one picture.

    A class of `folder` is drawn where a drawing has its name: the package's own for GTSRB's classes, else `templates`.
    Without, only the real images are laid out, with a warning.

    Args:
        folder: A data folder; see `roadsigns.datasets.reader`.
        path: Ends in .png. A file of that name is replaced.
        drawing: How signs are drawn.
        templates: Folder of a person's own drawings.
        class_ids: Which classes; all where there is none.
        per_class: Images of each kind in a row, at least 1.
        seed: Decides which are chosen, and what is drawn; at least 0.

    Raises:
        DataError: If the data or templates cannot be used or have no class in common, there is no such class, or the
            page would grow too large.
        RunError: If `path` is no PNG file's or lies in `folder`, or cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    check_target(path, folder)
    data = read_training(folder)
    contents = _contents(data, _designs(data, folder, templates), drawing, per_class=per_class, seed=seed)
    signs = _signs(data.classes, contents, class_ids, folder)
    most = max(len(contents.samples.get(sign.class_id, [])) for sign in signs)
    drawn = per_class if any(sign.class_id in contents.numbers for sign in signs) else 0
    page = plan_page(len(signs), real=min(per_class, most), drawn=drawn)
    try:
        _write(contents, signs, page, path, title=str(folder))
    except OSError as error:
        raise RunError(
            f"The sheet {path} cannot be written: {error.strerror or error}. Name another file with --out."
        ) from error


def check_target(path: Path, folder: Path, *, suffix: str = ".png", option: str = "--out") -> None:
    """Refuse a file that cannot be written or should not be, before the work and not after it.

    Raises:
        RunError: If its name does not end in `suffix`, its folder is not there, or it lies in the data folder `folder`.
    """
    if path.suffix.lower() != suffix:
        raise RunError(f"{path} is no name of a {suffix[1:].upper()} file: give a name that ends in {suffix}.")
    if not path.parent.is_dir():
        raise RunError(f"{path} cannot be written: there is no folder {path.parent}. Make it first.")
    if path.resolve().is_relative_to(folder.resolve()):
        raise RunError(
            f"{path} lies in the data folder {folder}, and nothing is written there. Name another place with {option}."
        )


def _designs(data: DataSet, folder: Path, templates: Path | None) -> Designs | None:
    if templates is None:
        if data.classes == GTSRB_CLASSES:
            return official_designs()
        warnings.warn(
            f"The classes of {folder} are not GTSRB's: only its own images are laid out. "
            "Drawings of yours go beside them with --templates.",
            stacklevel=3,
        )
        return None
    designs = read_templates(templates)
    ours, theirs = ({sign.name for sign in signs} for signs in (designs.classes, data.classes))
    if not ours & theirs:
        raise DataError(
            f"No template in {templates} has the name of a class of {folder}: {_some(ours)} there, {_some(theirs)} "
            "here. Name templates and class folders alike."
        )
    return designs


def _some(names: set[str]) -> str:
    return ", ".join(sorted(names)[:3]) + (", ..." if len(names) > 3 else "")  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class _Contents:
    """What can be laid out.

    Attributes:
        source: Where the real images come from.
        samples: The real images of each class that has some.
        designs: The drawings, if there are any.
        numbers: Class id of the data to class id of the drawings, by name.
        drawing: How signs are drawn.
        per_class: Images of each kind in a row.
        seed: Decides which are chosen, and what is drawn.
    """

    source: str
    samples: dict[int, list[Sample]]
    designs: Designs | None
    numbers: dict[int, int]
    drawing: Drawing
    per_class: int
    seed: int

    def real(self, class_id: int) -> list[tuple[UInt8Image, str]]:
        """Read some images of a class, each with its caption; those that do not decode are left out and named."""
        rng = np.random.default_rng([self.seed, class_id])
        images = []
        for sample in choose_examples(self.samples.get(class_id, []), count=self.per_class, rng=rng):
            try:
                images.append((read_image(sample.path), caption_of(sample)))
            except ImageError as error:
                warnings.warn(f"Left out: {error}", stacklevel=2)
        return images

    def drawn(self, signs: Sequence[SignClass]) -> Iterator[list[UInt8Image]]:
        """Draw some signs of each class, over the cores."""
        wanted = [
            DrawnExamples(self.numbers[sign.class_id], self.per_class, self.designs, self.drawing, self.seed)
            for sign in signs
            if self.designs and sign.class_id in self.numbers
        ]
        drawn = over_cores(draw_examples, wanted, worth_it=len(wanted) * self.per_class >= WORTH_PROCESSES)
        for sign in signs:
            yield next(drawn) if sign.class_id in self.numbers else []


def _contents(data: DataSet, designs: Designs | None, drawing: Drawing, *, per_class: int, seed: int) -> _Contents:
    samples: dict[int, list[Sample]] = defaultdict(list)
    for sample in data.samples:
        samples[sample.class_id].append(sample)
    names = {designs.classes[number].name: number for number in designs.drawable} if designs else {}
    numbers = {sign.class_id: names[sign.name] for sign in data.classes if sign.name in names}
    return _Contents(data.source, dict(samples), designs, numbers, drawing, per_class, seed)


def _signs(
    classes: Sequence[SignClass], contents: _Contents, class_ids: Sequence[int], folder: Path
) -> list[SignClass]:
    """The classes to lay out: those asked for, else all that have an image or a drawing."""
    shown = [sign for sign in classes if sign.class_id in contents.samples or sign.class_id in contents.numbers]
    unknown = set(class_ids) - {sign.class_id for sign in shown}
    if unknown:
        raise DataError(
            f"{folder} has no class {min(unknown)}. There are {len(shown)}, from {shown[0].class_id} to "
            f"{shown[-1].class_id}."
        )
    return [sign for sign in shown if sign.class_id in class_ids or not class_ids]


def _write(contents: _Contents, signs: Sequence[SignClass], page: Page, path: Path, *, title: str) -> None:
    # One picture of all images, pixel for pixel: an image of matplotlib's for each would take a minute.
    canvas = np.full((page.height, page.width, 3), 255, np.uint8)
    with figure_at(path, width=page.width / DPI, height=page.height / DPI, axes_fitted=False) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        _write_headings(axes, page, title=title, source=contents.source)
        with progress("Laying out", total=len(signs), unit="classes") as advance:
            for index, (sign, drawn) in enumerate(zip(signs, contents.drawn(signs), strict=True)):
                x, y = page.corner(index)
                write_text(axes, wrapped(f"{sign.class_id} {sign.name}"), x, y, size=8)
                for place, (image, caption) in enumerate(contents.real(sign.class_id)):
                    left = x + page.real_left(place)
                    paste(canvas, image, left, y, page.cell)
                    write_text(axes, printable(caption), left, y + page.cell + 1, size=6, colour=GREY)
                for place, image in enumerate(drawn):
                    paste(canvas, image, x + page.drawn_left(place), y, page.cell)
                advance()
        axes.set(xlim=(0, page.width), ylim=(page.height, 0))
        axes.axis("off")
        figure.figimage(canvas, zorder=-1)


def _write_headings(axes: "Axes", page: Page, *, title: str, source: str) -> None:
    title = printable(title)
    shown = title if len(title) <= TITLE_LETTERS else f"…{title[1 - TITLE_LETTERS :]}"
    write_text(axes, f"{shown}\nUnder its images: class, track, frame", EDGE, EDGE // 2, size=9)
    for column in range(page.columns):
        x = page.corner(column * page.rows)[0]
        write_text(axes, printable(source), x + page.real_left(0), TITLE, size=9)
        if page.drawn:
            write_text(axes, "freshly drawn", x + page.drawn_left(0), TITLE, size=9)


def write_text(axes: "Axes", text: str, x: int, y: int, *, size: float, colour: str = "black") -> None:
    """Write text whose upper left corner is at x and y."""
    # A dollar sign in a name starts no formula.
    axes.text(x, y, text, ha="left", va="top", fontsize=size, color=colour, linespacing=1.1, parse_math=False)


def paste(canvas: UInt8Image, image: UInt8Image, left: int, top: int, cell: int) -> None:
    """Put an image into the middle of its cell."""
    fitted = fit_into(image, cell)
    height, width = fitted.shape[:2]
    y, x = top + (cell - height) // 2, left + (cell - width) // 2
    canvas[y : y + height, x : x + width] = fitted


def wrapped(name: str) -> str:
    """Break a name into the lines that fit beside a row."""
    return textwrap.fill(printable(name), NAME_LETTERS, max_lines=NAME_LINES, placeholder="…")
