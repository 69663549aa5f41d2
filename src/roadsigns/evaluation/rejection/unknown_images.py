"""Images that show none of a model's classes: a folder of crops, or background windows of street scenes."""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from roadsigns.archives.formats import archive_stem, is_archive
from roadsigns.archives.paths import is_file, is_folder
from roadsigns.bulk.inputs.archives import find_members
from roadsigns.datasets.scenes import Scene, cut_windows, read_scenes, scenes_of_part
from roadsigns.errors import DataError
from roadsigns.image_files import find_images
from roadsigns.inference.inputs import ImageInput
from roadsigns.preprocessing.crop import crop_sign
from roadsigns.preprocessing.decode import FORMATS, read_image
from roadsigns.types import UNKNOWN_KINDS, Box, SignClass, UInt8Image
from roadsigns.wording import plain_name

__all__ = ["UnknownImage", "UnknownImages", "background_of", "kinds_like_classes", "unknown_folder"]

# With fewer kinds than this, resampling kinds would say more about their number than about the model.
MIN_KINDS = 5
NO_KIND = "(no folder)"
# Of a class id as GTSRB names its folders.
ID_DIGITS = 5
# At the end of a file's name, as in "stop_3", "stop (2)".
COPY_NUMBER = re.compile(r"[\s_-]*\(?\d+\)?$")
# Kinds of background windows: what the shorter side is at least, in pixels.
WINDOW_KINDS = {
    120: "no sign, from 120 pixels",
    60: "no sign, 60 to 119 pixels",
    30: "no sign, 30 to 59 pixels",
    0: "no sign, below 30 pixels",
}


class UnknownImage(NamedTuple):
    """An image of none of the classes.

    Attributes:
        path: The image file.
        place: The window in it, for a window of a street scene; None for all of the file.
        kind: The folder that it lies in, or what kind of background it is.
        unit: What shows one thing together with it, for intervals; None where that is unknown.
        window: The pixels of a window with its margin, and the window in them; None where the file is to be read.
    """

    path: Path
    place: Box | None
    kind: str
    unit: str | None
    window: tuple[UInt8Image, Box] | None = None

    def as_input(self) -> ImageInput:
        """Return what the network is given."""
        pixels, box = self.window or (self.path, None)
        return ImageInput(pixels, box, str(self.path))

    def read_again(self) -> UInt8Image:
        """Read what it shows, for a picture. Raises an ImageError where that does not work."""
        image = read_image(self.path)
        return image if self.place is None else crop_sign(image, self.place)


@dataclass(frozen=True, slots=True)
class UnknownImages:
    """Images of none of the classes, from one place.

    Attributes:
        kind: "unknown": crops of a folder. "background": windows of street scenes.
        folder: Where they come from.
        images: Iterated once.
        count: How many there are; None where that is not known before.
        unit: What `UnknownImage.unit` is.
        known_names: Those of its kinds that are named after classes of the model, its own name if it has no kinds;
            images that are so named if there are no such kinds.
    """

    kind: Literal["unknown", "background"]
    folder: Path
    images: Iterable[UnknownImage]
    count: int | None
    unit: str
    known_names: tuple[str, ...] = ()


def unknown_folder(folder: Path, classes: Sequence[SignClass]) -> UnknownImages:
    """Open a folder of unknown images; those of each sub-folder are a kind.

    Args:
        folder: A folder, an archive or a single image.
        classes: The model's, of which no kind should bear the name.

    Raises:
        DataError: If it does not exist, cannot be read, or holds no images.
    """
    try:
        paths = _paths(folder)
    except OSError as error:
        raise DataError(
            f"The folder cannot be read: {error.strerror}.", hint="Check its permissions.", subject=str(folder)
        ) from error
    if not paths:
        raise DataError(
            "There are no images here.",
            expected=f"images of signs that the model does not know ({FORMATS}), in a folder for each kind or in one",
            subject=str(folder),
        )
    kinds = [_kind(path, folder) for path in paths]
    # Images of one kind are accepted together, so kinds are what intervals resample, if there are enough of them.
    names = sorted(set(kinds))
    many = len(names) >= MIN_KINDS
    images = [UnknownImage(path, None, kind, kind if many else None) for path, kind in zip(paths, kinds, strict=True)]
    # A folder of images alone may be one class of a data set.
    called = [_plain_name(folder)] if names == [NO_KIND] else names
    known_names = kinds_like_classes(called, classes) or _images_like_classes(paths, classes)
    return UnknownImages("unknown", folder, images, len(images), "kind", known_names)


