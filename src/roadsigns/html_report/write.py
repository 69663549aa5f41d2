"""The files of a report: the page, and the JSON behind it."""

import json
from pathlib import Path
from typing import NamedTuple

from roadsigns.files import check_output_file, check_output_folder, made_folder, output_errors, replace_when_done
from roadsigns.html_report.page import render_page
from roadsigns.html_report.report import Report
from roadsigns.html_report.sign_images import SignImages

__all__ = ["ReportFiles", "place_of", "write_report"]

SUFFIXES = {".html", ".htm"}


class ReportFiles(NamedTuple):
    """Where a report is written.

    Attributes:
        page: The HTML file.
        figures: The JSON file beside it.
    """

    page: Path
    figures: Path


def place_of(out: Path, *, data: Path | None = None) -> ReportFiles:
    """Return the files of a report, after a check that they can be written, before the work instead of after it.

    Args:
        out: The HTML file, if its name ends so; else a folder, for `report.html` and `report.json`.
        data: A data folder that neither must lie in.

    Raises:
        OutputError: If they cannot or must not be written.
    """
    if out.suffix.lower() in SUFFIXES:
        files = ReportFiles(out, out.with_suffix(".json"))
        for file in files:
            check_output_file(file, data=data)
        return files
    check_output_folder(out, data=data)
    return ReportFiles(out / "report.html", out / "report.json")


def write_report(report: Report, files: ReportFiles, images: SignImages | None = None) -> None:
    """Write both files, each whole or not at all.

    Raises:
        OutputError: If they cannot be written.
        MissingExtraError: If jinja2 is not installed.
    """
    page = render_page(report, images)
    figures = json.dumps(report.as_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    folder = files.page.parent
    with output_errors(files.page, "Free some space, or name another place with --out."), made_folder(folder):
        for path, text in ((files.figures, figures + "\n"), (files.page, page)):
            with replace_when_done(path) as temporary:
                # A name may not be valid text.
                temporary.write_text(text, encoding="utf-8", errors="backslashreplace")
