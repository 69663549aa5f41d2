"""The results of a sweep as a picture: the errors of each setting with its interval, and of each seed."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from roadsigns.reporting.figure import figure_at, write_title
from roadsigns.reporting.style import LIGHT, LINE
from roadsigns.reporting.words import plain, wrap
from roadsigns.sweep.grid import Setting, short_keys
from roadsigns.sweep.results import SweepResult
from roadsigns.wording import counted

__all__ = ["draw_sweep"]

# In inches; a row is as high as the lines of its name, and there is some room between two.
WIDTH, HEAD, LINE_HEIGHT, GAP = 10.0, 1.5, 0.16, 0.16
# Of a name, in letters and lines.
NAME_WIDTH, NAME_LINES = 48.0, 8
# As many as can be looked at.
MOST = 200


def draw_sweep(result: SweepResult, path: Path) -> None:
    """Draw the settings that have errors to show, the most accurate at the top.

    Args:
        result: With at least one finished fold.
        path: Ends in .png.

    Raises:
        OSError: If the file cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    judged = [one for one in result.settings if one.error_rate_interval is not None]
    drawn = judged[:MOST]
    keys = short_keys(one.setting for one in drawn)
    names = [wrap(_name(one.setting, keys), NAME_WIDTH, NAME_LINES) for one in drawn]
    row_height = GAP + LINE_HEIGHT * max(name.count("\n") + 1 for name in names)
    with figure_at(path, width=WIDTH, height=HEAD + row_height * len(drawn)) as figure:
        axes = figure.add_subplot()
        # Not clipped, so that points are whole at 0 and 100 % too.
        plot = partial(axes.plot, marker="o", linestyle="none", clip_on=False, zorder=3)
        for row, one in enumerate(drawn):
            interval = one.error_rate_interval
            if interval is None or one.error_rate is None:
                continue
            axes.hlines(row, 100 * interval.low, 100 * interval.high, color=LIGHT.soft, linewidth=LINE)
            seeds = [100 * rate for seed in one.seeds if (rate := seed.error_rate) is not None and len(one.seeds) > 1]
            plot(seeds, [row] * len(seeds), color="none", markeredgecolor=LIGHT.accent, markersize=5)
            plot([100 * one.error_rate], [row], color=LIGHT.accent, markersize=8)
        axes.set_yticks(range(len(drawn)), ["\n".join(map(plain, name.split("\n"))) for name in names])
        axes.set_ylim(len(drawn) - 0.5, -0.5)
        axes.set_xlim(left=0)
        rings = ", a ring one seed" if any(len(one.seeds) > 1 for one in drawn) else ""
        axes.set_xlabel(f"misread, %; a line is a 95 % interval{rings}")
        axes.spines[["left"]].set_visible(False)
        axes.tick_params(axis="y", length=0, pad=8)
        axes.grid(visible=False, axis="y")
        write_title(figure, _title(result, len(drawn), len(judged)))


def _name(setting: Setting, keys: Mapping[str, str]) -> str:
    return ", ".join((setting.recipe_name, *(f"{keys[key]}={value}" for key, value in setting.values.items())))


def _title(result: SweepResult, drawn: int, judged: int) -> str:
    which = counted(judged, "setting") if drawn == judged else f"The best {drawn} of {counted(judged, 'setting')}"
    left_out = len(result.settings) - judged
    more = f", {counted(left_out, 'setting')} without a finished fold left out" if left_out else ""
    return ". ".join(filter(None, (f"{which} on {result.source}{more}", result.partial_label)))
