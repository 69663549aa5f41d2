"""Data sets of drawn street scenes on disk, in GTSDB's layout."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from roadsigns.datasets.scenes.others import OTHERS
from roadsigns.errors import DataError
from roadsigns.parallel import over_cores
from roadsigns.progress import progress
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.new_folder import new_data_folder
from roadsigns.synthesis.scenes.draw import DrawnSign, draw_scene
from roadsigns.synthesis.settings import Drawing

__all__ = ["LABELS", "SceneCounts", "draw_scenes", "scene_rng"]

LABELS = "gt.txt"
# Keeps the random numbers of scenes apart from those of tracks and negatives.
SCENES = 200
MEGABYTES_PER_SCENE = 2
# Below so many scenes, one process is faster.
PER_JOB, WORTH_PROCESSES = 4, 12


@dataclass(frozen=True, slots=True)
class SceneCounts:
    """How much was drawn.

    Attributes:
        scenes: Pictures.
        labelled: Signs of the classes, in `gt.txt`.
        others: What is in `others.txt`.
    """

    scenes: int
    labelled: int
    others: int


@dataclass(frozen=True, slots=True)
class _Job:
    """Some scenes to draw into a folder."""

    folder: Path
    numbers: range
    seed: int
    drawing: Drawing

    def draw(self) -> list[tuple[list[str], list[str]]]:
        """Draw and write the scenes. Returns the rows of each in both files."""
        return [self._draw(number) for number in self.numbers]

    def _draw(self, number: int) -> tuple[list[str], list[str]]:
        image, signs = draw_scene(scene_rng(self.seed, number), self.drawing)
        name = f"{number:05d}.png"
        # The least that PNG compresses: noise takes as much room however long one tries.
        _, content = cv2.imencode(".png", image[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
        (self.folder / name).write_bytes(content.tobytes())
        labelled = [_row(name, sign, str(sign.class_id)) for sign in signs if sign.class_id is not None]
        return labelled, [_row(name, sign, sign.kind) for sign in signs if sign.class_id is None]


def draw_scenes(destination: Path, *, scenes: int, seed: int, drawing: Drawing | None = None) -> SceneCounts:
    """Draw street scenes with signs of GTSRB's classes into a new folder.

    Its layout is GTSDB's: `00000.png`, `00001.png`, ... and `gt.txt` with a line `file;left;top;right;bottom;class` for
    each sign of the classes, right and bottom inclusive. `others.txt` is of the same form, with a kind instead of the
    class: signs outside the classes, additional plates, backs of signs, advertising, and signs that are mostly hidden.
    Seed and number determine a scene. The folder appears when it is complete, and not at all when something fails.

    Args:
        destination: A folder that does not exist or is empty.
        scenes: How many, at least 1.
        seed: At least 0.
        drawing: How signs are worn and seen; None for the defaults.

    Raises:
        DataError: If a number is out of range.
        OutputError: If `destination` holds something or cannot be written.
    """
    for name, number, least in (("scenes", scenes, 1), ("seed", seed, 0)):
        if number < least:
            raise DataError(f"'{name}' is {number}.", expected=f"at least {least}")
    mark = f"{official_designs().source}, scenes, seed {seed}"
    with new_data_folder(destination, mark=mark, megabytes=scenes * MEGABYTES_PER_SCENE) as folder:
        jobs = [
            _Job(folder, range(first, min(first + PER_JOB, scenes)), seed, drawing or Drawing())
            for first in range(0, scenes, PER_JOB)
        ]
        labelled: list[str] = []
        others: list[str] = []
        with progress("Drawing", total=scenes, unit="scenes") as advance:
            for rows in over_cores(_draw, jobs, parallel=scenes >= WORTH_PROCESSES):
                for some, more in rows:
                    labelled += some
                    others += more
                advance(len(rows))
        _write(folder / LABELS, labelled)
        _write(folder / OTHERS, others)
    return SceneCounts(scenes, len(labelled), len(others))


def scene_rng(seed: int, number: int) -> np.random.Generator:
    """Return the random generator of one scene."""
    return np.random.default_rng([seed, SCENES, number])


def _draw(job: _Job) -> list[tuple[list[str], list[str]]]:
    return job.draw()


def _row(name: str, sign: DrawnSign, label: str) -> str:
    box = sign.box
    # On disk both corners belong to the box; ours excludes the second.
    return f"{name};{box.x1};{box.y1};{box.x2 - 1};{box.y2 - 1};{label}"


def _write(path: Path, rows: Sequence[str]) -> None:
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
