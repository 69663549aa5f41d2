"""Plots of what a training measured at its epochs."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from roadsigns.reporting.figure import figure_at
from roadsigns.reporting.style import DASHES, LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DetectorEpochLike", "EpochLike", "draw_curves", "draw_detector_curves"]

# In inches.
WIDTH, HEIGHT = 11, 4.6
# The points of more epochs would cover their line.
MAX_POINTS = 60


class NumberedEpoch(Protocol):
    """One epoch of any training."""

    @property
    def epoch(self) -> int: ...


class DetectorEpochLike(NumberedEpoch, Protocol):
    """One epoch of a detector's training, as `training.detector.fit.DetectorEpoch`. Validation may be NaN."""

    @property
    def loss(self) -> float: ...
    @property
    def validation_ap50(self) -> float: ...
    @property
    def validation_recall(self) -> float: ...


class EpochLike(NumberedEpoch, Protocol):
    """One epoch of a training, as `training.loop.EpochMetrics`. Validation is NaN where there is none."""

    @property
    def loss(self) -> float: ...
    @property
    def accuracy(self) -> float: ...
    @property
    def validation_loss(self) -> float: ...
    @property
    def validation_accuracy(self) -> float: ...


def draw_curves(history: Sequence[EpochLike], path: Path) -> None:
    """Draw the learning curves: loss and accuracy of every epoch.

    Args:
        history: At least one epoch, in order.
        path: Ends in .png.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    with figure_at(path, width=WIDTH, height=HEIGHT) as figure:
        left, right = figure.subplots(1, 2)
        losses = [line.loss for line in history], [line.validation_loss for line in history]
        accuracies = [100 * line.accuracy for line in history], [100 * line.validation_accuracy for line in history]
        for axes, curves in ((left, losses), (right, accuracies)):
            for number, (name, values) in enumerate(zip(("training", "validation"), curves, strict=True)):
                _draw_curve(axes, history, values, number, name)
            _fit_epochs(axes, history)
        left.set(title="Loss", xlabel="epoch", ylabel="nats")
        _spread_losses(left, losses[0])
        right.set(title="Accuracy", xlabel="epoch", ylabel="%")
        best = _best_epoch(history)
        if best is not None:
            for axes, values in ((left, losses[1]), (right, accuracies[1])):
                _mark(axes, history[best].epoch, values[best], "lowest validation loss")
        figure.legend(*left.get_legend_handles_labels(), loc="outside upper right", ncols=3)


def draw_detector_curves(history: Sequence[DetectorEpochLike], path: Path) -> None:
    """Draw the learning curves of a detector: its loss, and what it finds in the held-out scenes.

    Args:
        history: At least one epoch, in order.
        path: Ends in .png.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    with figure_at(path, width=WIDTH, height=HEIGHT) as figure:
        left, right = figure.subplots(1, 2)
        losses = [line.loss for line in history]
        _draw_curve(left, history, losses, 0, "")
        left.set(title="Loss", xlabel="epoch", ylabel="quality focal loss and overlap of boxes")
        _spread_losses(left, losses)
        measured = [line for line in history if not math.isnan(line.validation_ap50)]
        _draw_curve(right, measured, [100 * line.validation_ap50 for line in measured], 0, "AP50")
        found = "found at one false sign in ten images"
        _draw_curve(right, measured, [100 * line.validation_recall for line in measured], 1, found)
        right.set(title="Held-out scenes" if measured else "No scene was held out", xlabel="epoch", ylabel="%")
        for axes in (left, right):
            _fit_epochs(axes, history)
        if measured:
            figure.legend(*right.get_legend_handles_labels(), loc="outside upper right", ncols=2)


def _draw_curve(
    axes: "Axes", history: Sequence[NumberedEpoch], values: Sequence[float], number: int, name: str
) -> None:
    """Draw the values that are none of NaN; epochs that were measured are joined, even where they lie apart."""
    points = [(line.epoch, value) for line, value in zip(history, values, strict=True) if not math.isnan(value)]
    if points:
        marker = "." if len(points) <= MAX_POINTS else None
        look = {"color": LIGHT.series[number], "linestyle": DASHES[number], "marker": marker}
        axes.plot(*zip(*points, strict=True), label=name, **look)


def _mark(axes: "Axes", epoch: int, value: float, name: str) -> None:
    axes.plot(epoch, value, "o", color=LIGHT.text, markersize=9, markerfacecolor="none", label=name, zorder=3)


def _spread_losses(axes: "Axes", losses: Sequence[float]) -> None:
    if min(losses) > 0:
        from matplotlib.ticker import LogLocator

        # The last epochs differ by a hundredth of the first loss.
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()


def _fit_epochs(axes: "Axes", history: Sequence[NumberedEpoch]) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlim(history[0].epoch - 0.5, history[-1].epoch + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def _best_epoch(history: Sequence[EpochLike]) -> int | None:
    finite = [index for index, line in enumerate(history) if math.isfinite(line.validation_loss)]
    return min(finite, key=lambda index: history[index].validation_loss, default=None)
