"""`roadsigns evaluate --corruptions`: its options, and what they do."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from roadsigns.evaluation.corruptions.result import CorruptionEvaluation
    from roadsigns.evaluation.leakage import EvaluationSplit
    from roadsigns.robustness.box_noise import BoxUse

__all__ = ["corruption_options", "evaluate_corrupted", "refuse_without_corruptions"]

Command = TypeVar("Command", bound=Callable[..., object])

# Of no use without --corruptions.
DEPENDENT = ("kinds", "frames", "limit", "seed", "baseline", "no_baseline")
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
        "--seed",
        default=0,
        show_default=True,
        type=click.IntRange(0, 2**31 - 1),
        help="With --corruptions: random seed.",
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
    for name in DEPENDENT:
        if click.get_current_context().get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"--{name.replace('_', '-')} is for --corruptions only. Add that, or leave it out.")


def evaluate_corrupted(
    model: str,
    data: Path,
    *,
    split: "EvaluationSplit",
    boxes: "BoxUse",
    allow_seen: bool,
    kinds: str | None,
    baseline: str,
    no_baseline: bool,
    **subset: Any,
) -> "CorruptionEvaluation":
    """Evaluate with the options of the command line; `subset` has frames, limit and seed."""
    from roadsigns.evaluation.corruptions.evaluate import evaluate_corruptions

    return evaluate_corruptions(
        model,
        data,
        split=split,
        boxes=boxes,
        allow_seen=allow_seen,
        kinds=[name.strip() for name in kinds.split(",")] if kinds else [],
        baseline=None if no_baseline else baseline,
        **subset,
    )
