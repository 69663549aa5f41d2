"""`roadsigns plan`: what is in data, what is doubtful, and which commands to run next."""

import json
import sys
from pathlib import Path

import click

from roadsigns.cli._output import result_only_on_stdout

__all__ = ["command"]


@click.command("plan")
@click.argument("data", metavar="DATA", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def command(*, data: Path, as_json: bool) -> None:
    """Look at the labelled images in DATA and say which commands to run next: start here with data of your own.

    Says which layout DATA has, how many images each class has, whether boxes and tracks are known, what is passed over
    and what is doubtful. Opens a few images only and writes nothing; `roadsigns check` opens all of them.
    """
    with result_only_on_stdout():
        from roadsigns.dataset_check.plan import plan_data
        from roadsigns.dataset_check.plan_table import print_plan

        plan = plan_data(data)
    if as_json:
        click.echo(json.dumps(plan.as_dict(), allow_nan=False))
    else:
        print_plan(plan, sys.stdout)
