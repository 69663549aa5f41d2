"""Options of the commands that decide whether a sign is known."""

from typing import TYPE_CHECKING

import click

from roadsigns.cli.shared.number import FiniteFloatRange

if TYPE_CHECKING:
    from roadsigns.inference.decide import DecisionRule

__all__ = ["coverage_option", "keep_option", "tell_rule", "tell_threshold"]

SHARE = FiniteFloatRange(0, 1, min_open=True, max_open=True)

keep_option = click.option(
    "--keep",
    type=SHARE,
    help="Share of known signs that is not called unknown. The model has thresholds for some shares; between two of "
    "them the larger one is kept.  [default: 0.99, where the model has thresholds]",
)
coverage_option = click.option(
    "--coverage",
    type=SHARE,
    help="Probability, over all known signs, that the prediction set holds the true class: one that the model has "
    "such sets for, such as 0.99 or 0.999.  [default: 0.999, where the model has prediction sets]",
)


def tell_rule(rule: "DecisionRule", keep: float | None) -> None:
    """Say on standard error where a model cannot decide, or keeps another share of known signs than was asked for."""
    from roadsigns.inference.decide import NO_SETS, NO_THRESHOLDS, other_share

    if rule.threshold is None:
        click.echo(NO_THRESHOLDS, err=True)
    elif rule.quantile is None:
        click.echo(NO_SETS, err=True)
    if told := other_share(rule, keep):
        click.echo(told, err=True)


def tell_threshold(rule: "DecisionRule") -> None:
    """Say on standard error below which known score signs are unknown, and why there; nothing without a threshold."""
    from roadsigns.bulk.sign_cells import threshold_line

    if line := threshold_line(rule):
        click.echo(line, err=True)
