"""`roadsigns plan`: what is in data, what is doubtful, and which commands to run next."""

import json
import sys
from pathlib import Path

import click

from roadsigns.cli.shared.output import result_only_on_stdout

__all__ = ["command"]


@click.command("plan")
@click.argument("data", metavar="DATA", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def command(*, data: Path, as_json: bool) -> None:
    """Inspect the labelled images in DATA and suggest which commands to run next. Start here with your own data.

    Reports the layout of DATA, the number of images of each class, whether boxes and tracks are known, what is ignored,
    and possible problems. Opens only a few images and writes nothing; `roadsigns check` opens all of them.
    """
    with result_only_on_stdout():
        from roadsigns.dataset_check.planning.plan import plan_data
        from roadsigns.dataset_check.planning.table import print_plan

        plan = plan_data(data)
    if as_json:
        click.echo(json.dumps(plan.as_dict(), allow_nan=False))
    else:
        print_plan(plan, sys.stdout)
