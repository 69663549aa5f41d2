"""Data sets of drawn signs on disk: GTSRB's layout, or a folder per class for your own templates."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from roadsigns.datasets.registry import spec_of
from roadsigns.datasets.spec import DatasetFolders
from roadsigns.errors import DataError
from roadsigns.parallel import over_cores
from roadsigns.progress import progress
from roadsigns.synthesis.designs import Designs, official_designs
from roadsigns.synthesis.new_folder import new_data_folder
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track
from roadsigns.types import Box, UInt8Image

__all__ = ["draw_dataset", "track_rng"]

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
TRAINING, TEST = 0, 1
# Measured with `du` on 10,750 images: 10.8 kB each, whole blocks counted.
KILOBYTES_PER_IMAGE = 12
# A job for a process is some tracks of a class; below so many images in all, one process is faster.
TRACKS_PER_JOB, WORTH_PROCESSES = 10, 1500


@dataclass(frozen=True, slots=True)
class _Job:
    """Some tracks of a class, with the files that their frames become and the table that lists them."""

    class_id: int
    tracks: range
    part: int
    paths: tuple[Path, ...]
    table: Path


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is drawn, into which folder, and where in it; `folders` is None for a folder per class."""

    folder: Path
    designs: Designs
    drawing: Drawing
    frames: int
    seed: int
    folders: DatasetFolders | None

    def training_jobs(self, tracks: int) -> list[_Job]:
        jobs = []
        for class_id in self.designs.drawable:
            folder = self._class_folder(class_id)
            folder.mkdir(parents=True)
            for first in range(0, tracks, TRACKS_PER_JOB):
                some = range(first, min(first + TRACKS_PER_JOB, tracks))
                names = [f"{track:05d}_{frame:05d}.ppm" for track in some for frame in range(self.frames)]
                paths = tuple(folder / name for name in names)
                jobs.append(_Job(class_id, some, TRAINING, paths, folder / f"GT-{class_id:05d}.csv"))
        return jobs

    def _class_folder(self, class_id: int) -> Path:
        if self.folders:
            return self.folder / self.folders.training / f"{class_id:05d}"
        return self.folder / self.designs.classes[class_id].name

    def test_jobs(self, tracks: int) -> list[_Job]:
        if not tracks or not self.folders:
            return []
        images = self.folder / self.folders.test
        images.mkdir(parents=True)
        per_class = tracks * self.frames
        numbers = np.random.default_rng([self.seed, TEST]).permutation(len(self.designs.drawable) * per_class).tolist()
        jobs = []
        for place, class_id in enumerate(self.designs.drawable):
            of_class = numbers[place * per_class : (place + 1) * per_class]
            paths = tuple(images / f"{number:05d}.ppm" for number in of_class)
            jobs.append(_Job(class_id, range(tracks), TEST, paths, self.folder / self.folders.test_table))
        return jobs

    def draw(self, job: _Job) -> list[str]:
        """Draw and write a job's images. Returns their rows of the annotation file."""
        rows = []
        paths = iter(job.paths)
        for track in job.tracks:
            for image, box in draw_track(
                job.class_id,
                designs=self.designs,
                drawing=self.drawing,
                frames=self.frames,
                rng=track_rng(self.seed, job.part, job.class_id, track),
            ):
                path = next(paths)
                _write_ppm(path, image)
                rows.append(_row(path.name, image, box, job.class_id))
        return rows


def draw_dataset(
    destination: Path,
    *,
    tracks: int,
    frames: int,
    test_tracks: int,
    seed: int,
    designs: Designs | None = None,
    drawing: Drawing | None = None,
) -> int:
    """Draw signs of all classes into a new folder.

    The classes of a data set are laid out as its archives are. GTSRB's training images are
    `Final_Training/Images/<class>/<track>_<frame>.ppm` with a `GT-<class>.csv` each, its test images
    `Final_Test/Images/<number>.ppm` in an order shuffled by the seed, with `GT-final_test.csv` in `destination`. Other
    designs become a plain folder per class. Seed, class and track determine a track, so more tracks add to the earlier
    ones and change none. The folder appears under its name when it is complete, and not at all when something fails.

    Args:
        destination: A folder that does not exist or is empty.
        tracks: Training tracks per class, at least 1.
        frames: Images per track, at least 1.
        test_tracks: Test tracks per class; with 0 there is no test set, and a folder per class never has one.
        seed: At least 0.
        designs: Of the signs; None for the package's own drawings of GTSRB's classes.
        drawing: How they are worn, lit and seen; None for the defaults.

    Returns:
        How many images were written.

    Raises:
        DataError: If a number is out of range.
        OutputError: If `destination` holds something or cannot be written.
    """
    designs = designs or official_designs()
    drawing = drawing or Drawing()
    _check_numbers({"tracks": (tracks, 1), "frames": (frames, 1), "test_tracks": (test_tracks, 0), "seed": (seed, 0)})
    folders = spec_of(designs.classes).folders
    if test_tracks and not folders:
        raise DataError(
            "Custom classes have no test set; they are evaluated on held-out tracks.", hint="Draw with 0 test tracks."
        )
    total = len(designs.drawable) * (tracks + test_tracks) * frames
    megabytes = total * KILOBYTES_PER_IMAGE // 1000 + 1
    with new_data_folder(destination, mark=f"{designs.source}, seed {seed}", megabytes=megabytes) as folder:
        plan = _Plan(folder, designs, drawing, frames, seed, folders)
        _run(plan, plan.training_jobs(tracks) + plan.test_jobs(test_tracks), total)
    return total


def track_rng(seed: int, part: int, class_id: int, track: int) -> np.random.Generator:
    """Return the random generator of one track. `part` keeps training, test and in-memory drawings apart."""
    return np.random.default_rng([seed, part, class_id, track])


def _check_numbers(numbers: dict[str, tuple[int, int]]) -> None:
    for name, (number, least) in numbers.items():
        if number < least:
            raise DataError(f"'{name}' is {number}.", expected=f"at least {least}")


def _run(plan: _Plan, jobs: list[_Job], total: int) -> None:
    rows: dict[Path, list[str]] = {}
    with progress("Drawing", total=total) as advance:
        for job, written in zip(jobs, over_cores(plan.draw, jobs, parallel=total >= WORTH_PROCESSES), strict=True):
            rows.setdefault(job.table, []).extend(written)
            advance(len(written))
    if plan.folders:
        for table, lines in rows.items():
            _write_rows(table, sorted(lines))


def _write_ppm(path: Path, image: UInt8Image) -> None:
    height, width = image.shape[:2]
    path.write_bytes(f"P6\n{width} {height}\n255\n".encode() + image.tobytes())


def _row(name: str, image: UInt8Image, box: Box, class_id: int) -> str:
    height, width = image.shape[:2]
    # On disk both corners belong to the box; ours excludes the second.
    return f"{name};{width};{height};{box.x1};{box.y1};{box.x2 - 1};{box.y2 - 1};{class_id}"


def _write_rows(path: Path, rows: Iterable[str]) -> None:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
