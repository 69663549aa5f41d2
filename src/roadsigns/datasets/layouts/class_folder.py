"""The images of one class folder with their annotations."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path

from roadsigns.archives.paths import is_file
from roadsigns.datasets.layouts.annotations import Annotation, read_annotations
from roadsigns.datasets.layouts.layout import Row
from roadsigns.datasets.layouts.listing import list_folder, unread_files
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.datasets.tracks import track_of

__all__ = ["annotation_file", "in_folder", "join_annotations", "read_class_folder"]


def annotation_file(data: Path, folder: str) -> str | None:
    """Return the annotation file of a class folder, `GT-<folder>.csv`; None where there is none."""
    table = f"{folder}/GT-{Path(folder).name}.csv"
    return table if is_file(data / table) else None


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
    paths = [f"{folder}/{name}" for name in listing.images]
    annotations: dict[str, Annotation] = {}
    if table:
        found = read_annotations(data, table, spec=spec, labelled=False)
        annotations = yield from join_annotations(paths, in_folder(folder, found), table)
    class_name = Path(folder).name
    for name, path in zip(listing.images, paths, strict=True):
        annotation = annotations.get(path)
        if checks_class and annotation and annotation.class_id not in (None, class_id):
            yield Problem("wrong-class", path, f"annotated as class {annotation.class_id}")
        yield Row(folder, name, class_id, track_of(name, class_name), annotation)


def in_folder(
    folder: str, found: Iterable[tuple[str, Annotation | Problem]]
) -> Iterator[tuple[str, Annotation | Problem]]:
    """Put a folder before the names of an annotation file's images."""
    return ((f"{folder}/{name}" if name else "", item) for name, item in found)


def join_annotations(
    images: Sequence[str], found: Iterable[tuple[str, Annotation | Problem]], table: str
) -> Generator[Problem, None, dict[str, Annotation]]:
    """Yield where an annotation file and the images that are there do not fit each other.

    Args:
        images: Their paths, relative to the data folder.
        found: What the annotation file says: the path of an image, and the annotation or what is wrong with it.
        table: The annotation file.

    Returns:
        What it says of each image: {path: annotation}.
    """
    paths = set(images)
    annotations: dict[str, Annotation] = {}
    # A row that is wrong names its image too.
    named: set[str] = set()
    for path, item in found:
        if isinstance(item, Problem):
            yield item
            if item.kind == "bad-annotations":
                return annotations
        elif path not in paths:
            yield Problem("no-file", path, table=table, line=item.line)
            continue
        else:
            before = annotations.get(path)
            if before and before.class_id != item.class_id:
                message = f"as class {item.class_id} here, as class {before.class_id} in line {before.line}"
                yield Problem("contrary-rows", path, message, table, item.line)
            elif path in named:
                yield Problem("row-twice", path, line=item.line)
            annotations[path] = item
        named.add(path)
    for path in images:
        if path not in named:
            yield Problem("no-row", path, table=table)
    return annotations
