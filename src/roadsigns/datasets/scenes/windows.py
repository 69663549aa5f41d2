"""Background windows cut from street scenes in GTSDB's layout: images of no labelled sign.

A window touches no box, not even with its margin. Other signs than the 43 classes of GTSDB are not labelled, so a
window may show one by chance.

The scenes are divided into two parts, of which one may train and the other judges: the first half in the order of their
names, and the second half. Neighbours may show one street, so the scenes on both sides of the middle belong to neither
part. More scenes of a longer copy lengthen the first half only by names that follow it.
"""

import math
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import numpy as np

from roadsigns.datasets.scenes.read import read_scenes
from roadsigns.datasets.scenes.scene import Scene
from roadsigns.errors import DataError, ImageError
from roadsigns.preprocessing.crop import GTSRB_MARGIN, GTSRB_MARGIN_PIXELS, crop_sign
from roadsigns.preprocessing.decode import read_image
from roadsigns.types import Box, UInt8Image
from roadsigns.wording import counted, one_of

__all__ = ["ScenePart", "Window", "background_windows", "cut_windows", "scenes_of_part"]

ScenePart = Literal["train", "judge"]
# Left out on each side of the middle.
GAP = 5
# Sides of GTSRB's boxes, in pixels.
SMALLEST, LARGEST = 15, 250
# Width over height of GTSRB's boxes is mostly within this factor of 1.
STRETCH = 1.15
TRIES = 50


class Window(NamedTuple):
    """A background window.

    Attributes:
        image: Its pixels with a margin as GTSRB's images have it, RGB, shape (height, width, 3), uint8.
        box: The window in `image`.
        scene: The file of the scene.
        place: The window in the scene.
    """

    image: UInt8Image
    box: Box
    scene: Path
    place: Box


def background_windows(folder: Path, *, part: ScenePart, count: int, seed: int) -> Iterator[tuple[UInt8Image, Box]]:
    """Yield background windows of a folder of scenes, as images of single signs come: with a margin and a box.

    Args:
        folder: Holds the scenes and `gt.txt`; see `read_scenes`.
        part: "train": those that a model may train on. "judge": those that may judge it.
        count: How many, spread evenly over the scenes. Where boxes leave no room there are fewer.
        seed: Decides everything, at least 0. The windows of a scene depend on its place in the folder, not on others.

    Yields:
        The image, RGB, shape (height, width, 3), uint8, and the window in it.

    Raises:
        DataError: See `read_scenes` and `scenes_of_part`.
    """
    for window in cut_windows(scenes_of_part(read_scenes(folder), part, folder), count=count, seed=seed):
        yield window.image, window.box


def scenes_of_part(scenes: tuple[Scene, ...], part: ScenePart, folder: Path) -> tuple[tuple[int, Scene], ...]:
    """Return the scenes of a part, each with its place among all.

    Raises:
        DataError: If the part is unknown, or has no scene.
    """
    if part not in get_args(ScenePart):
        raise DataError(f"There is no part '{part}' of scenes.", expected=one_of(get_args(ScenePart)))
    middle, numbered = len(scenes) // 2, tuple(enumerate(scenes))
    chosen = numbered[: max(0, middle - GAP)] if part == "train" else numbered[middle + GAP :]
    if not chosen:
        raise DataError(
            f"Of {counted(len(scenes), 'scene')} none is left for the part '{part}': {GAP} on each side of the middle "
            "belong to neither part.",
            expected=f"more than {2 * GAP + 1} scenes",
            subject=str(folder),
        )
    return chosen


def cut_windows(scenes: tuple[tuple[int, Scene], ...], *, count: int, seed: int) -> Iterator[Window]:
    """Yield background windows of some scenes, scene by scene; each is read once. See `background_windows`.

    One that does not decode, or in which a box ends beyond it, is left out with a warning.
    """
    each, more = divmod(count, len(scenes))
    extra = set(np.random.default_rng(seed).permutation(len(scenes))[:more].tolist())
    for index, (number, scene) in enumerate(scenes):
        wanted = each + (index in extra)
        if not wanted:
            continue
        try:
            image = read_image(scene.path)
        except ImageError as error:
            warnings.warn(f"Left out: {error}", stacklevel=2)
            continue
        if box := _beyond(image, scene.boxes):
            warnings.warn(
                f"Left out: {scene.path} has {image.shape[1]}x{image.shape[0]} pixels, and the box of a sign in it is "
                f"{tuple(box)}. The boxes may be of another size of this picture, or of another picture.",
                stacklevel=2,
            )
            continue
        rng = np.random.default_rng([seed, number])
        for _ in range(wanted):
            place = _place(image, scene.boxes, rng)
            if place is not None:
                left, top = (max(0, corner - margin) for corner, margin in zip(place[:2], _margins(place), strict=True))
                box = Box(place.x1 - left, place.y1 - top, place.x2 - left, place.y2 - top)
                # A copy: a view would keep the whole scene.
                yield Window(crop_sign(image, place).copy(), box, scene.path, place)


def _beyond(image: UInt8Image, boxes: tuple[Box, ...]) -> Box | None:
    """Return the first box that does not lie in the image; None where all do."""
    height, width = image.shape[:2]
    return next((box for box in boxes if min(box) < 0 or box.x2 > width or box.y2 > height), None)


def _place(image: UInt8Image, boxes: tuple[Box, ...], rng: "np.random.Generator") -> Box | None:
    """Choose a window that touches no box, with its whole margin inside the image; None where none was found."""
    height, width = image.shape[:2]
    for _ in range(TRIES):
        side = math.exp(rng.uniform(math.log(SMALLEST), math.log(LARGEST)))
        stretch = math.exp(rng.uniform(-1, 1) * math.log(STRETCH) / 2)
        across, down = round(side * stretch), round(side / stretch)
        beside, above = _margins(Box(0, 0, across, down))
        free = width - across - 2 * beside, height - down - 2 * above
        if min(free) < 0:
            continue
        x, y = int(rng.integers(free[0] + 1)) + beside, int(rng.integers(free[1] + 1)) + above
        with_margin = Box(x - beside, y - above, x + across + beside, y + down + above)
        if not any(with_margin.touches(box) for box in boxes):
            return Box(x, y, x + across, y + down)
    return None


def _margins(box: Box) -> tuple[int, int]:
    """Return the margin that `crop_sign` leaves to the left and right, and above and below."""
    sides = box.x2 - box.x1, box.y2 - box.y1
    across, down = (max(round(GTSRB_MARGIN * side), GTSRB_MARGIN_PIXELS) for side in sides)
    return across, down
