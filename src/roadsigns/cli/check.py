"""`roadsigns check`: find what is wrong with a data folder before training on it."""

import json
import sys
from pathlib import Path

import click

from roadsigns.cli.shared.output import result_only_on_stdout

__all__ = ["command"]

# 1 and 2 are taken: no folder to check, and wrong usage.
STATUS_OF_FINDINGS = 3


@click.command("check")
@click.argument("data", metavar="DATA", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for tables and plots; not inside DATA.")
@click.option("--strict", is_flag=True, help="Exit with status 3 for warnings too.")
@click.option(
    "--explain",
    "explained",
    multiple=True,
    metavar="RULE",
    help="Explain a rule, such as RS101, in place of a check: what it is, why it is bad, how to fix it. "
    "May be repeated; RS1 explains all that begin so, `all` every rule.",
)
@click.pass_context
def command(
    context: click.Context,
    *,
    data: Path | None,
    as_json: bool,
    out: Path | None,
    strict: bool,
    explained: tuple[str, ...],
) -> int:
    """Check the labelled images in DATA: a folder, an archive or a table, in any supported layout.

    Shows the number, size and brightness of the images of each class. Reports files that cannot be decoded, boxes and
    annotations that do not match their images, and duplicates and near-duplicates across tracks, classes and splits.
    Nothing in DATA is changed.

    Each kind of finding is a numbered rule, which --explain explains without DATA.

    The exit status is 0 without errors, 3 with errors in the data, and 1 if there is nothing to check.
    """
    if explained:
        if data or out or strict:
            raise click.UsageError(
                "--explain is used without DATA, --out and --strict. Repeat it to ask for several rules.", context
            )
        _explain(explained, as_json=as_json)
        return 0
    if data is None:
        raise click.MissingParameter(ctx=context, param_hint="DATA", param_type="argument")
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


def _explain(names: tuple[str, ...], *, as_json: bool) -> None:
    from roadsigns.rules.find import RULES, SUBJECTS, find_rules
    from roadsigns.rules.text import text_of

    rules = {}
    for name in names:
        found = find_rules(name)
        if not found:
            subjects = "; ".join(
                f"{numbers[0]} to {numbers[-1]}: {subject[0].lower()}{subject[1:]}"
                for digit, subject in SUBJECTS.items()
                if (numbers := [rule.number for rule in RULES if rule.number[2] == digit])
            )
            raise click.BadParameter(
                f"There is no rule '{name}'. There are {subjects}. `--explain all` explains every one.",
                param_hint="--explain",
            )
        rules.update({rule.number: rule for rule in found})
    if as_json:
        click.echo(json.dumps([rule.as_dict() for rule in rules.values()]))
    else:
        click.echo(text_of(rules.values()), nl=False)
