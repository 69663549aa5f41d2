"""Old names, until all branches of issue 22 are merged: take `figure_at` from `figure`, and colours from `style`."""

from roadsigns.reporting.figure import figure_at
from roadsigns.reporting.style import DPI, LIGHT

__all__ = ["BLUE", "DPI", "GREY", "ORANGE", "RED", "figure_at"]

BLUE, ORANGE, GREY, RED = LIGHT.accent, LIGHT.series[1], LIGHT.soft, LIGHT.wrong