def _paths(folder: Path) -> list[Path]:
    if folder.is_dir():
        problems: list[OSError] = []
        paths = list(find_images(folder, onerror=problems.append))
        for problem in problems:
            warnings.warn(f"{problem.filename} cannot be read: {problem.strerror}.", stacklevel=3)
        return paths
    if is_folder(folder):
        return list(find_members(folder))
    if is_file(folder) and not is_archive(folder):
        return [folder]
    raise DataError(
        "This is not an archive that can be read." if folder.exists() else "There is no such folder.",
        expected="a folder or an archive of images",
        subject=str(folder),
    )


def _plain_name(folder: Path) -> str:
    """Return the name of a folder, also of "."; that of an archive without its suffix."""
    return archive_stem(folder) if is_archive(folder) else folder.resolve().name


def _kind(path: Path, folder: Path) -> str:
    kind = path.parent.relative_to(folder).as_posix() if path != folder else "."
    return NO_KIND if kind == "." else kind


def kinds_like_classes(kinds: Iterable[str], classes: Sequence[SignClass]) -> tuple[str, ...]:
    """Return the kinds with a folder named after a class: by its names, or its number in the regulations.

    Also those with one such as 00014, a class id as in a copy of GTSRB, and all of them where every folder that holds
    images is a whole number from 0 that could be a class id.
    """
    folders = {kind: PurePosixPath(kind).parts for kind in kinds if kind not in (NO_KIND, "")}

    def is_id(name: str) -> bool:
        return name.isdecimal() and int(name) < len(classes)

    if folders and all(is_id(parts[-1]) for parts in folders.values()):
        return tuple(sorted(folders))
    known = {plain_name(name) for sign in classes for name in (sign.name, sign.name_de, sign.sign_number) if name}

    def is_known(name: str) -> bool:
        return plain_name(name) in known or (len(name) == ID_DIGITS and is_id(name))

    # Above other folders, "danger" is rather a kind of unknown sign than the class.
    return tuple(
        sorted(
            kind
            for kind, (*above, last) in folders.items()
            if is_known(last) or any(is_known(name) for name in above if plain_name(name) not in UNKNOWN_KINDS)
        )
    )


def _images_like_classes(paths: Sequence[Path], classes: Sequence[SignClass]) -> tuple[str, ...]:
    """Return the names of the files that are called as a class is, with or without a number: "Give way 2.png".

    Numbers in the regulations do not count: photographs are numbered, too.
    """
    known = {plain_name(name) for sign in classes for name in (sign.name, sign.name_de) if name}
    names = {path.name: (path.stem, COPY_NUMBER.sub("", path.stem)) for path in paths}
    return tuple(sorted(name for name, stems in names.items() if not known.isdisjoint(map(plain_name, stems))))


def background_of(folder: Path, *, count: int, seed: int) -> UnknownImages:
    """Open street scenes for background windows of the part that judges; see `roadsigns.datasets.scenes`.

    Args:
        folder: The scenes with their `gt.txt`.
        count: Number of windows.
        seed: Of their choice.

    Raises:
        DataError: If these are no such scenes, or too few.
    """
    scenes = scenes_of_part(read_scenes(folder), "judge", folder)
    return UnknownImages("background", folder, _windows(scenes, count, seed), count, "scene")


def _windows(scenes: tuple[tuple[int, Scene], ...], count: int, seed: int) -> Iterator[UnknownImage]:
    for window in cut_windows(scenes, count=count, seed=seed):
        side = min(window.place.x2 - window.place.x1, window.place.y2 - window.place.y1)
        kind = next(kind for least, kind in WINDOW_KINDS.items() if side >= least)
        yield UnknownImage(window.scene, window.place, kind, window.scene.name, (window.image, window.box))
