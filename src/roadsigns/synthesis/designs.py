"""The drawings of each class: those of a data set in the package, or a folder of your own templates."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.datasets.spec import DatasetSpec, SignDrawings
from roadsigns.errors import DataError
from roadsigns.image_files import natural_order
from roadsigns.synthesis.rendering import read_drawing
from roadsigns.types import SignClass, UInt8Image

__all__ = ["Designs", "designs_of", "official_designs", "read_templates"]

SHARES = "shares.json"
TEMPLATE_SUFFIXES = frozenset({".svg", ".png"})
TRIAL_SIZE = 64
OPAQUE = 255


@dataclass(frozen=True, slots=True)
class Designs:
    """Drawings of classes.

    Attributes:
        classes: In label order.
        files: The SVG or PNG files of each class, at least one; none for a number that no folder bears.
        shares: How often each of them stands on the road, adding up to 1 in each class.
        turned: Class id to how many of 1 are screwed on at any angle.
        source: What a data set drawn from them is called.
        abroad: The files of each class as it looks in other countries, equally frequent; may be none.
    """

    classes: tuple[SignClass, ...]
    files: tuple[tuple[Path, ...], ...]
    shares: tuple[tuple[float, ...], ...]
    turned: Mapping[int, float]
    source: str
    abroad: tuple[tuple[Path, ...], ...] = ()

    @property
    def drawable(self) -> list[int]:
        """The class ids that have a drawing."""
        return [class_id for class_id, files in enumerate(self.files) if files]

    def choose(
        self, class_id: int, rng: np.random.Generator, *, abroad: float = 0.0, rare_designs: float = 0.0
    ) -> Path:
        """Choose a drawing of a class, each as often as it stands on the road.

        Args:
            class_id: A class that has a drawing.
            rng: The source of randomness; the same state gives the same drawing.
            abroad: Share of designs of other countries, 0 to 1, where the class has any.
            rare_designs: Share of the others for which each of the class's own designs is equally likely, 0 to 1.

        Raises:
            DataError: If the class has none.
        """
        if not 0 <= class_id < len(self.files) or not self.files[class_id]:
            raise DataError(
                f"There is no drawing of class {class_id}.",
                expected=f"one of {', '.join(map(str, self.drawable))}",
            )
        foreign = self.abroad[class_id] if self.abroad else ()
        # Without shares nothing more is drawn from rng, so that a seed gives the drawings that it always gave.
        if abroad and foreign and rng.random() < abroad:
            return foreign[int(rng.integers(len(foreign)))]
        files = self.files[class_id]
        if rare_designs and rng.random() < rare_designs:
            return files[int(rng.integers(len(files)))]
        return files[int(rng.choice(len(files), p=self.shares[class_id]))]


@cache
def designs_of(spec: DatasetSpec) -> Designs:
    """Return the package's own drawings of a data set's classes: `NN.svg` and `NN-<design>.svg`, those abroad apart.

    Raises:
        DataError: If it has none.
    """
    drawings = spec.drawings
    if drawings is None:
        raise DataError(
            f"There are no drawings of the classes of '{spec.name}'.",
            hint="Give templates of your own: SVG or PNG files.",
        )
    shares = drawings.folder / SHARES
    weights: dict[str, float] = json.loads(shares.read_text(encoding="utf-8")) if shares.is_file() else {}
    files = _files_by_class(drawings.folder, drawings, spec)
    shares_of = tuple(_normalised([weights.get(path.stem, 1.0) for path in of_class]) for of_class in files)
    abroad = _files_by_class(drawings.abroad, drawings, spec) if drawings.abroad else ()
    return Designs(spec.classes, files, shares_of, drawings.turned, drawings.source, abroad)


def _files_by_class(folder: Path, drawings: SignDrawings, spec: DatasetSpec) -> tuple[tuple[Path, ...], ...]:
    numbers = [f"{number:02d}" for number in drawings.numbers or range(len(spec.classes))]
    return tuple(tuple(sorted([*folder.glob(f"{n}.svg"), *folder.glob(f"{n}-*.svg")])) for n in numbers)


def official_designs() -> Designs:
    """Return the package's own drawings of GTSRB's 43 classes."""
    return designs_of(GTSRB)


def read_templates(folder: Path) -> Designs:
    """Read a folder of templates: SVG or PNG files with a transparent background.

    Args:
        folder: `<class>.svg` or `<class>.png`, or a folder `<class>` with several of them, or both. Names that are all
            whole numbers are the labels themselves; other names are numbered in their natural order, as `read_training`
            numbers the folders of a plain data folder. Hidden files are passed over.

    Raises:
        DataError: If there are none, one cannot be rendered or has no transparency, or two names are one class.
    """
    found = _templates_by_name(folder)
    names = sorted(found, key=natural_order)
    numbered = all(name.isdecimal() for name in names)
    _refuse_clashes(names, folder, numbered=numbered)
    by_id = {int(name) if numbered else index: name for index, name in enumerate(names)}
    if max(by_id) >= 10_000:  # noqa: PLR2004 - read_training's limit
        raise DataError(
            f"{by_id[max(by_id)]} would be a class of that number.",
            hint="Give the templates names.",
            subject=str(folder),
        )
    for files in found.values():
        for path in files:
            _try_template(path)
    classes = tuple(SignClass(class_id, by_id.get(class_id, str(class_id))) for class_id in range(max(by_id) + 1))
    files_by_id = tuple(tuple(found[by_id[sign.class_id]]) if sign.class_id in by_id else () for sign in classes)
    shares = tuple(_normalised([1.0] * len(files)) for files in files_by_id)
    return Designs(classes, files_by_id, shares, {}, f"drawn from {folder.resolve().name}")


def _normalised(weights: list[float]) -> tuple[float, ...]:
    return tuple(weight / sum(weights) for weight in weights)


def _templates_by_name(folder: Path) -> dict[str, list[Path]]:
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise DataError(
            f"The folder of templates {what}.",
            expected="a folder with one SVG or PNG file for each class",
            subject=str(folder),
        )
    found: dict[str, list[Path]] = {}
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            inside = [path for path in sorted(entry.iterdir()) if _is_template(path)]
            if inside:
                found.setdefault(entry.name, []).extend(inside)
        elif _is_template(entry):
            found.setdefault(entry.stem, []).append(entry)
    if not found:
        raise DataError(
            "The folder holds no templates.",
            expected="CLASS.svg or CLASS.png files, or folders CLASS with several",
            subject=str(folder),
        )
    return found


def _is_template(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and path.suffix.lower() in TEMPLATE_SUFFIXES


def _refuse_clashes(names: list[str], folder: Path, *, numbered: bool) -> None:
    """Refuse two names for one class: "7" and "07" are one number, "Stop" and "stop" one folder on many systems."""
    taken: dict[str, str] = {}
    for name in names:
        key = str(int(name)) if numbered else name.casefold()
        if key in taken:
            raise DataError(
                f"The templates {taken[key]} and {name} are the same class.",
                hint="Rename one of them.",
                subject=str(folder),
            )
        taken[key] = name


def _try_template(path: Path) -> None:
    """Render a template once.

    Raises:
        DataError: If it does not render, or nothing of its border is transparent, so that its outline is unknown.
    """
    alpha = read_drawing(path, TRIAL_SIZE)[:, :, 3]
    if not alpha.any():
        raise DataError(
            "The template shows nothing: every pixel is transparent.",
            hint="Draw the sign on a transparent background.",
            subject=str(path),
        )
    if _border(alpha).min() == OPAQUE:
        raise DataError(
            "The template has no transparency: its whole border is opaque, so the sign's outline is unknown.",
            hint="Save it with a transparent background; a rectangular sign needs a transparent edge of one pixel.",
            subject=str(path),
        )


def _border(alpha: UInt8Image) -> UInt8Image:
    return np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
