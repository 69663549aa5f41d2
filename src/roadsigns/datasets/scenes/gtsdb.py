"""Street scenes in GTSDB's layout: the images of one folder, and a table of boxes.

gt.txt            file;left;top;right;bottom;class, one line for each box, inclusive pixels
00000.ppm ...     the scenes, in any image format; a name's suffix in gt.txt may differ
"""

import csv
from collections.abc import Sequence
from pathlib import Path

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.scenes.gtsdb_unlabelled import unlabelled_signs
from roadsigns.datasets.scenes.labels import Label, numbered_classes, require_order, signs_of, sizes_of, unlike_named
from roadsigns.datasets.scenes.others import read_others
from roadsigns.datasets.scenes.scene import Scene, SceneProblem, SceneSet, SceneSign
from roadsigns.errors import DataError
from roadsigns.image_files import find_images
from roadsigns.preprocessing.decode import FORMATS
from roadsigns.types import Box

__all__ = ["TABLE", "read_gtsdb", "read_table", "read_unopened"]

TABLE = "gt.txt"
EXPECTED = "file;left;top;right;bottom;class, with whole numbers of pixels"


def read_gtsdb(folder: Path) -> SceneSet:
    """Read scenes with all that is known of them; of the images only the headers are read.

    Of GTSDB itself, signs that are not labelled are known from a list in the package, and are to be ignored. Of drawn
    scenes, `others.txt` has them.

    The classes have the names of GTSRB's 43 where all numbers are among theirs, and their numbers as names otherwise.

    Raises:
        DataError: As `read_unopened`; also if a box lies outside its image, or two images differ in their suffix only.
    """
    rows, paths = _find(folder)
    images = {path.stem: path for path in unlike_named(paths).values()}
    labels = [label for found in rows.values() for label in found]
    classes = _classes_of(labels)
    problems: list[SceneProblem] = []
    sizes = sizes_of(list(images.values()), problems)
    others = unlabelled_signs(rows) or read_others(folder)
    scenes = tuple(
        Scene(path, (*signs_of(rows.get(path.stem, ()), size, classes, problems), *others.get(path.stem, ())))
        for path, size in sizes.items()
    )
    problems += [SceneProblem("no-image", rows[stem][0].place, stem) for stem in rows if stem not in images]
    return SceneSet(classes, scenes, "gtsdb", folder, tuple(problems))


def read_unopened(folder: Path) -> tuple[Scene, ...]:
    """Read the names and boxes of all scenes, in natural order of their names; no image is opened.

    Raises:
        DataError: If the folder holds no images or no `gt.txt`, or that is no such table or names none of them, or if a
            box ends before it begins.
    """
    rows, paths = _find(folder)
    classes = _classes_of([label for found in rows.values() for label in found])
    return tuple(Scene(path, _unchecked(rows.get(path.stem, ()), classes)) for path in paths)


def _unchecked(labels: Sequence[Label], classes: Sequence[str]) -> tuple[SceneSign, ...]:
    for label in labels:
        require_order(label)
    return tuple(
        SceneSign(label.box, label.class_id, classes[label.class_id]) for label in labels if label.class_id is not None
    )


def _find(folder: Path) -> tuple[dict[str, list[Label]], list[Path]]:
    """Return the boxes of the table, and the images.

    Raises:
        DataError: See `read_unopened`.
    """
    if not folder.is_dir():
        raise DataError(
            "There is no such folder.", hint="Name a folder of street scenes with gt.txt.", subject=str(folder)
        )
    table = folder / TABLE
    if not table.is_file():
        raise DataError(
            f"The folder holds no {TABLE}.",
            expected=f"street scenes and {TABLE} with lines of file;left;top;right;bottom;class, as GTSDB has them",
            hint="Without the boxes of its signs, nobody knows what is background.",
            subject=str(folder),
        )
    paths = [path for path in find_images(folder) if path.parent == folder]
    if not paths:
        raise DataError("There are no street scenes here.", expected=f"images ({FORMATS})", subject=str(folder))
    rows = read_table(table)
    if rows and not any(path.stem in rows for path in paths):
        raise DataError(
            f"None of the images is named in {TABLE}, such as {paths[0].name}; it names {min(rows)}.",
            expected="the table of these images",
            subject=str(folder),
        )
    return rows, paths


def read_table(table: Path) -> dict[str, list[Label]]:
    """Read the boxes of `gt.txt`: {name of an image without its suffix: its boxes}.

    Raises:
        DataError: If it cannot be read, or a line is no box.
    """
    labels: dict[str, list[Label]] = {}
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            for number, fields in enumerate(csv.reader(file, delimiter=";"), start=1):
                if fields:
                    labels.setdefault(Path(fields[0].replace("\\", "/")).stem, []).append(_label(table, number, fields))
    except OSError as error:
        raise DataError(
            f"The table cannot be read: {error.strerror}.", hint="Check its permissions.", subject=str(table)
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"This is no table of boxes ({error}).", expected=EXPECTED, subject=str(table)) from error
    return labels


def _label(table: Path, number: int, fields: list[str]) -> Label:
    try:
        _, left, top, right, bottom, class_id = fields
        box = Box(int(left), int(top), int(right) + 1, int(bottom) + 1)
        label = Label(f"{table}, line {number}", box, int(class_id))
    except ValueError as error:
        raise DataError(f"Line {number} is '{';'.join(fields)}'.", expected=EXPECTED, subject=str(table)) from error
    if int(class_id) < 0:
        raise DataError(f"Line {number} has the class {class_id}.", expected="classes from 0", subject=str(table))
    return label


def _classes_of(labels: Sequence[Label]) -> tuple[str, ...]:
    known = tuple(sign.name for sign in GTSRB_CLASSES)
    names = numbered_classes(labels)
    return known if len(names) <= len(known) else names
