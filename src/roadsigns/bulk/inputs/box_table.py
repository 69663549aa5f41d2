"""Boxes for the images of folders and archives, looked up by name."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from roadsigns.bulk.entries import Entry
from roadsigns.bulk.inputs.lists import EXPECTED, read_rows
from roadsigns.errors import DataError, ImageError
from roadsigns.files import require_file
from roadsigns.types import Box

__all__ = ["BoxTable"]


class BoxTable:
    """A CSV file of boxes.

    Attributes:
        repeats: Whether an image has several rows.
    """

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            DataError: If it cannot be read, or is not CSV with names and boxes.
        """
        self._path = path
        self._boxes: dict[str, list[Box | ImageError | None]] = {}
        try:
            require_file(path)
            with path.open("rb") as file:
                has_boxes, rows = read_rows(file, str(path))
                if not has_boxes:
                    raise DataError("The table has no columns for boxes.", expected=EXPECTED, subject=str(path))
                for row in rows:
                    self._boxes.setdefault(row.name, []).append(row.box)
        except OSError as error:
            problem = f"The table cannot be read ({error.strerror})."
            raise DataError(problem, hint="Check the path and its permissions.", subject=str(path)) from error
        self.repeats = any(len(boxes) > 1 for boxes in self._boxes.values())
        self._unused = dict.fromkeys(self._boxes)

    def apply(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Give each image its box. An image of several rows becomes several entries, one of none an error."""
        for entry in entries:
            if isinstance(entry.image, ImageError):
                yield entry
                continue
            name = next((name for name in self._names(entry) if name in self._boxes), entry.name)
            self._unused.pop(name, None)
            for box in self._boxes.get(name) or [self._missing(entry)]:
                yield entry._replace(image=box) if isinstance(box, ImageError) else entry._replace(box=box)

    def _names(self, entry: Entry) -> Iterator[str]:
        """Yield what the table may call an image: as its folder or archive does, as the output does, or from here."""
        yield entry.local
        yield entry.name
        path, folder = Path(entry.name).absolute(), self._path.absolute().parent
        if path.is_relative_to(folder):
            yield path.relative_to(folder).as_posix()

    def unused(self) -> tuple[int, str]:
        """Return how many rows no image was found for, and the name in the first."""
        return sum(len(self._boxes[name]) for name in self._unused), next(iter(self._unused), "")

    def _missing(self, entry: Entry) -> ImageError:
        return ImageError(
            f"The table {self._path} has no row for '{entry.local}'.",
            hint="Add one, with an empty box for the whole image.",
            subject=entry.name,
        )
