"""Options of the commands that decide whether a sign is known."""

from typing import TYPE_CHECKING

import click

from roadsigns.cli._number import FiniteFloatRange

if TYPE_CHECKING:
    from roadsigns.inference.decide import DecisionRule

__all__ = ["coverage_option", "keep_option", "tell_share"]

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
    help="Probability that the candidates of an uncertain sign hold the true class: one that the model has prediction "
    "sets for, such as 0.99 or 0.999.  [default: 0.999, where the model has prediction sets]",
)


def tell_share(rule: "DecisionRule", keep: float | None) -> None:
    """Say on standard error which share of known signs is kept, if it is not the one that was asked for."""
    from roadsigns.inference.decide import other_share

    if told := other_share(rule, keep):
        click.echo(told, err=True)
