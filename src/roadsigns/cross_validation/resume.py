"""Beginning a cross-validation, or going on with one: its folder, and whether what is asked for is what it holds."""

import warnings
from pathlib import Path

from roadsigns.cross_validation.store import CrossRecord, read_cross_validation, read_record, write_record
from roadsigns.errors import RunError
from roadsigns.recipe import parse_recipe
from roadsigns.training.api import recipe_differences
from roadsigns.version import __version__

__all__ = ["begin_cross_validation"]


def begin_cross_validation(out: Path, data: Path, record: CrossRecord) -> None:
    """Make the folder of a cross-validation, or see that one that exists may be gone on with.

    Args:
        out: The folder.
        data: The data folder, in which nothing is written.
        record: What is asked for.

    Raises:
        RunError: If the folder lies in the data folder, cannot be written, holds something else or a file that is
            broken, or was begun otherwise.
    """
    _require_outside(out, data)
    began = read_record(out)
    if began is not None:
        _require_same(out, began, record)
        read_cross_validation(out)
        return
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise RunError(f"{out} exists and is no cross-validation. Choose another folder with --out.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_record(record, out)
    except OSError as error:
        raise RunError(f"The folder {out} cannot be written: {error.strerror}. Choose another with --out.") from error


def _require_outside(out: Path, data: Path) -> None:
    if out.resolve().is_relative_to(data.resolve()):
        raise RunError(
            f"The folder {out} lies in the data folder {data}, and nothing is written there. Choose another with --out."
        )


def _require_same(out: Path, began: CrossRecord, asked: CrossRecord) -> None:
    differences = []
    if began.data_sha256 != asked.data_sha256:
        differences.append(
            f"its data are other ones ({began.source}, {sum(began.fold_images):,} images, in it; {asked.source}, "
            f"{sum(asked.fold_images):,} images, here)"
        )
    for key, meaning in (("folds", "folds"), ("by", "by"), ("seed", "seed")):
        was, now = getattr(began, key), getattr(asked, key)
        if was != now:
            differences.append(f"{meaning} is {was} in it and {now} here")
    if began.recipe != asked.recipe:
        own, wanted = (parse_recipe(record.recipe, name=f"the recipe of {out}") for record in (began, asked))
        differences += recipe_differences(own, wanted)
    if not differences and (began.fold_sha256, began.classes) != (asked.fold_sha256, asked.classes):
        differences.append("the folds or classes of its data are other ones, as when tracks have been grouped anew")
    if differences:
        raise RunError(
            f"The cross-validation {out} was begun otherwise: {'; '.join(differences)}. "
            "Give what it was begun with, or begin anew in another --out folder."
        )
    if began.roadsigns != __version__:
        warnings.warn(
            f"{out} was begun with roadsigns {began.roadsigns}, this is {__version__}: the folds may not be trained "
            "alike.",
            stacklevel=4,
        )
