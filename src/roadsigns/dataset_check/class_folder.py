"""The images of one class folder, or of the test set, with what its annotation file says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.dataset_check.annotations import Row, read_rows
from roadsigns.dataset_check.findings import Findings, counted
from roadsigns.dataset_check.listing import list_folder, report_unread
from roadsigns.datasets.reader import TEST_CSV, TEST_FOLDER
from roadsigns.errors import DataError

__all__ = ["UNKNOWN", "Part", "read_official_class", "read_plain_class", "read_test_images"]

# A class that nothing names, a track that the file's name does not tell.
UNKNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The images of one folder.

    Attributes:
        folder: Relative to the data folder.
        names: File names, in order.
        class_id: `UNKNOWN` where nothing names it, int32, shape (images,).
        size: (width, height) in pixels as annotated, 0 where not annotated, int32, shape (images, 2).
        box: (x1, y1, x2, y2) in pixels, origin top left, x2 and y2 exclusive, as annotated and unchecked, int32, shape
            (images, 4).
        annotated: Whether size and box are known, shape (images,).
    """

    folder: str
    names: list[str]
    class_id: npt.NDArray[np.int32]
    size: npt.NDArray[np.int32]
    box: npt.NDArray[np.int32]
    annotated: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, folder: str, names: Sequence[str], class_id: int) -> "Part":
        """Return images without annotations."""
        count = len(names)
        return cls(
            folder,
            list(names),
            np.full(count, class_id, np.int32),
            np.zeros((count, 2), np.int32),
            np.zeros((count, 4), np.int32),
            np.zeros(count, np.bool_),
        )


def read_official_class(data: Path, folder: str, class_id: int, findings: Findings) -> Part:
    """Read a folder of `Final_Training/Images`."""
    part = _list(data, folder, class_id, findings, annotated=True)
    name = Path(folder).name
    table = data / folder / f"GT-{name}.csv"
    if table.is_file():
        _annotate(part, table, f"{folder}/{table.name}", findings, labelled=False)
    elif part.names:
        findings.add("no-annotations", [folder], f"{counted(len(part.names), 'image')} and no {table.name}")
    return part


def read_plain_class(data: Path, folder: str, class_id: int, findings: Findings) -> Part:
    """Read a person's own class folder."""
    return _list(data, folder, class_id, findings, annotated=False)


def read_test_images(data: Path, findings: Findings) -> Part:
    """Read `Final_Test/Images` with its annotation file, which stands at one of three places."""
    folder = str(TEST_FOLDER)
    part = Part.of(folder, list_folder(data, folder, findings).images, UNKNOWN)
    places = [place / TEST_CSV for place in (Path(), TEST_FOLDER.parent, TEST_FOLDER)]
    place = next((place for place in places if (data / place).is_file()), None)
    if place:
        _annotate(part, data / place, str(place), findings, labelled=True)
    else:
        findings.add("no-annotations", [folder], f"{counted(len(part.names), 'image')} and no {TEST_CSV}")
    return part


def _list(data: Path, folder: str, class_id: int, findings: Findings, *, annotated: bool) -> Part:
    listing = list_folder(data, folder, findings)
    report_unread(data, folder, listing, findings, annotated=annotated)
    return Part.of(folder, listing.images, class_id)


def _annotate(part: Part, table: Path, shown: str, findings: Findings, *, labelled: bool) -> None:
    """Put an annotation file's rows into `part` and report those that do not fit.

    Args:
        part: The images; changed.
        table: The file.
        shown: Its path relative to the data folder.
        findings: Where to report.
        labelled: Whether the rows give the class rather than repeat it.
    """
    positions = {name: position for position, name in enumerate(part.names)}
    named = np.zeros(len(part.names), np.bool_)
    try:
        for row in read_rows(table, labelled=labelled):
            position = positions.get(row.name)
            if row.problem:
                findings.add("bad-row", [shown], f"line {row.line}: {row.problem}")
            elif position is None:
                findings.add("no-file", [f"{part.folder}/{row.name}"], f"{shown}, line {row.line}")
            else:
                _put(part, position, row, findings, labelled=labelled, again=bool(named[position]))
            if position is not None:
                named[position] = True
    except DataError as error:
        findings.add("bad-annotations", [shown], str(error))
        return
    for position in np.flatnonzero(~named).tolist():
        findings.add("no-row", [f"{part.folder}/{part.names[position]}"], shown)


def _put(part: Part, position: int, row: Row, findings: Findings, *, labelled: bool, again: bool) -> None:
    path = f"{part.folder}/{row.name}"
    if again:
        findings.add("row-twice", [path], f"line {row.line}")
    if labelled:
        part.class_id[position] = UNKNOWN if row.class_id is None else row.class_id
    elif row.class_id not in (None, part.class_id[position]):
        findings.add("wrong-class", [path], f"annotated as class {row.class_id}")
    part.size[position] = row.size
    part.box[position] = row.box
    part.annotated[position] = True
