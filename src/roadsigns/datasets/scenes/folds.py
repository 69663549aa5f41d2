"""Folds of street scenes by runs of neighbours, so that no scene judges a model that trained on the same street.

Pictures of one drive follow each other in the order of their names, and neighbours may show the same street and even
the same sign. Of GTSDB's first 600 scenes, 20 % of the neighbours with signs have a class in common, 14 % of those at
a distance of 5, 11 % at 20 and 7 % at 80.

- The scenes, in natural order, are cut into runs of about `RUN` neighbours, and whole runs are dealt to the folds: as
  many to each, and the signs as evenly as that allows. So every scene is held out once.
- A cut between two folds may go through a street. So the `GAP` scenes on both sides of a held-out run do not train in
  that fold (Lopez de Prado 2018, "Advances in Financial Machine Learning", 7.4, calls that purging). They are lost for
  training alone; in their own fold they are held out like any other scene.
- Runs are the units of intervals: scenes of one run are found or missed together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.datasets.scenes.scene import Scene
from roadsigns.errors import DataError
from roadsigns.image_files import natural_order
from roadsigns.wording import counted

__all__ = ["GAP", "RUN", "SceneFold", "split_scenes"]

# Long enough that few scenes lie at a cut (at most 40 of 480 are lost for training in five folds of GTSDB's 600), short
# enough for 20 runs, the units of intervals.
RUN = 30
# As between the two parts of `windows`: one street was seen to last four scenes.
GAP = 5


@dataclass(frozen=True, slots=True)
class SceneFold:
    """One fold of a cross-validation.

    Attributes:
        number: From 1.
        folds: How many there are.
        train: The scenes to train on, none of them within `GAP` scenes of one that is held out.
        validation: The scenes that are held out.
        runs: For each scene of `validation` the number of its run among the runs of all scenes.
    """

    number: int
    folds: int
    train: tuple[Scene, ...]
    validation: tuple[Scene, ...]
    runs: tuple[int, ...]


def split_scenes(scenes: Sequence[Scene], folds: int = 5, seed: int = 0) -> tuple[SceneFold, ...]:
    """Split street scenes into folds by runs of neighbouring scenes.

    Args:
        scenes: In any order; neighbours are those in the natural order of their names, or of their paths where scenes
            of several folders have the same name.
        folds: How many, at least 2.
        seed: Of the dealing, at least 0. The same scenes and seed give the same folds.

    Returns:
        The folds. Both sides of each are in natural order.

    Raises:
        DataError: If there are fewer than 2 folds, or so few scenes that a fold would have none to train on.
    """
    if folds < 2:  # noqa: PLR2004
        raise DataError(
            f"{counted(folds, 'fold')} leave{'s' if folds == 1 else ''} nothing to train on.", expected="at least 2"
        )
    ordered = _in_order(scenes)
    if len(ordered) < folds:
        raise _too_few(len(ordered), folds)
    run_of = _runs(len(ordered), folds)
    signs = np.bincount(run_of, weights=[sum(not sign.ignored for sign in scene.signs) for scene in ordered]).astype(
        np.float64
    )
    fold_of_run = _deal(signs, folds, np.random.default_rng(seed))
    fold_of = fold_of_run[run_of]
    result = []
    for fold in range(folds):
        held_out = np.flatnonzero(fold_of == fold)
        train = np.flatnonzero(~_near(fold_of == fold))
        if not train.size:
            raise _too_few(len(ordered), folds)
        result.append(
            SceneFold(
                fold + 1,
                folds,
                tuple(ordered[index] for index in train),
                tuple(ordered[index] for index in held_out),
                tuple(run_of[held_out].tolist()),
            )
        )
    return tuple(result)


def _in_order(scenes: Sequence[Scene]) -> list[Scene]:
    by_name = len({scene.path.stem for scene in scenes}) == len(scenes)
    return sorted(scenes, key=lambda scene: natural_order(scene.path.name if by_name else scene.path.as_posix()))


def _runs(count: int, folds: int) -> npt.NDArray[np.int64]:
    """Return the run of each scene: as many runs for each fold, whose lengths differ by one at most."""
    runs = folds * max(1, round(count / (RUN * folds)))
    return np.arange(count) * runs // count


def _deal(signs: npt.NDArray[np.float64], folds: int, rng: "np.random.Generator") -> npt.NDArray[np.int64]:
    """Return the fold of each run: those with the most signs first, each to the fold with the fewest runs and signs."""
    shuffled = rng.permutation(len(signs))
    fold_of = np.zeros(len(signs), np.int64)
    runs, dealt = [0] * folds, [0.0] * folds
    # The sort is stable: runs of as many signs stay shuffled.
    for run in sorted(shuffled.tolist(), key=lambda run: -signs[run]):
        fold = min(range(folds), key=lambda fold: (runs[fold], dealt[fold], fold))
        fold_of[run] = fold
        runs[fold] += 1
        dealt[fold] += signs[run]
    return fold_of


def _near(held_out: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return which scenes are held out, or within `GAP` scenes of one that is."""
    return np.convolve(held_out, np.ones(2 * GAP + 1, np.int64), "full")[GAP : GAP + len(held_out)] > 0


def _too_few(count: int, folds: int) -> DataError:
    return DataError(
        f"{counted(count, 'scene')} leave{'s' if count == 1 else ''} nothing to train on in one of {folds} folds: "
        f"{GAP} scenes on each side of a held-out one do not train.",
        hint="Ask for fewer folds, or add scenes.",
    )
