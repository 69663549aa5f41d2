"""An evaluation on corrupted images as a folder of files.

figures.json      all metrics, as `roadsigns evaluate --corruptions --json` prints them
corruptions.csv   a row for each kind and severity; the first is the uncorrupted images
corruptions.png   the same as heat maps, with the report extra
"""

from collections.abc import Iterable
from dataclasses import astuple, fields
from pathlib import Path

from roadsigns.datasets.layouts.table_images import require_outside_of_table
from roadsigns.evaluation.corruptions.plots import draw_corruptions
from roadsigns.evaluation.corruptions.result import Cell, CorruptionEvaluation
from roadsigns.evaluation.report import write_json, write_rows
from roadsigns.evaluation.report_folder import FIGURES, check_report_folder
from roadsigns.files import made_folder, output_errors

__all__ = ["NO_CORRUPTION", "write_corruption_report"]

NO_CORRUPTION = "none"


def write_corruption_report(evaluation: CorruptionEvaluation, folder: Path) -> None:
    """Write the files of a report; those of an earlier one are replaced, each whole or not at all.

    Raises:
        OutputError: If the folder cannot be written, or lies in the data folder.
        MissingExtraError: If matplotlib is not installed; the JSON and CSV files are then written, the plot is not.
    """
    check_report_folder(folder, [evaluation.data])
    require_outside_of_table(folder, evaluation.data)
    with output_errors(folder, "Free some space, or name another place with --out."), made_folder(folder):
        write_json(folder / FIGURES, evaluation.as_dict())
        write_rows(folder / "corruptions.csv", _rows(evaluation))
        draw_corruptions(evaluation, folder / "corruptions.png")


def _rows(evaluation: CorruptionEvaluation) -> Iterable[list[object]]:
    yield ["corruption", "version", *(field.name for field in fields(Cell))]
    yield [NO_CORRUPTION, "", *astuple(evaluation.uncorrupted)]
    for kind in evaluation.kinds:
        for cell in kind.severities:
            yield [kind.kind, kind.version, *astuple(cell)]
