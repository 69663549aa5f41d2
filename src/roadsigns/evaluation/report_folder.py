"""The folder of a report: one that is new or empty, or holds an earlier report, which is replaced."""

from collections.abc import Iterable
from pathlib import Path

from roadsigns.errors import OutputError
from roadsigns.files import check_output_folder

__all__ = ["FIGURES", "check_report_folder"]

# Every report has it, and no other folder but that of a training, which also has a recipe.
FIGURES, RECIPE = "figures.json", "recipe.toml"


def check_report_folder(folder: Path, data: Iterable[Path]) -> None:
    """Refuse a folder in which a report must not be written, or would replace files that are none of a report's.

    Args:
        folder: It need not exist.
        data: The data folders, which it must not lie in.

    Raises:
        OutputError: If it cannot be written, lies in one of `data`, or holds other files.
    """
    for one in data:
        check_output_folder(folder, data=one)
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not (folder / FIGURES).is_file() or (folder / RECIPE).is_file():
        raise OutputError(
            "This folder has files that are not those of an earlier report, and some could be lost.",
            expected="a new or an empty folder, or that of an earlier report",
            hint="Name another folder with --out.",
            subject=str(folder),
        )
