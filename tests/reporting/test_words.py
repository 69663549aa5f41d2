"""Words are measured as they are drawn, and cut where they do not fit."""

import numpy as np
import pytest
from PIL import Image

from roadsigns.reporting.figure import figure_at
from roadsigns.reporting.style import DPI
from roadsigns.reporting.words import keep_end, letters_in, plain, shorten, width_of, wrap


@pytest.mark.parametrize("text", ["iiiiiiiiii", "WWWWWWWWWW", "speed limit 30", "Въезд запрещён", "a$b$c_d^e"])
def test_width_is_that_of_the_drawn_words(tmp_path, text):
    """Within a few pixels of what is dark in a picture."""
    with figure_at(tmp_path / "a.png", width=6, height=1, axes_fitted=False) as figure:
        figure.text(0.1, 0.5, text, fontsize=20, parse_math=False)

    with Image.open(tmp_path / "a.png") as picture:
        (columns,) = np.nonzero((np.asarray(picture.convert("L")) < 128).any(axis=0))
    assert np.ptp(columns) == pytest.approx(DPI * width_of(text) / letters_in(1, 20), abs=6)


@pytest.mark.parametrize("letters", [6, 12, 30])
@pytest.mark.parametrize(
    "text", ["end of no overtaking by lorries", "WILD_WATER_AND_WILLOWS", "止まれ 一時停止", "", "a"]
)
def test_lines_are_no_wider_than_allowed(text, letters):
    """Whatever the letters are. Nothing is lost while there are lines."""
    lines = wrap(text, letters, 9).split("\n")

    assert max(map(width_of, lines)) <= letters
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert width_of(shorten(text, letters)) <= letters
    assert width_of(keep_end(text, letters)) <= letters


def test_what_does_not_fit_is_cut():
    """Names at their end, paths at their start."""
    assert wrap("end of no overtaking by lorries", 12, 2) == "end of no\novertaking…"
    assert shorten("end of no overtaking", 10) == "end of no…"
    assert keep_end("a/very/long/path", 10) == "…long/path"
    assert keep_end("short", 10) == "short"


def test_names_cannot_give_orders_to_anything():
    """A class is named after its folder, whose name may be any bytes; a dollar sign begins no formula."""
    for text in (wrap("a\x1b[31m", 20, 1), shorten("a\x1b[31m", 20), keep_end("a\x1b[31m", 20), plain("a\x1b[31m")):
        assert "\x1b" not in text
    assert plain("5$ or 6$ \udcff") == r"5\$ or 6\$ �"
