"""The images of one class folder with their annotations."""

from collections.abc import Generator, Iterator
from pathlib import Path

from roadsigns.datasets.layouts.annotations import Annotation, read_annotations
from roadsigns.datasets.layouts.layout import Row, track_of
from roadsigns.datasets.layouts.listing import Listing, is_file, list_folder, unread_files
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.spec import DatasetSpec

__all__ = ["annotation_file", "join_annotations", "read_class_folder"]


def annotation_file(data: Path, folder: str) -> str | None:
    """Return the annotation file of a class folder, `GT-<folder>.csv`; None where there is none."""
    table = f"{folder}/GT-{Path(folder).name}.csv"
    return table if is_file(data, table) else None


def read_class_folder(
    data: Path, folder: str, class_id: int, *, spec: DatasetSpec | None = None, checks_class: bool = True
) -> Iterator[Row | Problem]:
    """Read the images of one class, with boxes where the folder has an annotation file.

    Args:
        data: The data folder.
        folder: The class folder, relative to it.
        class_id: What the images are.
        spec: The data set that the annotation file's labels are of; None where any number is a label.
        checks_class: Whether the annotation file's labels are those of the folders.
    """
    listing = list_folder(data, folder)
    table = annotation_file(data, folder)
    yield from unread_files(data, folder, listing, annotated=table is not None)
    if listing.problem:
        yield listing.problem
    annotations: dict[str, Annotation] = {}
    if table:
        annotations = yield from join_annotations(data, folder, listing, table, spec=spec, labelled=False)
    for name in listing.images:
        annotation = annotations.get(name)
        if checks_class and annotation and annotation.class_id not in (None, class_id):
            yield Problem("wrong-class", f"{folder}/{name}", f"annotated as class {annotation.class_id}")
        yield Row(folder, name, class_id, track_of(name), annotation)


def join_annotations(
    data: Path, folder: str, listing: Listing, table: str, *, spec: DatasetSpec | None, labelled: bool
) -> Generator[Problem, None, dict[str, Annotation]]:
    """Read an annotation file and yield where it and the images of a folder do not fit each other.

    Returns:
        What it says of each image: {file name: annotation}.
    """
    names = set(listing.images)
    annotations: dict[str, Annotation] = {}
    # A row that is wrong names its image too.
    named: set[str] = set()
    for name, found in read_annotations(data, table, spec=spec, labelled=labelled):
        if isinstance(found, Problem):
            yield found
            if found.kind == "bad-annotations":
                return annotations
        elif name not in names:
            yield Problem("no-file", f"{folder}/{name}", table=table, line=found.line)
            continue
        else:
            if name in named:
                yield Problem("row-twice", f"{folder}/{name}", line=found.line)
            annotations[name] = found
        named.add(name)
    for name in listing.images:
        if name not in named:
            yield Problem("no-row", f"{folder}/{name}", table=table)
    return annotations
