"""A contact sheet of a data folder: a row for each class, some of its images and beside them freshly drawn ones."""

import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from roadsigns.datasets.layouts.table_images import require_outside_of_table
from roadsigns.datasets.reader import read_training
from roadsigns.datasets.registry import spec_of
from roadsigns.errors import DataError, ImageError
from roadsigns.files import check_output_file, output_errors, require_outside
from roadsigns.parallel import over_cores
from roadsigns.preprocessing.decode import read_image
from roadsigns.progress import progress
from roadsigns.reporting.examples import DrawnExamples, caption_of, choose_examples, draw_examples
from roadsigns.reporting.sheet_cells import paste, sheet_at, write_text
from roadsigns.reporting.sheet_layout import EDGE, NAME_LETTERS, NAME_LINES, TITLE, Page, plan_page
from roadsigns.reporting.style import DPI, HEADING, LIGHT, SMALL, TEXT, TINY
from roadsigns.reporting.words import keep_end, letters_in, shorten, wrap
from roadsigns.synthesis.designs import Designs, designs_of, read_templates
from roadsigns.synthesis.settings import Drawing
from roadsigns.types import DataSet, Sample, SignClass, UInt8Image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["write_contact_sheet"]

# Number of drawn signs from which two processes are faster than one.
WORTH_PROCESSES = 100


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
    """Lay out examples of each class of a data folder beside freshly drawn ones.

    A class is drawn where a design has its name: the package's own for a known data set, else those of `templates`.
    Without designs only the real images are laid out, with a warning.

    Args:
        folder: A data folder; see `roadsigns.datasets.reader`.
        path: Ends in .png. A file of that name is replaced.
        drawing: How signs are drawn.
        templates: Folder of custom designs.
        class_ids: Which classes; empty for all.
        per_class: Number of images of each kind in a row, at least 1.
        seed: Random seed of the choice and of the drawings, at least 0.

    Raises:
        DataError: If the data or templates cannot be used or have no class in common, there is no such class, or the
            page would grow too large.
        OutputError: If `path` is not a PNG file's name, lies in `folder` or `templates`, or cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    check_output_file(path, suffix=".png", data=folder)
    require_outside_of_table(path, folder)
    if templates is not None:
        require_outside(path, templates, hint="Name another file with --out.", kind="template folder")
    data = read_training(folder)
    contents = _contents(data, _designs(data, folder, templates), drawing, per_class=per_class, seed=seed)
    signs = _signs(data.classes, contents, class_ids, folder)
    most = max(len(contents.samples.get(sign.class_id, [])) for sign in signs)
    drawn = per_class if any(sign.class_id in contents.numbers for sign in signs) else 0
    page = plan_page(len(signs), real=min(per_class, most), drawn=drawn)
    with output_errors(path, "Name another file with --out."):
        _write(contents, signs, page, path, title=str(folder))


def _designs(data: DataSet, folder: Path, templates: Path | None) -> Designs | None:
    if templates is None:
        spec = spec_of(data.classes)
        if spec.drawings:
            return designs_of(spec)
        warnings.warn(
            f"There are no drawings of the classes of {folder}, so only its own images are laid out. "
            "To draw signs beside them, give your own designs with --templates.",
            stacklevel=3,
        )
        return None
    designs = read_templates(templates)
    ours, theirs = ({sign.name for sign in signs} for signs in (designs.classes, data.classes))
    if not ours & theirs:
        raise DataError(
            f"No template is named after a class of {folder}. Templates: {_some(ours)}. Classes: {_some(theirs)}.",
            hint="Give templates and class folders the same names.",
            subject=str(templates),
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
        designs: None where nothing is drawn.
        numbers: Class id of the data to class id of the designs, by name.
        drawing: How signs are drawn.
        per_class: Number of images of each kind in a row.
        seed: Random seed of the choice and of the drawings.
    """

    source: str
    samples: dict[int, list[Sample]]
    designs: Designs | None
    numbers: dict[int, int]
    drawing: Drawing
    per_class: int
    seed: int

    def real(self, class_id: int) -> list[tuple[UInt8Image, str]]:
        """Read some images of a class, with captions; those that do not decode are left out with a warning."""
        rng = np.random.default_rng([self.seed, class_id])
        images = []
        for sample in choose_examples(self.samples.get(class_id, []), count=self.per_class, rng=rng):
            try:
                images.append((read_image(sample.path), caption_of(sample)))
            except ImageError as error:
                warnings.warn(f"Left out: {error}", stacklevel=2)
        return images

    def drawn(self, signs: Sequence[SignClass]) -> Iterator[list[UInt8Image]]:
        """Draw some signs of each class, on all cores."""
        wanted = [
            DrawnExamples(self.numbers[sign.class_id], self.per_class, self.designs, self.drawing, self.seed)
            for sign in signs
            if self.designs and sign.class_id in self.numbers
        ]
        drawn = over_cores(draw_examples, wanted, parallel=len(wanted) * self.per_class >= WORTH_PROCESSES)
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
    """The classes to lay out: the requested ones, else all that have an image or a drawing."""
    shown = [sign for sign in classes if sign.class_id in contents.samples or sign.class_id in contents.numbers]
    unknown = set(class_ids) - {sign.class_id for sign in shown}
    if unknown:
        raise DataError(
            f"There is no class {min(unknown)}.",
            expected=f"one of {len(shown)} classes from {shown[0].class_id} to {shown[-1].class_id}",
            subject=str(folder),
        )
    return [sign for sign in shown if sign.class_id in class_ids or not class_ids]


def _write(contents: _Contents, signs: Sequence[SignClass], page: Page, path: Path, *, title: str) -> None:
    # All images on one canvas, pixel for pixel: drawn by matplotlib one by one they would take a minute.
    canvas = np.full((page.height, page.width, 3), 255, np.uint8)
    with (
        sheet_at(path, width=page.width, height=page.height, per_inch=DPI, canvas=canvas) as axes,
        progress("Laying out", total=len(signs), unit="classes") as advance,
    ):
        _write_headings(axes, page, title=title, source=contents.source)
        for index, (sign, drawn) in enumerate(zip(signs, contents.drawn(signs), strict=True)):
            x, y = page.corner(index)
            write_text(axes, wrap(f"{sign.class_id} {sign.name}", NAME_LETTERS, NAME_LINES), x, y, size=SMALL)
            for place, (image, caption) in enumerate(contents.real(sign.class_id)):
                left = x + page.real_left(place)
                paste(canvas, image, left, y, page.cell)
                below = y + page.cell + 1
                write_text(axes, shorten(caption, page.caption_letters), left, below, size=TINY, colour=LIGHT.soft)
            for place, image in enumerate(drawn):
                paste(canvas, image, x + page.drawn_left(place), y, page.cell)
            advance()


def _write_headings(axes: "Axes", page: Page, *, title: str, source: str) -> None:
    letters = letters_in((page.width - 2 * EDGE) / DPI, HEADING)
    write_text(axes, keep_end(title, letters), EDGE, EDGE // 2, size=HEADING)
    write_text(axes, "Under its images: class, track, frame", EDGE, EDGE // 2 + 22, size=SMALL, colour=LIGHT.soft)
    half = letters_in(page.real * page.cell / DPI, TEXT)
    for column in range(page.columns):
        x = page.corner(column * page.rows)[0]
        write_text(axes, shorten(source, half), x + page.real_left(0), TITLE, size=TEXT)
        if page.drawn:
            write_text(axes, "freshly drawn", x + page.drawn_left(0), TITLE, size=TEXT)
