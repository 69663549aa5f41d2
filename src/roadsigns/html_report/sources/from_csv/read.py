"""A CSV file of predictions as a report's input, whoever wrote it."""

from collections.abc import Sequence
from pathlib import Path

from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.sources.from_csv.columns import is_own_format
from roadsigns.html_report.sources.from_csv.fold import read_fold
from roadsigns.html_report.sources.from_csv.foreign import read_foreign

__all__ = ["read_csv"]


def read_csv(path: Path, *, data: Path | None = None, classes: Sequence[str] | None = None) -> ReportInput:
    """Read predictions.

    Args:
        path: A CSV file: what `roadsigns cross-validate` writes for a fold, or one with the columns that
            `columns` describes.
        data: The data folder with its images, and their labels if the file has none; None for neither.
        classes: Names in label order; None takes those of the data, or those that the file names.

    Raises:
        DataError: If the file cannot be read, has no images, or does not fit the data or the classes.
    """
    read = read_fold if is_own_format(path) else read_foreign
    return read(path, data, classes)
