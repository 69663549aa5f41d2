"""`roadsigns check`: find what is wrong with a data folder before training on it."""

import json
import sys
from pathlib import Path

import click

from roadsigns.cli._output import result_only_on_stdout

__all__ = ["command"]

# 1 and 2 are taken: no folder to check, and wrong usage.
STATUS_OF_FINDINGS = 3


@click.command("check")
@click.argument("data", metavar="DATA", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for tables and plots; not inside DATA.")
@click.option("--strict", is_flag=True, help="Exit with status 3 for warnings too.")
def command(*, data: Path, as_json: bool, out: Path | None, strict: bool) -> int:
    """Check the labelled images in DATA: a folder, an archive or a table, in any supported layout.

    Shows the number, size and brightness of the images of each class. Reports files that cannot be decoded, boxes and
    annotations that do not match their images, and duplicates and near-duplicates across tracks, classes and splits.
    Nothing in DATA is changed.

    The exit status is 0 without errors, 3 with errors in the data, and 1 if there is nothing to check.
    """
    with result_only_on_stdout():
        from roadsigns.dataset_check.check import check_folder
        from roadsigns.dataset_check.report import write_check
        from roadsigns.dataset_check.table import print_check
        from roadsigns.files import check_output_folder

        if out:
            check_output_folder(out, data=data)
        check = check_folder(data)
    if as_json:
        click.echo(json.dumps(check.as_dict(), allow_nan=False))
    else:
        print_check(check, sys.stdout)
    if out:
        with result_only_on_stdout():
            write_check(check, out)
        click.echo(f"Tables and plots are in {out}.", err=True)
    return STATUS_OF_FINDINGS if check.errors or (strict and check.warnings) else 0
