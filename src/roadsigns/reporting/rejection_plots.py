"""Pictures of how a score tells known images from unknown ones: histograms, and the curve of what is accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roadsigns.printable import printable
from roadsigns.reporting.plots import BLUE, GREY, ORANGE, figure_at

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ScorePlot", "draw_rejection"]

BINS = 60
# Scores nearer to 0 and 1 than this are drawn there: probabilities of float32 come no nearer to 1.
NEAREST = 1e-7
# The smallest share that is drawn.
LOWEST = 1e-3
COLOURS = (BLUE, ORANGE, "#009E73", "#CC79A7", GREY)

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class ScorePlot:
    """One score to draw.

    Attributes:
        name: Its name.
        known: Scores of the known images, shape (known,).
        unknown: Scores of the unknown images, shape (unknown,).
        threshold: From which an image is accepted.
        kept: The share of known images that is kept at each threshold, rising to 1, shape (thresholds,).
        accepted: The share of unknown images that is accepted there.
    """

    name: str
    known: Floats
    unknown: Floats
    threshold: float
    kept: Floats
    accepted: Floats


def draw_rejection(scores: Sequence[ScorePlot], path: Path, *, title: str, keep: float) -> None:
    """Draw a histogram of each score and one curve for each: unknown images accepted against known ones kept.

    Args:
        scores: At least one.
        path: Ends in .png.
        title: What was told from what.
        keep: The share of the known images that is to be kept, marked in the curves.

    Raises:
        OSError: If the file cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    with figure_at(path, width=6 + 5.5 * len(scores), height=4.6) as figure:
        *histograms, curve = figure.subplots(1, len(scores) + 1, squeeze=False)[0]
        figure.suptitle(printable(title).replace("$", r"\$"), fontsize=11)
        for axes, one in zip(histograms, scores, strict=True):
            _draw_histogram(axes, one)
        _draw_curves(curve, scores, keep)


def _draw_histogram(axes: "Axes", one: ScorePlot) -> None:
    values = np.concatenate([one.known, one.unknown])
    if values.min() >= 0 and values.max() <= 1:
        # Nearly all scores of a good network lie near 0 and 1: only the log odds show how near.
        lowest = min(max(float(values.min()), NEAREST), 0.5)
        edges = 1 / (1 + np.exp(-np.linspace(_log_odds(lowest), _log_odds(1 - NEAREST), BINS + 1)))
        axes.set_xscale("logit")
        axes.set_xlim(edges[0], edges[-1])
        clipped = [np.clip(part, edges[0], edges[-1]) for part in (one.known, one.unknown)]
    else:
        edges = np.linspace(values.min(), max(values.max(), values.min() + NEAREST), BINS + 1)
        clipped = [one.known, one.unknown]
    for part, colour, label in zip(clipped, (BLUE, ORANGE), ("known", "unknown"), strict=True):
        shares = np.histogram(part, edges)[0] / len(part)
        axes.stairs(
            100 * shares,
            edges,
            baseline=LOWEST,
            fill=True,
            alpha=0.55,
            color=colour,
            label=f"{len(part):,} {label} images",
        )
    at = np.clip(one.threshold, edges[0], edges[-1])
    axes.axvline(at, color="black", linewidth=1, label=f"accepted from {one.threshold:.4g}")
    axes.minorticks_off()
    axes.tick_params(labelsize=8)
    # Few unknown images lie where most known ones do, and these are what matters.
    axes.set_yscale("log")
    axes.set_ylim(100 * LOWEST, 300)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set(title=f"Score {printable(one.name)}", xlabel="score: higher is more known", ylabel="images, %")
    _tidy(axes)
    axes.legend(loc="upper left", frameon=False, fontsize=8)


def _log_odds(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))


def _draw_curves(axes: "Axes", scores: Sequence[ScorePlot], keep: float) -> None:
    for colour, one in zip(COLOURS, scores, strict=False):
        # A share of 0 has no place on a logarithmic axis.
        accepted = np.maximum(one.accepted, LOWEST / 2)
        axes.step(100 * one.kept, 100 * accepted, where="pre", color=colour, label=printable(one.name))
    axes.axvline(100 * keep, color="black", linewidth=1, linestyle=":", label=f"{100 * keep:g} % kept")
    axes.set_yscale("log")
    axes.set(title="Accepted against kept", xlabel="known images kept, %", ylabel="unknown images accepted, %")
    axes.set(xlim=(80, 100.3), ylim=(100 * LOWEST, 110))
    axes.yaxis.set_major_formatter("{x:g}")
    _tidy(axes)
    axes.legend(loc="upper left", frameon=False, fontsize=8)


def _tidy(axes: "Axes") -> None:
    axes.grid(color="#E8E8E8")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
