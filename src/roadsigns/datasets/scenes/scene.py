"""The types of street scenes: a labelled sign, a scene, a set of scenes, and what was wrong in its files."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from roadsigns.types import Box
from roadsigns.wording import counted, some

__all__ = ["Scene", "SceneLayout", "SceneProblem", "SceneProblemKind", "SceneSet", "SceneSign"]

SceneLayout = Literal["gtsdb", "yolo", "coco"]
SceneProblemKind = Literal["box-cut", "box-twice", "empty-box", "no-image", "two-classes", "unreadable-image"]
# What each kind is, for people: one, and several.
MEANINGS: dict[SceneProblemKind, tuple[str, str]] = {
    "box-cut": ("box reaches beyond its image and was cut", "boxes reach beyond their images and were cut"),
    "box-twice": ("box stands twice and was kept once", "boxes stand twice and were kept once"),
    "empty-box": ("box is empty and was left out", "boxes are empty and were left out"),
    "no-image": ("labelled image is not there", "labelled images are not there"),
    "two-classes": ("box has two classes, and both were kept", "boxes have two classes, and both were kept"),
    "unreadable-image": ("image cannot be read and was left out", "images cannot be read and were left out"),
}
SHOWN = 3


@dataclass(frozen=True, slots=True)
class SceneSign:
    """A labelled sign in a street scene.

    Attributes:
        box: Where it is, in pixels of the upright image.
        class_id: Index into the classes of its set; None where only the place is known.
        name: The name of its class; empty where only the place is known.
        ignored: Whether it neither trains nor counts in an evaluation, such as a group of signs in one box.
    """

    box: Box
    class_id: int | None
    name: str
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A street scene.

    Attributes:
        path: The image file.
        signs: The labelled signs in it, in the order of the label file.
    """

    path: Path
    signs: tuple[SceneSign, ...] = ()

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes of all its signs, of the ignored ones too."""
        return tuple(sign.box for sign in self.signs)


class SceneProblem(NamedTuple):
    """One thing that was wrong in the files of a set, and did not stop reading.

    Attributes:
        kind: Which kind it is.
        place: The file, and the line or annotation in it.
        message: What was found there, as a part of a sentence; empty where the kind says everything.
    """

    kind: SceneProblemKind
    place: str
    message: str = ""

    def __str__(self) -> str:
        """Return "labels/1.txt, line 3: 10 of 40 pixels"."""
        return f"{self.place}: {self.message}" if self.message else self.place


@dataclass(frozen=True, slots=True)
class SceneSet:
    """Street scenes, and the classes of the signs in them.

    Attributes:
        classes: Names of the classes, in the order of `SceneSign.class_id`; a class may have no sign.
        scenes: In natural order of their paths; in COCO's layout in the order of the file.
        layout: In which layout they were found.
        source: The folder or the file that they were read from.
        problems: What was wrong and did not stop reading.
    """

    classes: tuple[str, ...]
    scenes: tuple[Scene, ...]
    layout: SceneLayout
    source: Path
    problems: tuple[SceneProblem, ...] = ()

    def describe(self) -> str:
        """Return "600 scenes with 851 signs of 43 classes, 94 of them without signs"."""
        signs = [sign for scene in self.scenes for sign in scene.signs if not sign.ignored]
        found = len({sign.class_id for sign in signs} - {None})
        ignored = sum(len(scene.signs) for scene in self.scenes) - len(signs)
        empty = sum(all(sign.ignored for sign in scene.signs) for scene in self.scenes)
        return "".join(
            (
                f"{counted(len(self.scenes), 'scene')} with {counted(len(signs), 'sign')}",
                f" of {counted(found, 'class')}" if found else "",
                f" and {counted(ignored, 'ignored box')}" if ignored else "",
                f", {empty:,} of them without signs" if empty else "",
            )
        )

    def describe_problems(self) -> str:
        """Return the number and the first places of each kind of problem; empty where nothing was wrong."""
        parts = []
        for kind, number in Counter(problem.kind for problem in self.problems).items():
            meaning = MEANINGS[kind][number > 1]
            places = some([str(problem) for problem in self.problems if problem.kind == kind], most=SHOWN)
            parts.append(f"{number:,} {meaning} ({places})")
        return "; ".join(parts)
