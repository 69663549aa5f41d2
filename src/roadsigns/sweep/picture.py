"""The results of a sweep as a picture: the errors of each setting with its interval, and of each seed."""

from pathlib import Path

from roadsigns.reporting.figure import figure_at, write_title
from roadsigns.reporting.style import LIGHT, LINE
from roadsigns.reporting.words import plain, shorten
from roadsigns.sweep.results import SweepResult
from roadsigns.wording import counted

__all__ = ["draw_sweep"]

# In inches.
WIDTH, HEAD, ROW, MAX_HEIGHT = 10.0, 1.5, 0.32, 200.0
LONGEST_NAME = 60


def draw_sweep(result: SweepResult, path: Path) -> None:
    """Draw the settings that have errors to show, the most accurate at the top.

    Args:
        result: With at least one finished fold.
        path: Ends in .png.

    Raises:
        OSError: If the file cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    judged = [one for one in result.settings if one.interval is not None]
    rows = range(len(judged))
    with figure_at(path, width=WIDTH, height=min(HEAD + ROW * len(judged), MAX_HEIGHT)) as figure:
        axes = figure.add_subplot()
        for row, one in zip(rows, judged, strict=True):
            interval = one.interval
            if interval is None or one.error_rate is None:
                continue
            axes.hlines(row, 100 * (1 - interval.high), 100 * (1 - interval.low), color=LIGHT.soft, linewidth=LINE)
            seeds = [100 * seed.errors / seed.images for seed in one.seeds if seed.images and len(one.seeds) > 1]
            axes.plot(seeds, [row] * len(seeds), "o", color="none", markeredgecolor=LIGHT.accent, markersize=5)
            axes.plot([100 * one.error_rate], [row], "o", color=LIGHT.accent, markersize=8)
        axes.set_yticks(rows, [plain(shorten(one.setting.name, LONGEST_NAME)) for one in judged])
        axes.set_ylim(len(judged) - 0.5, -0.5)
        axes.set_xlim(left=0)
        rings = ", a ring one seed" if any(len(one.seeds) > 1 for one in judged) else ""
        axes.set_xlabel(f"misread, %; a line is a 95 % interval{rings}")
        axes.spines[["left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=False, axis="y")
        left_out = len(result.settings) - len(judged)
        more = f", {counted(left_out, 'setting')} without a finished fold left out" if left_out else ""
        write_title(figure, f"{counted(len(judged), 'setting')} on {result.source}{more}")
