"""Pictures of figures: confusion matrix, recall of each class, learning curves, the misread images.

Matplotlib's Figure objects only: pyplot keeps global state and may want a screen.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from roadsigns.errors import MissingExtraError
from roadsigns.files import replace_when_done
from roadsigns.images.decode import UInt8Image

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["EpochLike", "Misread", "draw_confusion", "draw_curves", "draw_misread", "draw_recall"]

DPI = 100
# With more classes than this, names and counts in the matrix would be too small to read.
MAX_NAMED_CLASSES = 120
SHEET_COLUMNS = 10

# Blue and orange are told apart by every kind of colour vision (Okabe and Ito 2008).
BLUE, ORANGE, GREY, RED = "#0072B2", "#E69F00", "#666666", "#B22222"


class EpochLike(Protocol):
    """One epoch of a training, as `roadsigns.training.run.EpochFigures`. Validation is NaN where there is none."""

    @property
    def epoch(self) -> int: ...
    @property
    def loss(self) -> float: ...
    @property
    def accuracy(self) -> float: ...
    @property
    def validation_loss(self) -> float: ...
    @property
    def validation_accuracy(self) -> float: ...


@dataclass(frozen=True, slots=True, eq=False)
class Misread:
    """One misread image.

    Attributes:
        image: RGB, shape (height, width, 3), uint8.
        truth: Name of its class.
        read: Name of the class that was read.
        probability: Of the class that was read.
    """

    image: UInt8Image
    truth: str
    read: str
    probability: float


def draw_confusion(confusion: npt.NDArray[np.int64], names: Sequence[str], path: Path, *, title: str) -> None:
    """Draw a confusion matrix: misreadings in red, their number in the cell; right readings as grey numbers.

    Args:
        confusion: Counts, rows are the truth, columns what was read, shape (num_classes, num_classes).
        names: Of the classes, in label order.
        path: Ends in .png.
        title: What was measured.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    count = len(names)
    side = min(max(5.0, 3.0 + 0.29 * count), 40.0)
    with _figure_at(path, width=side + 1, height=side) as figure:
        from matplotlib.colors import PowerNorm

        axes = figure.add_subplot()
        misread = np.where(np.eye(count, dtype=bool), 0, confusion)
        # The square root, since one misreading must show beside forty of another kind.
        axes.imshow(misread, cmap="Reds", norm=PowerNorm(0.5, 0, max(1, misread.max())), interpolation="nearest")
        axes.set(title=title, xlabel="read as", ylabel="truth")
        axes.set_xticks(np.arange(count + 1) - 0.5, minor=True)
        axes.set_yticks(np.arange(count + 1) - 0.5, minor=True)
        axes.tick_params(which="both", length=0)
        if count <= MAX_NAMED_CLASSES:
            axes.grid(which="minor", color="#E8E8E8", linewidth=0.5)
            _name_matrix(axes, confusion, misread, names)


