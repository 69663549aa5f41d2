"""The negatives of a training: drawn ones, and windows of street scenes where a recipe names some."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.datasets.registry import known_spec
from roadsigns.datasets.scenes import background_windows
from roadsigns.loading.crops import Crops
from roadsigns.preprocessing.prepare import Placed, Preparation, place
from roadsigns.progress import progress
from roadsigns.recipe import Recipe
from roadsigns.synthesis.designs import Designs
from roadsigns.synthesis.negatives.catalogue import name_of, signs_called
from roadsigns.synthesis.negatives.draw import draw_negatives
from roadsigns.synthesis.negatives.real_signs import RealSigns
from roadsigns.synthesis.settings import NegativeSettings
from roadsigns.types import UNKNOWN_KINDS, SignClass
from roadsigns.wording import counted, some

__all__ = ["load_negatives", "real_signs"]


def load_negatives(
    recipe: Recipe, designs: Designs, classes: Sequence[SignClass], *, seed: int
) -> tuple[Crops, npt.NDArray[np.int32]]:
    """Draw the negatives of a recipe, and cut those out of its street scenes.

    Args:
        recipe: Its `negatives`, `drawing` and `data` tables are used.
        designs: Signs that stand beside others.
        classes: Of the data, which no negative shows.
        seed: Decides everything.

    Returns:
        Network inputs, and the index of what each shows in `UNKNOWN_KINDS`, int32.

    Raises:
        DataError: If the scenes cannot be used, or no sign is left to draw.
    """
    settings, preparation = recipe.negatives, recipe.data.as_preparation()
    crops, kinds = draw_negatives(
        settings,
        recipe.drawing,
        designs=designs,
        seed=seed,
        preparation=preparation,
        signs=real_signs(settings, classes),
    )
    if not settings.scenes:
        return crops, kinds
    windows = Crops.collect(
        list(_windows(Path(settings.scenes), settings.scene_windows, seed, preparation)), preparation
    )
    nothing = np.full(len(windows), UNKNOWN_KINDS.index("no sign"), np.int32)
    return crops + windows, np.concatenate([kinds, nothing])


def real_signs(settings: NegativeSettings, classes: Sequence[SignClass]) -> RealSigns:
    """Return which signs negatives show: none that a class shows, as far as its name tells. Tells what was guessed.

    Args:
        settings: Which signs are left out beside those.
        classes: Of the data. GTSRB's signs are negatives where these are others: not where they are GTSRB's, or those
            without a part that is to judge.
    """
    left_out = {sign_id for name in settings.leave_out for sign_id in signs_called(name)}
    if known_spec([sign.name for sign in classes]):
        return RealSigns(left_out=frozenset(left_out))
    if settings.leave_out_by_name:
        guessed = {sign.name: set(signs_called(sign.name)) - left_out for sign in classes}
        _tell({name: sorted(signs) for name, signs in guessed.items() if signs})
        left_out.update(*guessed.values())
    return RealSigns(with_gtsrb=True, left_out=frozenset(left_out))


def _tell(guessed: dict[str, list[str]]) -> None:
    """Say which signs are taken for classes, and how to correct it: pictures are not compared."""
    if guessed:
        names = some([_first_of(signs) for signs in guessed.values()], most=10)
        print(f"Not drawn as negatives, since classes have their names: {names}.", file=sys.stderr)
    what = "another of your classes" if guessed else "one of your classes"
    undo = " To draw them: --set negatives.leave_out_by_name=false" if guessed else ""
    print(
        f"If {what} is drawn too, under another name, leave that out: "
        f"--set negatives.leave_out='[\"zebra crossing\"]'.{undo}",
        file=sys.stderr,
    )


def _first_of(signs: list[str]) -> str:
    more = len(signs) - 1
    return name_of(signs[0]) + (f" and {counted(more, 'other design')} of it" if more else "")


def _windows(scenes: Path, count: int, seed: int, preparation: Preparation) -> Iterator[Placed]:
    with progress("Cutting windows out of scenes", total=count) as advance:
        for image, box in background_windows(scenes, part="train", count=count, seed=seed):
            yield place(image, preparation, box if preparation.wants_boxes else None).compact()
            advance()
