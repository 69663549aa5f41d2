"""Street scenes from whatever a person has: which layout it is, and what was read and what was not."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from roadsigns.archives.formats import is_archive
from roadsigns.datasets.scenes.coco import read_coco
from roadsigns.datasets.scenes.find import Candidate, find_candidates, inner_folder
from roadsigns.datasets.scenes.gtsdb import TABLE, read_gtsdb, read_unopened
from roadsigns.datasets.scenes.scene import Scene, SceneLayout, SceneSet
from roadsigns.errors import DataError
from roadsigns.wording import some

__all__ = ["read_scene_set", "read_scenes"]

logger = logging.getLogger(__name__)

EXPECTED = (
    "a folder with images and GTSDB's gt.txt, YOLO's folders images and labels, or COCO's JSON; the documentation of "
    "data layouts describes them"
)
TITLES: dict[SceneLayout, str] = {
    "gtsdb": "GTSDB's layout of street scenes",
    "yolo": "street scenes with YOLO's text files",
    "coco": "street scenes in COCO's JSON",
}
# Archives and downloads often hold one folder that holds everything.
MAX_DEPTH = 3


def read_scene_set(path: Path) -> SceneSet:
    """Read labelled street scenes in GTSDB's, YOLO's or COCO's layout.

    The layout is recognised and logged. What was wrong and did not stop reading is a warning, and stands in the
    result's `problems`. Of the images only the headers are read, and nothing is written.

    Args:
        path: A folder, or the file `gt.txt` or COCO's JSON. Of a folder with several sets, such as train and valid,
            give the part.

    Raises:
        DataError: If there is nothing, nothing in a known layout or several sets; or for the first line that is wrong,
            or box that lies outside its image.
    """
    with _listing_errors(path):
        scenes = _only_one(path).read()
    logger.info("%s: %s: %s.", path, TITLES[scenes.layout], scenes.describe())
    if scenes.problems:
        warnings.warn(f"In {path}: {scenes.describe_problems()}.", stacklevel=2)
    return scenes


def read_scenes(folder: Path) -> tuple[Scene, ...]:
    """Read the names and boxes of scenes in GTSDB's layout, in natural order of their names; no image is opened.

    Args:
        folder: Holds the images and `gt.txt`, or one folder that does, as an archive leaves it.

    Raises:
        DataError: If it holds no images or no `gt.txt`, or that is no such table or names none of them, or if a box
            ends before it begins.
    """
    with _listing_errors(folder):
        inner = next((one for one in _and_inner_folders(folder) if (one / TABLE).is_file()), folder)
    return read_unopened(inner)


@contextmanager
def _listing_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(
            f"The folder cannot be read: {error.strerror}.",
            hint="Check its permissions.",
            subject=str(error.filename or path),
        ) from error


def _and_inner_folders(folder: Path) -> Iterator[Path]:
    """Yield a folder, and the folders in which archives have wrapped what it holds."""
    inner: Path | None = folder
    for _ in range(MAX_DEPTH):
        if inner is None or not inner.is_dir():
            break
        yield inner
        inner = inner_folder(inner)


def _only_one(path: Path) -> Candidate:
    if path.is_file():
        return _of_file(path)
    if not path.exists():
        raise DataError(
            "There is no such folder or file.",
            expected=EXPECTED,
            hint="`roadsigns download --set gtsdb` fetches GTSDB.",
            subject=str(path),
        )
    for folder in _and_inner_folders(path):
        candidates = find_candidates(folder)
        if len(candidates) > 1:
            raise _several(path, candidates)
        if candidates:
            return candidates[0]
    raise DataError(
        "No labelled street scenes are found here.",
        expected=EXPECTED,
        hint="Give the folder that holds the images and their labels.",
        subject=str(path),
    )


def _of_file(path: Path) -> Candidate:
    if path.suffix.lower() == ".json":
        return Candidate("", path, lambda: read_coco(path))
    if path.name == TABLE:
        return Candidate("", path, lambda: read_gtsdb(path.parent))
    raise DataError(
        "This is an archive." if is_archive(path) else "This is a file of another kind.",
        expected=EXPECTED,
        hint="Unpack it and give the folder." if is_archive(path) else "Give the folder that holds images and labels.",
        subject=str(path),
    )


def _several(path: Path, candidates: list[Candidate]) -> DataError:
    return DataError(
        f"Several sets of street scenes lie here: {some([f'{one.kind}, {one.place}' for one in candidates])}.",
        expected="one set, so that scenes to train on and scenes to judge by stay apart",
        hint="Give one of these paths.",
        subject=str(path),
    )
