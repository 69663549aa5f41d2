"""The street scenes of a detector's training: read, split, and copied with drawn signs in them."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from roadsigns.datasets.scenes import Scene, SceneFold, SceneSet, split_scenes
from roadsigns.datasets.scenes.others import HIDDEN, NO_SIGNS
from roadsigns.errors import DataError, ImageError, RecipeError
from roadsigns.parallel import over_cores
from roadsigns.preprocessing.decode import read_image
from roadsigns.progress import progress
from roadsigns.recipe import Recipe
from roadsigns.synthesis.scenes.draw import SMALLEST_PICTURE
from roadsigns.synthesis.scenes.paste import paste_signs
from roadsigns.synthesis.settings import Drawing
from roadsigns.training.detector.labelled_scene import LabelledScene
from roadsigns.types import UInt8Image

__all__ = ["LoadedScenes", "fold_of", "load_scenes"]

# Reading fewer is over before processes have started.
FEW = 8


@dataclass(frozen=True, slots=True, eq=False)
class LoadedScenes:
    """What a detector trains on.

    Attributes:
        train: Scenes, and after them copies with drawn signs.
        copies: How many of them are copies.
        undecodable: Files that did not decode, and why.
    """

    train: list[LabelledScene]
    copies: int
    undecodable: tuple[ImageError, ...]


class _Job(NamedTuple):
    """A scene to read; with drawn signs, where there is a seed."""

    scene: Scene
    drawing: Drawing
    seed: tuple[int, ...]


def fold_of(recipe: Recipe, scenes: SceneSet) -> SceneFold:
    """Return what trains and what is held out.

    The folds are the same for every seed, so that models of different seeds can be compared.

    Raises:
        RecipeError: If there is no such fold.
        DataError: If nothing is left to train on.
    """
    settings = recipe.scenes
    if not settings.held_out:
        return SceneFold(0, settings.folds, scenes.scenes, (), ())
    if settings.held_out > settings.folds:
        raise RecipeError(
            f"scenes.held_out is {settings.held_out}.", expected=f"a fold from 1 to {settings.folds}, or 0 for none"
        )
    return split_scenes(scenes.scenes, settings.folds)[settings.held_out - 1]


def load_scenes(recipe: Recipe, scenes: Sequence[Scene], *, seed: int) -> LoadedScenes:
    """Read scenes into memory, and make the copies that the recipe asks for.

    Raises:
        DataError: If none decodes, or none has a sign.
    """
    rounds = 1 + recipe.scenes.copies
    jobs = [
        _Job(scene, recipe.drawing, (seed, number, index) if number else ())
        for number in range(rounds)
        for index, scene in enumerate(scenes)
    ]
    read: list[LabelledScene] = []
    failed: list[ImageError] = []
    with progress("Reading scenes and drawing signs into them", total=len(jobs), unit="scenes") as advance:
        for job, made in zip(jobs, _each(jobs), strict=True):
            advance()
            if isinstance(made, LabelledScene):
                read.append(made)
            elif not job.seed:
                failed.append(made)
                print(f"Left out: {made}", file=sys.stderr)
    copies = max(0, len(read) - (len(scenes) - len(failed)))
    if not any(len(scene.boxes) for scene in read[: len(read) - copies]):
        raise DataError(
            f"None of {len(scenes):,} scenes that train can be read and has a sign.",
            hint="Look at what is labelled: every scene that trains without a sign shows what is none.",
        )
    return LoadedScenes(read, copies, tuple(failed))


def _each(jobs: Sequence[_Job]) -> Iterator[LabelledScene | ImageError]:
    return over_cores(_make, jobs, parallel=len(jobs) > FEW)


def _make(job: _Job) -> LabelledScene | ImageError:
    try:
        image = read_image(job.scene.path)
    except ImageError as error:
        return error
    boxes = np.array(job.scene.boxes, np.float32).reshape(-1, 4)
    ignored = np.array([sign.ignored for sign in job.scene.signs], bool)
    if not job.seed or min(image.shape[:2]) < SMALLEST_PICTURE:
        return LabelledScene(image, boxes, ignored)
    return LabelledScene(*_with_drawn_signs(image, boxes, ignored, job))


def _with_drawn_signs(
    image: UInt8Image, boxes: npt.NDArray[np.float32], ignored: npt.NDArray[np.bool_], job: _Job
) -> tuple[UInt8Image, npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    picture, drawn = paste_signs(image, job.scene.boxes, np.random.default_rng(job.seed), job.drawing)
    signs = [sign for sign in drawn if sign.kind not in NO_SIGNS]
    added = np.array([sign.box for sign in signs], np.float32).reshape(-1, 4)
    hidden = np.array([sign.kind == HIDDEN for sign in signs], bool)
    return picture, np.concatenate([boxes, added]), np.concatenate([ignored, hidden])
