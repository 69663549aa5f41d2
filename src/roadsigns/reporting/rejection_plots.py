"""Pictures of how a score tells known images from unknown ones: histograms, and the curve of what is accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roadsigns.reporting.figure import figure_at, write_title
from roadsigns.reporting.style import DASHES, LIGHT, LINE
from roadsigns.reporting.words import plain, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ScorePlot", "draw_rejection"]

# In inches, of one plot, and the room for the title; so many plots stand side by side.
WIDTH, HEIGHT, HEAD, COLUMNS = 5.5, 4.2, 0.5, 3
BINS = 60
# Scores nearer to 0 and 1 than this are drawn there: probabilities of float32 come no nearer to 1.
NEAREST = 1e-7
# Places on the axis of probabilities: tails of 10 %, 1 % and so on, those in sight.
TAILS = (0.1, 0.01, 1e-4, 1e-6)
# The smallest share that is drawn.
LOWEST = 1e-3
LONGEST_NAME = 30

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
    count = len(scores) + 1
    columns = 2 if count == 4 else min(COLUMNS, count)  # noqa: PLR2004 - two rows of two
    rows = -(-count // columns)
    with figure_at(path, width=WIDTH * columns, height=HEIGHT * rows + HEAD) as figure:
        write_title(figure, title)
        *histograms, curve = [figure.add_subplot(rows, columns, place + 1) for place in range(count)]
        for axes, one in zip(histograms, scores, strict=True):
            _draw_histogram(axes, one)
        _draw_curves(curve, scores, keep)


def _draw_histogram(axes: "Axes", one: ScorePlot) -> None:
    values = np.concatenate([one.known, one.unknown])
    if values.min() >= 0 and values.max() <= 1:
        edges = _spread_probabilities(axes, values)
    else:
        edges = np.linspace(values.min(), max(values.max(), values.min() + NEAREST), BINS + 1)
    clipped = [np.clip(part, edges[0], edges[-1]) for part in (one.known, one.unknown)]
    for number, (part, name) in enumerate(zip(clipped, ("known", "unknown"), strict=True)):
        shares = 100 * np.histogram(part, edges)[0] / len(part)
        colour, base = LIGHT.series[number], 100 * LOWEST
        # An area for the known and a line for the unknown, which are seen through each other.
        axes.stairs(shares, edges, baseline=base, fill=True, alpha=0.35 if number == 0 else 0.2, color=colour)
        label = f"{len(part):,} {name}"
        axes.stairs(shares, edges, baseline=base, color=colour, linewidth=LINE / (2 - number), label=label)
    at = np.clip(one.threshold, edges[0], edges[-1])
    accepted = f"accepted from {one.threshold:.4g}"
    axes.vlines(at, 100 * LOWEST, 130, color=LIGHT.text, linewidth=LINE, linestyle=DASHES[1], label=accepted)
    # Few unknown images lie where most known ones do, and these are what matters.
    axes.set_yscale("log")
    # Above all bars there is room for the legend.
    axes.set_ylim(100 * LOWEST, 1500)
    axes.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    axes.minorticks_off()
    name = plain(shorten(one.name, LONGEST_NAME))
    axes.set(title=f"Score {name}", xlabel="score: higher is more known", ylabel="images, %")
    axes.legend(loc="upper left", ncols=2)


def _spread_probabilities(axes: "Axes", values: Floats) -> Floats:
    """Spread an axis by log odds, since nearly all scores of a good network lie near 0 and 1; return edges of bins."""
    lowest = min(max(float(values.min()), NEAREST), 0.4)
    highest = max(min(float(values.max()), 1 - NEAREST), 0.6)
    edges = 1 / (1 + np.exp(-np.linspace(_log_odds(lowest), _log_odds(highest), BINS + 1)))
    axes.set_xscale("logit")
    axes.set_xlim(edges[0], edges[-1])
    ticks = sorted({0.5, *TAILS, *(1 - tail for tail in TAILS)})
    ticks = [tick for tick in ticks if edges[0] <= tick <= edges[-1]]
    axes.set_xticks(ticks, [f"{tick:.10g}" if tick > TAILS[-1] else "1e-6" for tick in ticks])
    return edges


def _log_odds(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))


def _draw_curves(axes: "Axes", scores: Sequence[ScorePlot], keep: float) -> None:
    for number, one in enumerate(scores):
        # A share of 0 has no place on a logarithmic axis.
        accepted = 100 * np.maximum(one.accepted, LOWEST / 2)
        place = number % len(DASHES)
        look = {"color": LIGHT.series[place], "linestyle": DASHES[place]}
        axes.step(100 * one.kept, accepted, where="pre", label=plain(shorten(one.name, LONGEST_NAME)), **look)
    axes.axvline(100 * keep, color=LIGHT.text, linewidth=LINE / 2, label=f"{100 * keep:g} % kept")
    axes.set_yscale("log")
    axes.set(title="Accepted against kept", xlabel="known images kept, %", ylabel="unknown images accepted, %")
    axes.set(xlim=(80, 100.3), ylim=(100 * LOWEST, 110), xticks=range(80, 101, 5))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    axes.legend(loc="upper left")
