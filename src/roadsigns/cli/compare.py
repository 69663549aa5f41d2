"""`roadsigns compare`: two cross-validations of the same images, track by track."""

import json
import sys
from pathlib import Path

import click

from roadsigns.cli.shared.class_names import class_names_option

__all__ = ["command"]


@click.command("compare")
@click.argument("a", metavar="A", type=click.Path(path_type=Path))
@click.argument("b", metavar="B", type=click.Path(path_type=Path))
@click.option("--corruptions", is_flag=True, help="Compare the predictions for corrupted images.")
@click.option("--hard", is_flag=True, hidden=True, help="The former name of --corruptions.")
@class_names_option(
    "Class names, if A and B are CSV files: a data set such as gtsrb, or a text file with one name per line."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(*, a: Path, b: Path, corruptions: bool, hard: bool, classes: list[str] | None, as_json: bool) -> None:
    """Compare the predictions before a change (A) with those after it (B).

    A and B are folders written by `roadsigns cross-validate`, or CSV files, with predictions for the same images.
    Prints the tracks and classes on which B is better or worse, and whether the differences are significant.
    """
    from roadsigns.cross_validation.comparing.comparison import compare
    from roadsigns.cross_validation.comparing.table import print_comparison

    comparison = compare(a, b, corruptions=corruptions or hard, classes=classes)
    if as_json:
        click.echo(json.dumps(comparison.as_dict(), allow_nan=False))
    else:
        print_comparison(comparison, sys.stdout)
