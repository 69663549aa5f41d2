"""`roadsigns evaluate --corruptions`: its options, and what they do."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from roadsigns.cli.shared.output import result_only_on_stdout
from roadsigns.cli.shared.report_folder import write_report_folder

if TYPE_CHECKING:
    from roadsigns.evaluation.leakage import EvaluationSplit
    from roadsigns.robustness.box_noise import BoxUse

__all__ = ["corruption_options", "evaluate_corrupted", "refuse_without_corruptions"]

Command = TypeVar("Command", bound=Callable[..., object])

# Of no use without --corruptions.
DEPENDENT = ("kinds", "frames", "limit", "baseline", "no_baseline")
# Of unknown images, which are not corrupted.
ELSEWHERE = ("unknown", "background", "score", "keep", "windows", "tracks")
OPTIONS = (
    click.option(
        "--corruptions", is_flag=True, help="Read every image in noise, blur, snow, ... too, at 5 severities."
    ),
    click.option(
        "--kinds", metavar="NAMES", help="With --corruptions: only these kinds, with commas, such as JPEG,fog,snow."
    ),
    click.option("--frames", type=click.IntRange(1), help="With --corruptions: at most so many frames of each track."),
    click.option(
        "--limit",
        type=click.IntRange(1),
        help="With --corruptions: at most so many images, whole tracks at random from all classes.",
    ),
    click.option(
        "--baseline",
        metavar="MODEL",
        default="tutorial-augmented",
        show_default=True,
        help="With --corruptions: the model whose errors are the unit of the mean corruption error (mCE).",
    ),
    click.option("--no-baseline", is_flag=True, help="With --corruptions: no second model, and no mCE."),
)


def corruption_options(command: Command) -> Command:
    """Add the options to a command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def refuse_without_corruptions() -> None:
    """Refuse options that would do nothing.

    Raises:
        click.UsageError: If one is given without --corruptions.
    """
    for name in _given(DEPENDENT):
        raise click.UsageError(f"{name} is for --corruptions only. Add that, or leave it out.")


def _given(names: Iterable[str]) -> Iterator[str]:
    """Yield those options that were given, as they are typed."""
    for name in names:
        if click.get_current_context().get_parameter_source(name) is not ParameterSource.DEFAULT:
            yield f"--{name.replace('_', '-')}"


def evaluate_corrupted(
    model: str,
    data: Path,
    *,
    split: "EvaluationSplit",
    boxes: "BoxUse",
    as_json: bool,
    out: Path | None,
    kinds: str | None,
    baseline: str,
    no_baseline: bool,
    **chosen: Any,
) -> None:
    """Evaluate, print and write a report, with the options of the command line.

    Raises:
        click.UsageError: If an option is given that is for unknown images.
        RoadsignsError: As `roadsigns.evaluation.corruptions.evaluate`.
    """
    for name in _given(ELSEWHERE):
        raise click.UsageError(f"{name} and --corruptions cannot be combined.")
    if no_baseline and list(_given(["baseline"])):
        raise click.UsageError("--baseline and --no-baseline cannot be combined.")
    with result_only_on_stdout():
        from roadsigns.evaluation.corruptions.evaluate import evaluate_corruptions
        from roadsigns.evaluation.corruptions.report import write_corruption_report
        from roadsigns.evaluation.corruptions.table import print_corruptions
        from roadsigns.evaluation.report_folder import check_report_folder

        if out:
            check_report_folder(out, [data])
        evaluation = evaluate_corruptions(
            model,
            data,
            split=split,
            boxes=boxes,
            kinds=[name.strip() for name in kinds.split(",")] if kinds else [],
            baseline=None if no_baseline else baseline,
            **chosen,
        )
    if as_json:
        # ASCII, and so UTF-8 whatever the encoding of standard output.
        click.echo(json.dumps(evaluation.as_dict(), allow_nan=False))
    else:
        print_corruptions(evaluation, sys.stdout)
    with result_only_on_stdout():
        write_report_folder(
            partial(write_corruption_report, evaluation),
            model=evaluation.model,
            name=f"evaluation-{split}" + ("" if boxes == "given" else f"-{boxes}") + "-corruptions",
            out=out,
        )
