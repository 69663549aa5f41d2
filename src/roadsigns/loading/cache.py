"""A cache of decoded images in one memory-mapped file, so that a second start reads no image file.

An entry is a folder named by a hash of `FORMAT` and of every image's path, size and modification time. It is built
under a temporary name and renamed, in which only one of two builders can succeed: the other drops its copy and uses the
first one's. A killed builder leaves a temporary folder that nothing reads; the next build removes it after a day.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import platformdirs

from roadsigns.archives.paths import stat
from roadsigns.datasets.layouts.table_images import require_outside_of_table
from roadsigns.errors import ImageError
from roadsigns.files import made_folder, require_outside
from roadsigns.preprocessing.decode import read_image
from roadsigns.progress import progress
from roadsigns.types import Sample, UInt8Image

__all__ = ["DecodedImages", "check_cache_folder", "default_cache_folder", "open_decoded"]

# Raise it when what is stored changes; entries of other formats are then never found.
FORMAT = "decoded-rgb-uint8-3"
TEMPORARY_PREFIX = "building-"
SECONDS_UNTIL_ABANDONED = 24 * 3600


@dataclass(frozen=True, slots=True)
class DecodedImages:
    """The decoded images of a list of samples, in its order.

    Attributes:
        pixels: All images one after the other, 1-D, uint8, memory-mapped.
        offsets: Where each image starts, int64, one more than there are images.
        shapes: (height, width) of each, int32, shape (images, 2).
        problems: The errors of the images that did not decode: {index: error}.
    """

    pixels: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]
    shapes: npt.NDArray[np.int32]
    problems: dict[int, ImageError]

    def read(self, index: int) -> UInt8Image:
        """Return one image, RGB, shape (height, width, 3), uint8, a read-only view.

        Raises:
            ImageError: If it did not decode when the cache was built.
        """
        if index in self.problems:
            raise self.problems[index]
        height, width = self.shapes[index].tolist()
        return self.pixels[self.offsets[index] : self.offsets[index + 1]].reshape(height, width, 3)


def default_cache_folder() -> Path | None:
    """Return the user's cache folder, or `ROADSIGNS_CACHE` where that is set.

    Returns:
        None, with a warning, if the user has no home folder, as in some containers.
    """
    chosen = os.environ.get("ROADSIGNS_CACHE")
    if chosen:
        return Path(chosen)
    try:
        return Path(platformdirs.user_cache_dir("roadsigns"))
    except RuntimeError:
        warnings.warn(
            "There is no home folder, so decoded images are not cached. Set HOME, or ROADSIGNS_CACHE to a folder.",
            stacklevel=2,
        )
        return None


def check_cache_folder(folder: Path | None, data: Path) -> None:
    """Refuse a cache in the data folder or among the images of a table, before the work.

    Raises:
        OutputError: If `folder` is or lies in `data`, or in a folder of images that a table names.
    """
    if folder is not None:
        hint = "Set ROADSIGNS_CACHE to another folder, or keep no cache: --no-cache."
        require_outside(folder, data, hint=hint)
        require_outside_of_table(folder, data, hint=hint)


def open_decoded(samples: Sequence[Sample], folder: Path) -> DecodedImages | None:
    """Return the decoded images of `samples` from the cache in `folder`, decoding them first if they are not there.

    Returns:
        None, with a warning, if the cache cannot be written (full disk, read-only folder): the caller reads the files.
    """
    entry = folder / _key(samples)
    if not _is_whole(entry):
        try:
            shutil.rmtree(entry, ignore_errors=True)
            _build(samples, entry)
        except OSError as error:
            warnings.warn(
                f"The cache {folder} cannot be written ({error.strerror or error}); continuing without it. "
                "Free some space, or set ROADSIGNS_CACHE to another folder.",
                stacklevel=2,
            )
            return None
    return _load(entry)


def _key(samples: Sequence[Sample]) -> str:
    digest = hashlib.sha256(FORMAT.encode())
    for sample in samples:
        try:
            status = stat(sample.path)
            state = f"{status.st_size} {status.st_mtime_ns}"
        except OSError:
            state = "missing"
        digest.update(f"\0{sample.path.absolute()}\0{state}".encode(errors="surrogateescape"))
    return digest.hexdigest()[:32]


def _build(samples: Sequence[Sample], entry: Path) -> None:
    with made_folder(entry.parent):
        _remove_abandoned(entry.parent)
        temporary = Path(tempfile.mkdtemp(dir=entry.parent, prefix=TEMPORARY_PREFIX))
        try:
            _write(samples, temporary)
            try:
                temporary.rename(entry)
            except OSError:
                # Another process was first. Its entry has the same key, hence the same content.
                if not entry.is_dir():
                    raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _write(samples: Sequence[Sample], folder: Path) -> None:
    shapes = np.zeros((len(samples), 2), np.int32)
    problems: dict[int, dict[str, str | None]] = {}
    with (folder / "pixels.bin").open("wb") as file, progress("Decoding", total=len(samples)) as advance:
        for index, sample in enumerate(samples):
            try:
                image = read_image(sample.path)
            except ImageError as error:
                problems[index] = {name: getattr(error, name) for name in ("problem", "expected", "hint", "subject")}
            else:
                shapes[index] = image.shape[:2]
                file.write(image.data if image.flags.c_contiguous else image.tobytes())
            advance()
    np.save(folder / "shapes.npy", shapes)
    (folder / "problems.json").write_text(json.dumps(problems), encoding="utf-8")


def _is_whole(entry: Path) -> bool:
    """Whether an entry exists in full length: a power cut may lose what was renamed but not yet on disk."""
    try:
        shapes = _read_shapes(entry)
        json.loads((entry / "problems.json").read_text())
        return (entry / "pixels.bin").stat().st_size == int(_offsets(shapes)[-1])
    except (OSError, ValueError):
        return False


def _read_shapes(entry: Path) -> npt.NDArray[np.int32]:
    shapes: npt.NDArray[np.int32] = np.load(entry / "shapes.npy", allow_pickle=False)
    return shapes


def _offsets(shapes: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(shapes.astype(np.int64).prod(axis=1) * 3)])


def _load(entry: Path) -> DecodedImages:
    shapes = _read_shapes(entry)
    problems = json.loads((entry / "problems.json").read_text())
    errors = {int(index): ImageError(**fields) for index, fields in problems.items()}
    pixels = entry / "pixels.bin"
    # An empty file cannot be mapped.
    mapped = np.memmap(pixels, np.uint8, "r") if pixels.stat().st_size else np.empty(0, np.uint8)
    return DecodedImages(mapped, _offsets(shapes), shapes, errors)


def _remove_abandoned(folder: Path) -> None:
    for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
        if time.time() - path.stat().st_mtime > SECONDS_UNTIL_ABANDONED:
            shutil.rmtree(path, ignore_errors=True)
