"""From the boxes of a label file to the signs of a scene: each box is held against the image that it lies in."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from roadsigns.datasets.scenes.scene import SceneProblem, SceneSign
from roadsigns.errors import DataError, ImageError
from roadsigns.preprocessing.image_size import read_size
from roadsigns.progress import progress
from roadsigns.types import Box

__all__ = ["Label", "numbered_classes", "require_order", "signs_of", "sizes_of", "unlike_named"]

# Larger numbers of classes are mistakes; as in data of single signs.
MAX_CLASSES = 10_000


class Label(NamedTuple):
    """A box as a label file has it.

    Attributes:
        place: Where it stands: the file, and the line or annotation in it.
        box: In pixels, not yet held against the image.
        class_id: Index into the names of classes; None where only the place is known.
        ignored: Whether it neither trains nor counts.
    """

    place: str
    box: Box
    class_id: int | None
    ignored: bool = False


def sizes_of(paths: Sequence[Path], problems: list[SceneProblem]) -> dict[Path, tuple[int, int]]:
    """Return the width and height of images from their headers; one that cannot be read is left out, with a problem."""
    sizes = {}
    with progress("Reading the sizes of images", total=len(paths)) as advance:
        for path in paths:
            try:
                sizes[path] = read_size(path)
            except ImageError as error:
                problems.append(SceneProblem("unreadable-image", str(path), error.problem.removesuffix(".")))
            advance()
    return sizes


def signs_of(
    labels: Iterable[Label], size: tuple[int, int], classes: Sequence[str], problems: list[SceneProblem]
) -> tuple[SceneSign, ...]:
    """Return the signs of an image: boxes that reach beyond it are cut, repeated and empty ones left out.

    Args:
        labels: Its boxes.
        size: Its width and height in pixels.
        classes: Names of the classes.
        problems: What was wrong is added here.

    Raises:
        DataError: If a box lies outside the image, or its edges are swapped.
    """
    signs: list[SceneSign] = []
    for label in labels:
        box = _fitted(label, size, problems)
        if box is None:
            continue
        name = "" if label.class_id is None else classes[label.class_id]
        same = [sign for sign in signs if sign.box == box]
        if any(sign.class_id == label.class_id for sign in same):
            problems.append(SceneProblem("box-twice", label.place, _written(box)))
            continue
        if same:
            names = " and ".join(sign.name or "no class" for sign in (*same, SceneSign(box, label.class_id, name)))
            problems.append(SceneProblem("two-classes", label.place, f"{_written(box)} is {names}"))
        signs.append(SceneSign(box, label.class_id, name, label.ignored))
    return tuple(signs)


def require_order(label: Label) -> None:
    """Refuse a box that ends before it begins. Raises a DataError."""
    box = label.box
    if box.x2 < box.x1 or box.y2 < box.y1:
        raise DataError(
            f"The box {_written(box)} ends before it begins.",
            expected="a box whose right edge is right of its left edge, and whose lower edge is below its upper edge",
            hint="Correct it, or remove it.",
            subject=label.place,
        )


def _fitted(label: Label, size: tuple[int, int], problems: list[SceneProblem]) -> Box | None:
    """Return the part of a box inside the image; None, with a problem, where it has no pixel."""
    width, height = size
    box = label.box
    require_order(label)
    if box.x1 == box.x2 or box.y1 == box.y2:
        problems.append(SceneProblem("empty-box", label.place, _written(box)))
        return None
    inside = Box(max(box.x1, 0), max(box.y1, 0), min(box.x2, width), min(box.y2, height))
    if inside.x1 >= inside.x2 or inside.y1 >= inside.y2:
        raise DataError(
            f"The box {_written(box)} lies outside the image of {width}x{height} pixels.",
            expected="boxes in pixels of this image",
            hint="If the images were scaled or turned after labelling, scale or turn the boxes too.",
            subject=label.place,
        )
    if inside != box:
        problems.append(SceneProblem("box-cut", label.place, f"{_written(box)} in {width}x{height} pixels"))
    return inside


def _written(box: Box) -> str:
    return f"({', '.join(map(str, box))})"


def numbered_classes(labels: Iterable[Label]) -> tuple[str, ...]:
    """Return names for classes of which only the numbers are known: the numbers themselves.

    Raises:
        DataError: If one is too large.
    """
    last = max(labels, key=lambda label: -1 if label.class_id is None else label.class_id, default=None)
    if last is None or last.class_id is None:
        return ()
    if last.class_id >= MAX_CLASSES:
        raise DataError(
            f"The class is {last.class_id}.", expected=f"class numbers below {MAX_CLASSES}", subject=last.place
        )
    return tuple(map(str, range(last.class_id + 1)))


def unlike_named(paths: Iterable[Path]) -> dict[str, Path]:
    """Return {path without its suffix: image}, by which label files name images.

    Raises:
        DataError: If two images differ in their suffix only.
    """
    images: dict[str, Path] = {}
    for path in paths:
        other = images.setdefault(str(path.with_suffix("")), path)
        if other != path:
            raise DataError(
                f"{other.name} and {path.name} are named alike, so that labels may mean either.",
                expected="one image for each name",
                hint="If they are copies in two formats, move those of one format away.",
                subject=str(path.parent),
            )
    return images
