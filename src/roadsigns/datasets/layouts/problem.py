"""Problems of a data folder that reading finds.

A layout yields a `Problem` and continues. `roadsigns.datasets.reader` raises the first error among them;
`roadsigns.dataset_check` collects them all.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from roadsigns.errors import DataError

__all__ = ["READING_PROBLEMS", "READING_WARNINGS", "Kind", "Level", "Problem"]

Level = Literal["error", "warning"]


class Kind(NamedTuple):
    """One kind of problem.

    Attributes:
        level: "error": reading stops at it, or training loses images by it or learns or measures something wrong.
            "warning": it may be meant so.
        meaning: What it is and what to do, for people.
        sentence: What an error says when reading stops at it: a format string with the fields of the `Problem`.
        hint: What to do then.
    """

    level: Level
    meaning: str
    sentence: str = ""
    hint: str = ""


UNPACK = "Unpack the official archives again."

# In the order in which a check shows them.
READING_PROBLEMS: dict[str, Kind] = {
    "unreadable-folder": Kind(
        "error",
        "Folders that cannot be listed. Check their permissions.",
        "The folder cannot be listed: {message}.",
        "Check its permissions.",
    ),
    "not-a-class": Kind(
        "error",
        "Folders beside the data set's classes that are not classes of it. Training refuses them.",
        "The folder is not a class of the data set: {message}.",
        "Put the folders of your own classes into a data folder of their own.",
    ),
    "same-class": Kind(
        "error",
        "Folders that stand for the same class. Merge them or rename one.",
        "The folders {other} and {file} stand for the same class: {message}.",
        "Merge them or rename one.",
    ),
    "class-number": Kind(
        "error",
        "Numeric folder names that are too large for labels. Give the folders names.",
        "If all folder names are numbers, they are taken as labels, and this one is too large: {message}.",
        "Give the folders names.",
    ),
    "class-name": Kind(
        "error",
        "Class folders whose names are not UTF-8. Classes are named after them; rename them.",
        "Classes are named after their folders, and this name is not UTF-8: {message}.",
        "Rename the folder.",
    ),
    "no-annotations": Kind(
        "error", f"Images without their annotation file. {UNPACK}", "The folder has {message}.", UNPACK
    ),
    "bad-annotations": Kind(
        "error", f"Annotation files that cannot be used. {UNPACK}", "The annotation file {message}.", UNPACK
    ),
    "bad-row": Kind("error", "Rows of annotation files that make no sense.", "This row is wrong: {message}.", UNPACK),
    "row-twice": Kind("warning", "Images that an annotation file names twice; training takes the last row."),
    "repeated-row": Kind("warning", "Rows of a table that repeat an image and its box; training takes the first."),
    "contrary-rows": Kind(
        "error",
        "Rows of a table that put an image into two classes or splits. Training refuses them.",
        "The table names {file} twice: {message}.",
        "Correct one of the two rows, or remove it.",
    ),
    "no-row": Kind(
        "error",
        "Images that their annotation file does not name. Training refuses them.",
        "The annotations have no row for {file}.",
        "Unpack the archive again, add a row, or move the image to another folder.",
    ),
    "no-file": Kind(
        "error",
        "Rows of annotation files whose image is not there. Training refuses them.",
        "The image {file} is not there.",
        "Unpack the archive again, or put the image there.",
    ),
    "wrong-class": Kind(
        "error",
        "Rows that name another class than the image's folder.",
        "The image {file} is {message}, and its folder is another class.",
        "Move the image, or correct the row.",
    ),
}
BOX_OUTSIDE = Kind(
    "error",
    "Boxes that are empty or do not lie inside their image.",
    "The box of {file} does not lie inside its image: {message}.",
    "Correct the row. These corners belong to the box, and the origin is the top left pixel.",
)
READING_WARNINGS: dict[str, Kind] = {
    "blank-name": Kind(
        "warning", "Class names that begin or end with a blank, and look like those without it. Rename the folders."
    ),
    "no-table": Kind("warning", "Images without their table of boxes: whole images are learned."),
    "no-boxes": Kind("warning", "Class folders without boxes beside some that have them: whole images are learned."),
    "ignored-files": Kind("warning", "Files that are not read: not images of a known format, or in the wrong place."),
    "missing-parts": Kind("warning", "Parquet files of which other parts are not there; their images are not read."),
    "nested-folder": Kind("warning", "Folders with images inside class folders; they are not read."),
}
_KINDS = {**READING_PROBLEMS, "box-outside": BOX_OUTSIDE, **READING_WARNINGS}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong or doubtful. All paths are relative to the data folder.

    Attributes:
        kind: Which kind it is; see above.
        file: The image, annotation file or folder that it is about.
        message: What is wrong, as a part of a sentence; empty where the kind says everything.
        table: The annotation file that says so; empty where `file` is it, or there is none.
        line: Of the annotation file; None where it is about no line.
        other: The other folder of two.
        hint: Better advice than that of the kind.
    """

    kind: str
    file: str
    message: str = ""
    table: str = ""
    line: int | None = None
    other: str = ""
    hint: str = ""

    @property
    def level(self) -> Level:
        """How bad it is."""
        return _KINDS[self.kind].level

    @property
    def paths(self) -> tuple[str, ...]:
        """The files or folders that it is about."""
        return (self.other, self.file) if self.other else (self.file,)

    @property
    def detail(self) -> str:
        """Where it stands and what is wrong, without what it is about."""
        place = ", ".join(filter(None, (self.table, f"line {self.line}" if self.line is not None else "")))
        return ": ".join(filter(None, (place, self.message)))

    def as_error(self, data: Path, given: Path | None = None) -> DataError:
        """Return the error that reading stops with.

        Args:
            data: The data folder.
            given: The data as they were given, such as a table in that folder; None where that is the folder.
        """
        kind = _KINDS[self.kind]
        subject = str(data if self.other else data / (self.table or self.file))
        return DataError(
            kind.sentence.format(file=Path(self.file).name, other=Path(self.other).name, message=self.message),
            hint=f"{self.hint or kind.hint} `roadsigns check` lists everything that is wrong with {given or data}.",
            subject=subject if self.line is None else f"{subject}, line {self.line}",
        )
