"""Plots: confusion matrix, recall of each class, learning curves; and `figure_at`, used by every plot and sheet.

Only Matplotlib's Figure objects: pyplot keeps global state and may need a display.
"""

import math
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from roadsigns.errors import MissingExtraError
from roadsigns.files import replace_when_done
from roadsigns.printable import printable
from roadsigns.reporting.fonts import fonts_of_all_scripts, missing_glyphs_in_one_warning

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "BLUE",
    "DPI",
    "GREY",
    "ORANGE",
    "RED",
    "EpochLike",
    "draw_confusion",
    "draw_curves",
    "draw_detector_curves",
    "draw_recall",
    "figure_at",
]

DPI = 100
# Of a title in 13 points.
LETTERS_PER_INCH = 9
# With more classes than this, names and counts in the matrix would be too small to read.
MAX_NAMED_CLASSES = 120

# Blue and orange differ for every kind of colour vision (Okabe and Ito 2008).
BLUE, ORANGE, GREY, RED = "#0072B2", "#E69F00", "#666666", "#B22222"


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


def draw_confusion(confusion: npt.NDArray[np.int64], names: Sequence[str], path: Path, *, title: str) -> None:
    """Draw a confusion matrix: errors in red with their number, correct predictions as grey numbers.

    Args:
        confusion: Counts, rows are the truth, columns the prediction, shape (num_classes, num_classes).
        names: Of the classes, in label order.
        path: Ends in .png.
        title: What was evaluated.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    count = len(names)
    side = max(5.0, 3.0 + 0.29 * count) if count <= MAX_NAMED_CLASSES else 14.0
    with figure_at(path, width=side, height=side) as figure:
        from matplotlib.colors import PowerNorm

        axes = figure.add_subplot()
        misread = np.where(np.eye(count, dtype=bool), 0, confusion)
        # The square root, since one error must show beside forty of another kind.
        norm = PowerNorm(0.5, 0, max(1, misread.max()))
        axes.imshow(np.ma.masked_equal(misread, 0), cmap="Reds", norm=norm, interpolation="nearest")
        axes.plot([-0.5, count - 0.5], [-0.5, count - 0.5], color="#DDDDDD", linewidth=1, zorder=0)
        # Above the names too, and broken where the plot of a few classes is narrower than its title.
        figure.suptitle(textwrap.fill(_plain(title), int(LETTERS_PER_INCH * side)), fontsize=13)
        axes.set(xlabel="prediction", ylabel="truth", xlim=(-0.5, count - 0.5), ylim=(count - 0.5, -0.5))
        if count <= MAX_NAMED_CLASSES:
            _name_matrix(axes, confusion, misread, names)


def _name_matrix(
    axes: "Axes", confusion: npt.NDArray[np.int64], misread: npt.NDArray[np.int64], names: Sequence[str]
) -> None:
    labels = [_plain(f"{name}  {class_id}") for class_id, name in enumerate(names)]
    axes.set_xticks(range(len(names)), labels, rotation=90, fontsize=8)
    axes.set_yticks(range(len(names)), labels, fontsize=8)
    axes.set_xticks(np.arange(len(names) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(names) + 1) - 0.5, minor=True)
    axes.tick_params(which="both", length=0)
    axes.grid(which="minor", color="#E8E8E8", linewidth=0.5)
    dark = misread.max() / 3
    for row, column in np.argwhere(confusion).tolist():
        number = int(confusion[row, column])
        size = 8 if number < 1000 else 6  # noqa: PLR2004 - what fits into a cell
        on_dark = row != column and number > max(1, dark)
        colour = "white" if on_dark else GREY if row == column else "black"
        axes.text(column, row, str(number), ha="center", va="center", fontsize=size, color=colour)


def draw_recall(
    images: npt.NDArray[np.int64], errors: npt.NDArray[np.int64], names: Sequence[str], path: Path, *, title: str
) -> None:
    """Draw the recall of each class as bars that reach down from 100 %: a bar shows what was missed.

    Args:
        images: Number of images of each class, shape (num_classes,).
        errors: Number of misread images of each class, shape (num_classes,).
        names: Of the classes, in label order.
        path: Ends in .png.
        title: What was evaluated.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    missed = 100 * np.divide(errors, images, out=np.zeros(len(names)), where=images > 0)
    rows = np.arange(len(names))
    with figure_at(path, width=10, height=min(1.8 + 0.22 * len(names), 200)) as figure:
        axes = figure.add_subplot()
        axes.barh(rows, -missed, left=100, color=RED, height=0.7)
        _note(axes, -1, "recall", "misread", colour=GREY)
        for row in rows.tolist():
            _note(axes, row, *_recall_note(int(images[row]), int(errors[row])), colour="black" if errors[row] else GREY)
        axes.set_yticks(rows, [_plain(f"{name}  {class_id}") for class_id, name in enumerate(names)], fontsize=8)
        axes.set_title(_plain(title), pad=22)
        axes.set(xlabel="recall, %", xlim=(100 - min(100, max(1.0, 1.08 * missed.max())), 100))
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.spines[["top", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color="#E8E8E8")
        axes.set_axisbelow(True)


def _note(axes: "Axes", row: int, recall: str, misread: str, *, colour: str) -> None:
    """Write two right-aligned columns to the right of the bars."""
    for text, points in ((recall, 42), (misread, 112)):
        axes.annotate(
            text,
            (100, row),
            xytext=(points, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=8,
            color=colour,
            annotation_clip=False,
        )


def _recall_note(images: int, errors: int) -> tuple[str, str]:
    return (f"{100 * (1 - errors / images):.1f} %", f"{errors:,} of {images:,}") if images else ("", "no image")


def draw_curves(history: Sequence[EpochLike], path: Path) -> None:
    """Draw the learning curves: loss and accuracy of every epoch.

    Args:
        history: At least one epoch, in order.
        path: Ends in .png.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    with figure_at(path, width=11, height=4.2) as figure:
        left, right = figure.subplots(1, 2)
        losses = [line.loss for line in history], [line.validation_loss for line in history]
        _draw_curve(left, history, *losses)
        left.set(title="Loss", xlabel="epoch", ylabel="nats")
        if min(losses[0]) > 0:
            # The last epochs differ by a hundredth of the first loss.
            left.set_yscale("log")
            left.yaxis.set_major_formatter("{x:g}")
        accuracies = [100 * line.accuracy for line in history], [100 * line.validation_accuracy for line in history]
        _draw_curve(right, history, *accuracies)
        right.set(title="Accuracy", xlabel="epoch", ylabel="%")
        best = _best_epoch(history)
        if best is not None:
            for axes, values in ((left, losses[1]), (right, accuracies[1])):
                axes.plot(history[best].epoch, values[best], "o", color=ORANGE, markersize=9, markerfacecolor="none")
            right.plot([], [], "o", color=ORANGE, markerfacecolor="none", label="lowest validation loss")
        right.legend(loc="lower right", frameon=False)


def draw_detector_curves(history: Sequence[DetectorEpochLike], path: Path) -> None:
    """Draw the learning curves of a detector: its loss, and what it finds in the held-out scenes.

    Args:
        history: At least one epoch, in order.
        path: Ends in .png.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    with figure_at(path, width=11, height=4.2) as figure:
        left, right = figure.subplots(1, 2)
        losses = [line.loss for line in history]
        _draw_curve(left, history, losses, [])
        left.set(title="Loss", xlabel="epoch", ylabel="quality focal loss and overlap of boxes")
        if min(losses) > 0:
            left.set_yscale("log")
            left.yaxis.set_major_formatter("{x:g}")
        measured = [line for line in history if not math.isnan(line.validation_ap50)]
        epochs = [line.epoch for line in measured]
        for values, colour, label in (
            ([line.validation_ap50 for line in measured], ORANGE, "AP50"),
            ([line.validation_recall for line in measured], BLUE, "found at one false sign in ten images"),
        ):
            right.plot(epochs, [100 * value for value in values], ".-", color=colour, label=label)
        right.set(title="Held-out scenes" if measured else "No scene was held out", xlabel="epoch", ylabel="%")
        _tidy(right, history)
        if measured:
            right.legend(loc="lower right", frameon=False)


def _draw_curve(axes: "Axes", history: Sequence[NumberedEpoch], train: list[float], validation: list[float]) -> None:
    epochs = [line.epoch for line in history]
    axes.plot(epochs, train, ".-", color=BLUE, label="training")
    measured = [index for index, value in enumerate(validation) if not math.isnan(value)]
    if measured:
        points = [epochs[index] for index in measured], [validation[index] for index in measured]
        axes.plot(*points, ".-", color=ORANGE, label="validation")
    _tidy(axes, history)


def _tidy(axes: "Axes", history: Sequence[NumberedEpoch]) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlim(history[0].epoch - 0.5, history[-1].epoch + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(color="#E8E8E8")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _best_epoch(history: Sequence[EpochLike]) -> int | None:
    finite = [index for index, line in enumerate(history) if math.isfinite(line.validation_loss)]
    return min(finite, key=lambda index: history[index].validation_loss, default=None)


@contextmanager
def figure_at(path: Path, *, width: float, height: float, axes_fitted: bool = True) -> Iterator["Figure"]:
    """Yield a Matplotlib figure and write it as a PNG file, whole or not at all.

    Args:
        path: Ends in .png.
        width: In inches.
        height: In inches.
        axes_fitted: Arrange the axes so that all labels fit.

    Raises:
        OSError: If the file cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError(
            f"Plots need matplotlib: {error}.", hint="Install it: pip install 'roadsigns[report]'"
        ) from error
    with fonts_of_all_scripts():
        figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained" if axes_fitted else None)
        yield figure
        with replace_when_done(path) as temporary, missing_glyphs_in_one_warning():
            figure.savefig(temporary, format="png", facecolor="white")


def _plain(title: str) -> str:
    """A title holds the name of a model, perhaps a path of any bytes; "$" would begin a formula."""
    return printable(title).replace("$", r"\$")