def _name_matrix(
    axes: "Axes", confusion: npt.NDArray[np.int64], misread: npt.NDArray[np.int64], names: Sequence[str]
) -> None:
    labels = [f"{name}  {class_id}" for class_id, name in enumerate(names)]
    axes.set_xticks(range(len(names)), labels, rotation=90, fontsize=8)
    axes.set_yticks(range(len(names)), labels, fontsize=8)
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
    """Draw the recall of each class as bars that grow from 100 % downwards: what is drawn is what was missed.

    Args:
        images: Of each class, shape (num_classes,).
        errors: Misread ones of each class, shape (num_classes,).
        names: Of the classes, in label order.
        path: Ends in .png.
        title: What was measured.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    missed = 100 * np.divide(errors, images, out=np.zeros(len(names)), where=images > 0)
    rows = np.arange(len(names))
    with _figure_at(path, width=10, height=min(1.8 + 0.22 * len(names), 200)) as figure:
        axes = figure.add_subplot()
        axes.barh(rows, -missed, left=100, color=RED, height=0.7)
        for row in rows.tolist():
            axes.annotate(
                _recall_note(int(images[row]), int(errors[row])),
                (100, row),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                color="black" if errors[row] else GREY,
            )
        axes.set_yticks(rows, [f"{name}  {class_id}" for class_id, name in enumerate(names)], fontsize=8)
        axes.set(title=title, xlabel="recall, %", xlim=(100 - max(1.0, 1.08 * missed.max()), 100))
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.spines[["top", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color="#E8E8E8")
        axes.set_axisbelow(True)


def _recall_note(images: int, errors: int) -> str:
    if not images:
        return "no image"
    return f"{100 * (1 - errors / images):.1f}   {errors} of {images}" if errors else f"100   {images}"


def draw_curves(history: Sequence[EpochLike], path: Path) -> None:
    """Draw loss and accuracy of every epoch.

    Args:
        history: At least one epoch, in order.
        path: Ends in .png.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    with _figure_at(path, width=11, height=4.2) as figure:
        left, right = figure.subplots(1, 2)
        losses = [line.loss for line in history], [line.validation_loss for line in history]
        _draw_curve(left, history, *losses)
        left.set(title="Loss", xlabel="epoch", ylabel="nats")
        if min(losses[0]) > 0:
            # The last epochs' differences are a hundredth of the first loss.
            left.set_yscale("log")
        accuracies = [100 * line.accuracy for line in history], [100 * line.validation_accuracy for line in history]
        _draw_curve(right, history, *accuracies)
        right.set(title="Accuracy", xlabel="epoch", ylabel="%")
        best = _best_epoch(history)
        if best is not None:
            for axes, values in ((left, losses[1]), (right, accuracies[1])):
                axes.plot(history[best].epoch, values[best], "o", color=ORANGE, markersize=9, markerfacecolor="none")
            right.plot([], [], "o", color=ORANGE, markerfacecolor="none", label="lowest validation loss")
        right.legend(loc="lower right", frameon=False)


def _draw_curve(axes: "Axes", history: Sequence[EpochLike], train: list[float], validation: list[float]) -> None:
    from matplotlib.ticker import MaxNLocator

    epochs = [line.epoch for line in history]
    axes.plot(epochs, train, ".-", color=BLUE, label="training")
    if not all(math.isnan(value) for value in validation):
        axes.plot(epochs, validation, ".-", color=ORANGE, label="validation")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(color="#E8E8E8")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _best_epoch(history: Sequence[EpochLike]) -> int | None:
    finite = [index for index, line in enumerate(history) if math.isfinite(line.validation_loss)]
    return min(finite, key=lambda index: history[index].validation_loss, default=None)


def draw_misread(misread: Sequence[Misread], path: Path, *, title: str) -> None:
    """Draw a sheet of misread images, each with what was read, how surely, and what it is.

    Args:
        misread: In the order wanted; none gives a sheet that holds only its title.
        path: Ends in .png.
        title: What was measured, and how many images are left out.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    columns = max(5, min(SHEET_COLUMNS, len(misread)))
    rows = -(-len(misread) // columns)
    with _figure_at(path, width=1.6 * columns + 0.4, height=2.05 * rows + 0.8) as figure:
        figure.suptitle(title, fontsize=11)
        grid = figure.subplots(max(1, rows), columns, squeeze=False).ravel()
        for axes in grid:
            axes.axis("off")
        for axes, one in zip(grid, misread, strict=False):
            axes.imshow(one.image, interpolation="nearest")
            axes.set_title(f"{_wrapped(one.read)}\n{100 * one.probability:.1f} %", fontsize=7.5, color=RED, pad=3)
            axes.text(0.5, -0.04, _wrapped(one.truth), transform=axes.transAxes, ha="center", va="top", fontsize=7.5)


def _wrapped(name: str) -> str:
    import textwrap

    return textwrap.fill(name, 22, max_lines=2, placeholder="…")


@contextmanager
def _figure_at(path: Path, *, width: float, height: float) -> Iterator["Figure"]:
    """Yield a figure of so many inches and write it, whole or not at all."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError(
            f"Pictures need matplotlib ({error}). Install it: pip install 'roadsigns[report]'"
        ) from error
    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    yield figure
    with replace_when_done(path) as temporary:
        figure.savefig(temporary, format="png", facecolor="white")
