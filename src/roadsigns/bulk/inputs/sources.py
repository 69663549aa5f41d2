"""The arguments of `roadsigns predict` and `detect`: several sources, one after the other, as entries."""

import warnings
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from roadsigns.bulk.entries import Entry
from roadsigns.bulk.inputs.archives import on_disk
from roadsigns.bulk.inputs.box_table import BoxTable
from roadsigns.bulk.inputs.open_source import exists, is_pattern, open_source
from roadsigns.bulk.inputs.source import OTHER_PLACE, Source, total_count
from roadsigns.bulk.inputs.standard_input import STANDARD_INPUT, open_standard_input
from roadsigns.errors import DataError
from roadsigns.files import disk_has_folder, require_other_file, require_outside, require_outside_of_images
from roadsigns.preprocessing.decode import FORMATS
from roadsigns.types import Box
from roadsigns.wording import counted

__all__ = ["Sources", "open_sources"]

# Of what was given, in an error.
NAMED = 5


class Sources:
    """Several sources one after the other, with one box for all or boxes from a table.

    Attributes:
        count: How many entries there are; None if it is unknown before reading them.
        has_boxes: Whether entries may have boxes.
    """

    def __init__(
        self, given: Sequence[str], sources: Sequence[Source], table: BoxTable | None = None, box: Box | None = None
    ) -> None:
        self._given = given
        self._sources = sources
        self._table = table
        self._box = box
        self.count = None if table and table.repeats else total_count(sources)
        self.has_boxes = table is not None or box is not None or any(source.has_boxes for source in sources)

    def require_outside(self, folder: Path, *, option: str) -> None:
        """Refuse a folder for results that lies among images that are named: one by one, by a pattern or in a table.

        Those of standard input are known only where `open_sources` was told to read it whole.

        Raises:
            OutputError: If it does.
        """
        images = chain.from_iterable(source.images for source in self._sources)
        require_outside_of_images(folder, images, hint=f"Name another place with {option}.")

    def entries(self) -> Iterator[Entry]:
        """Yield all entries; warn of sources without any, and of boxes without an image.

        Raises:
            DataError: If there are no entries at all.
        """
        if self._table is None:
            yield from self._plain_entries()
            return
        yield from self._table.apply(self._plain_entries())
        unused, first = self._table.unused()
        if unused:
            warnings.warn(
                f"No image was read for {counted(unused, 'row')} of boxes; the first is for '{first}'.", stacklevel=2
            )

    def _plain_entries(self) -> Iterator[Entry]:
        total = 0
        for source in self._sources:
            before = total
            for entry in source.entries:
                total += 1
                yield entry if self._box is None else entry._replace(box=self._box)
            if total == before:
                warnings.warn(source.if_empty, stacklevel=2)
        if total == 0:
            raise _nothing(self._given)


def open_sources(
    given: Sequence[str],
    *,
    box: tuple[int, int, int, int] | None = None,
    boxes: Path | None = None,
    out: Path | None = None,
    whole_list: bool = False,
) -> Sources:
    """Turn what was given on the command line into entries.

    Args:
        given: Files, folders, patterns, archives, CSV files, or "-" for standard input.
        box: Where the sign is, (x1, y1, x2, y2), x2 and y2 exclusive.
        boxes: A CSV file of boxes for them.
        out: The file that will be written; it must not be or lie in what is read.
        whole_list: Whether standard input is read to its end now, so that its images are known.

    Raises:
        DataError: If none of them exists or they hold nothing, or the table or standard input cannot be used.
        OutputError: If `out` is one of the files that are read, or lies in a folder that is.
    """
    if out is not None:
        for folder in filter(disk_has_folder, map(Path, given)):
            require_outside(out, folder, hint=OTHER_PLACE, kind="folder of images")
    table = None if boxes is None else BoxTable(boxes)
    opened = [
        open_standard_input(out=out, whole=whole_list) if name == STANDARD_INPUT else open_source(name)
        for name in given
    ]
    if out is not None:
        read = [on_disk(file) for source in opened for file in source.files]
        require_other_file(out, *read, *([] if boxes is None else [boxes]), hint=OTHER_PLACE)
    if not any(
        name == STANDARD_INPUT or exists(Path(name)) or (is_pattern(name) and source.count != 0)
        for name, source in zip(given, opened, strict=True)
    ):
        hint = "Give image files, folders, archives, or patterns of them."
        raise DataError("No such file or folder.", hint=hint, subject=_list(given))
    sources = Sources(given, opened, table, None if box is None else Box(*box))
    if sources.count == 0:
        raise _nothing(given)
    return sources


def _nothing(given: Sequence[str]) -> DataError:
    return DataError(
        "There is no image here.",
        expected=f"image files ({FORMATS})",
        hint="Give image files, folders or archives, or a list of them.",
        subject=_list(given),
    )


def _list(given: Sequence[str]) -> str:
    names = ["standard input" if name == STANDARD_INPUT else name for name in given[:NAMED]]
    more = f" and {len(given) - NAMED} more" if len(given) > NAMED else ""
    return ", ".join(names) + more
