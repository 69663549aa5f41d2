"""The report of an audit: a folder of files.

suspects.csv   one row for each suspect, the worst of each rule first
audit.json     everything that `roadsigns audit --json` prints
suspects.png   the suspects as a contact sheet; with the report extra
"""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

from roadsigns.audit.audit import Audit
from roadsigns.audit.sheet import draw_suspects
from roadsigns.audit.suspect import name_of
from roadsigns.errors import OutputError
from roadsigns.files import made_folder, output_errors, replace_when_done

__all__ = ["COLUMNS", "SHEET", "check_earlier_audit", "write_audit"]

SHEET = "suspects.png"
COLUMNS = (
    *("path", "track", "class_id", "name", "suggested_class_id", "suggested_name", "probability", "given_probability"),
    *("score", "rule", "kind", "level", "images", "x1", "y1", "x2", "y2", "other_paths", "reason"),
)
# A path may hold spaces, commas and semicolons; a spreadsheet shows lines in one cell.
BETWEEN_PATHS = "\n"
# Of audit.json.
KEYS = {"data", "content", "suspects"}


def check_earlier_audit(folder: Path) -> bool:
    """Return whether the folder holds an earlier audit, whose files may be replaced.

    Raises:
        OutputError: If it holds files with the names of an audit's that are something else.
    """
    figures, table, sheet = (folder / name for name in ("audit.json", "suspects.csv", SHEET))
    audited = _is_audit(figures)
    foreign = [] if audited else [path for path in (figures, table, sheet) if path.exists()]
    if audited and table.exists() and not _is_table(table):
        foreign = [table]
    if foreign:
        raise OutputError(
            "This file is not of an audit, and would be replaced.",
            hint="Name another folder with --out.",
            subject=str(foreign[0]),
        )
    return audited


def _is_audit(path: Path) -> bool:
    try:
        figures = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(figures, dict) and figures.keys() >= KEYS


def _is_table(path: Path) -> bool:
    """Whether its header has the columns of an audit; a spreadsheet may have added some, or another separator."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return set(re.split("[,;\t]", file.readline().replace('"', "").strip())) >= set(COLUMNS)
    except OSError:
        return False


def write_audit(audit: Audit, folder: Path) -> None:
    """Write the files of a report; those of an earlier one are replaced, each whole or not at all.

    Raises:
        OutputError: If the folder cannot be written.
        MissingExtraError: If matplotlib is not installed; the JSON and CSV files are then written, the sheet is not.
    """
    with output_errors(folder, "Free some space, or name another place with --out."), made_folder(folder):
        with replace_when_done(folder / "audit.json") as temporary:
            # ASCII: a file's name may not be valid text.
            temporary.write_text(json.dumps(audit.as_dict(), indent=2, allow_nan=False) + "\n", encoding="utf-8")
        with (
            replace_when_done(folder / "suspects.csv") as temporary,
            temporary.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(_rows(audit))
        draw_suspects(audit, folder / SHEET)


def _rows(audit: Audit) -> Iterator[list[object]]:
    for one in audit.suspects:
        paths = [str(audit.root / path) for path in one.paths]
        names = (name_of(one.class_id, audit.classes), name_of(one.suggested, audit.classes))
        yield [
            paths[0] if paths else "",
            one.track,
            *("" if value is None else value for value in (one.class_id, names[0], one.suggested, names[1])),
            *("" if value is None else f"{value:.6f}" for value in (one.probability, one.given_probability)),
            f"{one.score:.4f}",
            one.rule,
            one.kind,
            one.level,
            one.images,
            *(one.box or ("", "", "", "")),
            BETWEEN_PATHS.join(paths[1:]),
            one.reason,
        ]
