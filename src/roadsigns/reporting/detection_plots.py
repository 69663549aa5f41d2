"""Pictures of how well signs are found: precision against recall, recall against false signs, recall by size."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roadsigns.reporting.figure import figure_at, write_title
from roadsigns.reporting.style import LIGHT, LINE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DetectionPlot", "SizeBar", "draw_detection"]

# Fewer false signs per image than this are drawn at the left edge.
FEWEST = 1e-3
# The axis of a good detector shows its upper end.
CUT = 0.8

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SizeBar:
    """The recall of signs of one size.

    Attributes:
        name: Such as "20 to 32".
        signs: Number of signs, at least one.
        recall: Fraction.
        low: Lower end of the interval; None without one.
        high: Upper end of the interval; None without one.
    """

    name: str
    signs: int
    recall: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, eq=False)
class DetectionPlot:
    """What is drawn.

    Attributes:
        recalls: Rising fractions, shape (points,).
        precision: The precision at each, shape (points,).
        false_per_image: Rising, shape (thresholds,).
        froc_recall: The recall at each, shape (thresholds,).
        price: The number of false signs per image that is marked.
        recall: The recall there.
        sizes: Small to large.
    """

    recalls: Floats
    precision: Floats
    false_per_image: Floats
    froc_recall: Floats
    price: float
    recall: float
    sizes: Sequence[SizeBar]


def draw_detection(plot: DetectionPlot, path: Path, *, title: str) -> None:
    """Draw the two curves and the bars side by side.

    Args:
        plot: What is drawn.
        path: Ends in .png.
        title: Which detector on which scenes.

    Raises:
        OSError: If the file cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    with figure_at(path, width=15, height=5.0) as figure:
        precision, froc, sizes = figure.subplots(1, 3)
        write_title(figure, title)
        _draw_precision(precision, plot)
        _draw_froc(froc, plot)
        _draw_sizes(sizes, plot)


def _draw_precision(axes: "Axes", plot: DetectionPlot) -> None:
    axes.plot(100 * plot.recalls, 100 * plot.precision, color=LIGHT.accent)
    axes.fill_between(100 * plot.recalls, 100 * plot.precision, color=LIGHT.accent, alpha=0.1)
    axes.set(title="Precision against recall", xlabel="recall, %", ylabel="precision, %")
    axes.set(xlim=(0, 101), ylim=(0, 102))


def _draw_froc(axes: "Axes", plot: DetectionPlot) -> None:
    # From no false sign on, which has no place on a logarithmic axis.
    rates = np.concatenate([[FEWEST], plot.false_per_image.clip(min=FEWEST), [max(1, *plot.false_per_image, 0)]])
    recall = np.concatenate([[0], plot.froc_recall, plot.froc_recall[-1:] if len(plot.froc_recall) else [0]])
    axes.step(rates, 100 * recall, where="post", color=LIGHT.accent)
    label = f"{100 * plot.recall:.1f} % at {plot.price:g} false signs per image"
    axes.plot(plot.price, 100 * plot.recall, "o", color=LIGHT.text, markersize=7, label=label, clip_on=False, zorder=3)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    axes.set(title="Signs found against false signs (FROC)", xlabel="false signs per image", ylabel="recall, %")
    axes.set(xlim=(FEWEST, rates[-1]), ylim=_limits(float(recall[rates <= FEWEST][-1])))
    axes.legend(loc="lower right")


def _draw_sizes(axes: "Axes", plot: DetectionPlot) -> None:
    places = np.arange(len(plot.sizes))
    recall = np.array([100 * bar.recall for bar in plot.sizes])
    axes.bar(places, recall, color=LIGHT.accent, width=0.7)
    for place, bar in zip(places.tolist(), plot.sizes, strict=True):
        if bar.low is not None and bar.high is not None:
            axes.plot([place, place], [100 * bar.low, 100 * bar.high], color=LIGHT.text, linewidth=LINE)
    labels = [f"{bar.name}\n{100 * bar.recall:.1f} %\nof {bar.signs:,}" for bar in plot.sizes]
    axes.set_xticks(places, labels)
    axes.grid(visible=False, axis="x")
    axes.tick_params(axis="x", length=0)
    axes.set(title=f"Recall by size, at {plot.price:g} false signs per image")
    axes.set(xlabel="short side, pixels", ylabel="recall, %")
    lowest = [bar.recall if bar.low is None else bar.low for bar in plot.sizes]
    axes.set_ylim(_limits(min(lowest, default=0)))


def _limits(lowest: float) -> tuple[float, float]:
    return (100 * CUT if lowest > CUT else 0), 100.5
