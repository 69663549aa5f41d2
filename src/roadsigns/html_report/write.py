"""The files of a report: the page, and the JSON behind it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from roadsigns.errors import OutputError
from roadsigns.files import (
    check_output_file,
    check_output_folder,
    made_folder,
    output_errors,
    refuse_standard_output,
    replace_when_done,
    require_other_file,
    require_outside,
)
from roadsigns.html_report.page import render_page
from roadsigns.html_report.report import Report
from roadsigns.html_report.sign_images import SignImages
from roadsigns.preprocessing.decode import IMAGE_SUFFIXES

__all__ = ["ReportFiles", "place_of", "write_report"]

SUFFIXES = {".html", ".htm"}
# A folder called so surprises everybody.
OTHER_FILES = {".json", ".csv", ".md", ".pdf", ".svg", ".tsv", ".txt", ".xhtml", ".xml", ".xz", ".zip", *IMAGE_SUFFIXES}
# What every report has written into its JSON file.
KEYS = {"title", "sections"}
# Stands in the head of every page, before its title; see templates/page.html.j2.
MARKER = b'<meta name="generator" content="roadsigns '
HEAD = 4096
OTHER_PLACE = "Name another place with --out."


class ReportFiles(NamedTuple):
    """Where a report is written.

    Attributes:
        page: The HTML file.
        figures: The JSON file beside it.
    """

    page: Path
    figures: Path


def place_of(
    out: Path, *, data: Path | None = None, folders: Sequence[Path] = (), read: Sequence[Path] = ()
) -> ReportFiles:
    """Return the files of a report, after a check that they can be written, before the work instead of after it.

    Args:
        out: The HTML file, if its name ends so; else a folder, for `report.html` and `report.json`.
        data: A data folder that neither must lie in.
        folders: Other folders of images that neither must lie in.
        read: Files that neither must replace.

    Raises:
        OutputError: If they cannot or must not be written.
    """
    refuse_standard_output(out, kind="a page", hint=f"{OTHER_PLACE} --json prints the figures to standard output.")
    for folder in folders:
        require_outside(out, folder, hint=OTHER_PLACE, kind="folder of images")
    if out.suffix.lower() in SUFFIXES:
        files = ReportFiles(out, out.with_suffix(".json"))
        for file in files:
            check_output_file(file, data=data)
    else:
        _require_folder_name(out)
        check_output_folder(out, data=data)
        files = ReportFiles(out / "report.html", out / "report.json")
    for file in files:
        require_other_file(file, *read, hint=OTHER_PLACE)
    _require_own_page(files.page)
    _require_own_figures(files.figures)
    return files


def _require_folder_name(out: Path) -> None:
    """Refuse a new folder with the name of a file, and a file that is there and no HTML file."""
    if (out.suffix and out.is_file()) or (
        not out.is_dir() and (out.suffix.lower() in OTHER_FILES or out.name.lower() in SUFFIXES | OTHER_FILES)
    ):
        raise OutputError(
            "This is not the name of an HTML file.",
            expected="a name that ends in .html, or that of a folder",
            hint="Give one with --out.",
            subject=str(out),
        )


def _require_own_page(path: Path) -> None:
    """Refuse to replace a page that is no report.

    Raises:
        OutputError: If it is something else, or cannot be read.
    """
    if not path.exists():
        return
    with output_errors(path, OTHER_PLACE), path.open("rb") as file:
        head = file.read(HEAD)
    if MARKER not in head:
        raise OutputError(
            "This file is no report of roadsigns, and would be replaced.",
            hint=OTHER_PLACE,
            subject=str(path),
        )


def _require_own_figures(path: Path) -> None:
    """Refuse to replace a JSON file that nobody named, unless an earlier report wrote it."""
    if not path.exists():
        return
    try:
        figures = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        figures = None
    if not (isinstance(figures, dict) and figures.keys() >= KEYS):
        raise OutputError(
            "This file is not of a report, and would be replaced by its figures.",
            hint=OTHER_PLACE,
            subject=str(path),
        )


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
