"""A data set of drawn signs in GTSRB's own layout: for trying everything out, and for tests, without a photograph."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from roadsigns.classes import GTSRB_CLASSES
from roadsigns.data.drawn_track import draw_track
from roadsigns.data.gtsrb import DRAWN_MARK
from roadsigns.data.samples import Box
from roadsigns.errors import DataError
from roadsigns.images.decode import UInt8Image
from roadsigns.progress import Advance, progress

__all__ = ["draw_dataset"]

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
TRAINING, TEST = 0, 1
# Measured with `du` on 10,750 images: 10.8 kB each, whole blocks counted.
KILOBYTES_PER_IMAGE = 12


def draw_dataset(destination: Path, *, tracks: int, frames: int, test_tracks: int, seed: int) -> int:
    """Draw signs of all classes into a new folder laid out as the official archives are.

    Training images are `Final_Training/Images/<class>/<track>_<frame>.ppm` with a `GT-<class>.csv` each. Test images
    are `Final_Test/Images/<number>.ppm` in an order shuffled by the seed, with `GT-final_test.csv` in `destination`.
    Seed, class and track determine a track, so more tracks add to the earlier ones and change none. The folder appears
    under its name when it is complete, and not at all when something fails.

    Args:
        destination: A folder that does not exist or is empty.
        tracks: Training tracks per class, at least 1.
        frames: Images per track, at least 1.
        test_tracks: Test tracks per class; with 0 there is no test set.
        seed: At least 0.

    Returns:
        How many images were written.

    Raises:
        DataError: If a number is out of range, `destination` holds something, or writing fails.
    """
    _check_numbers({"tracks": (tracks, 1), "frames": (frames, 1), "test_tracks": (test_tracks, 0), "seed": (seed, 0)})
    total = len(GTSRB_CLASSES) * (tracks + test_tracks) * frames
    destination = destination.absolute()
    try:
        _check_free(destination)
        destination.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=destination.parent, prefix=f".{destination.name}-") as temporary:
            # A folder inside: the temporary one is private, the data set has ordinary permissions.
            folder = Path(temporary) / "drawn"
            with progress("Drawing", total=total) as advance:
                _draw_training(folder / "Final_Training" / "Images", tracks, frames, seed, advance)
                # Names the source: track 3 of these is not track 3 of GTSRB.
                (folder / DRAWN_MARK).write_text(f"drawn signs, seed {seed}\n", encoding="utf-8")
                if test_tracks:
                    _draw_test(folder, test_tracks, frames, seed, advance)
            if destination.exists():
                # Refuses if somebody has put a file there meanwhile.
                destination.rmdir()
            folder.rename(destination)
    except OSError as error:
        raise DataError(
            f"{destination} cannot be written: {error.strerror or error}. Expected a folder that you may write to, "
            f"with about {total * KILOBYTES_PER_IMAGE // 1000 + 1} MB free. Free some space or choose another folder."
        ) from error
    return total


def _check_numbers(numbers: dict[str, tuple[int, int]]) -> None:
    for name, (number, least) in numbers.items():
        if number < least:
            raise DataError(f"'{name}' is {number}. Give {least} or more.")


def _check_free(destination: Path) -> None:
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise DataError(
            f"{destination} is there already and not an empty folder. Nothing was written: drawn signs never mix with "
            "data of yours. Choose a new folder, or remove this one first."
        )


def _draw_training(images: Path, tracks: int, frames: int, seed: int, advance: Advance) -> None:
    for class_id in range(len(GTSRB_CLASSES)):
        folder = images / f"{class_id:05d}"
        folder.mkdir(parents=True)
        rows = []
        for track in range(tracks):
            for frame, (image, box) in enumerate(_track(class_id, track, frames, [seed, TRAINING])):
                name = f"{track:05d}_{frame:05d}.ppm"
                _write_ppm(folder / name, image)
                rows.append(_row(name, image, box, class_id))
            advance(frames)
        _write_rows(folder / f"GT-{class_id:05d}.csv", rows)


def _draw_test(destination: Path, tracks: int, frames: int, seed: int, advance: Advance) -> None:
    images = destination / "Final_Test" / "Images"
    images.mkdir(parents=True)
    number_of_images = len(GTSRB_CLASSES) * tracks * frames
    numbers = iter(np.random.default_rng([seed, TEST]).permutation(number_of_images).tolist())
    rows = []
    for class_id in range(len(GTSRB_CLASSES)):
        for track in range(tracks):
            for image, box in _track(class_id, track, frames, [seed, TEST]):
                name = f"{next(numbers):05d}.ppm"
                _write_ppm(images / name, image)
                rows.append(_row(name, image, box, class_id))
            advance(frames)
    _write_rows(destination / "GT-final_test.csv", sorted(rows))


def _track(class_id: int, track: int, frames: int, key: list[int]) -> list[tuple[UInt8Image, Box]]:
    return draw_track(class_id, frames=frames, rng=np.random.default_rng([*key, class_id, track]))


def _write_ppm(path: Path, image: UInt8Image) -> None:
    height, width = image.shape[:2]
    path.write_bytes(f"P6\n{width} {height}\n255\n".encode() + image.tobytes())


def _row(name: str, image: UInt8Image, box: Box, class_id: int) -> str:
    height, width = image.shape[:2]
    # On disk both corners belong to the box; ours excludes the second.
    return f"{name};{width};{height};{box.x1};{box.y1};{box.x2 - 1};{box.y2 - 1};{class_id}"


def _write_rows(path: Path, rows: Iterable[str]) -> None:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
