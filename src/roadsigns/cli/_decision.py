"""Options of the commands that decide whether a sign is known."""

import click

from roadsigns.cli._number import FiniteFloatRange

__all__ = ["coverage_option", "keep_option"]

SHARE = FiniteFloatRange(0, 1, min_open=True, max_open=True)

keep_option = click.option(
    "--keep",
    type=SHARE,
    help="Share of known signs that is not called unknown.  [default: 0.99, where the model has thresholds]",
)
coverage_option = click.option(
    "--coverage",
    type=SHARE,
    help="Probability that the candidates of an uncertain sign hold the true class.  [default: 0.999, where the model "
    "has prediction sets]",
)
