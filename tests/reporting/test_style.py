"""Pictures take their colours from one place and look alike everywhere."""

import ast
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import get_named_colors_mapping, to_hex

import roadsigns
from roadsigns.palette import LIGHT
from roadsigns.reporting.confusion_plot import draw_confusion
from roadsigns.reporting.misread_sheet import Misread, draw_misread
from roadsigns.reporting.recall_plot import draw_recall
from roadsigns.reporting.style import contrast, shades_of, text_on

SOURCES = Path(roadsigns.__file__).parent
# Drawn signs and their surroundings, pixels that hide parts of signs, and the grey around what a detector sees.
CONTENT = ("synthesis", "robustness", "detection/find.py")
OF_COLOUR = {
    "color",
    "colour",
    "facecolor",
    "edgecolor",
    "markerfacecolor",
    "markeredgecolor",
    "foreground",
    "cmap",
    "fill",
}


def colours_in(path):
    """Colours that are written out: "#0072B2", color="black", cmap="Reds", fill=(0, 0, 0)."""
    named = {*get_named_colors_mapping(), *mpl.colormaps}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("#"):
            digits = node.value[1:]
            if len(digits) in {3, 6, 8} and not set(digits) - set("0123456789abcdefABCDEF"):
                yield node.value
        if isinstance(node, ast.keyword) and node.arg in OF_COLOUR:
            if isinstance(node.value, ast.Constant) and node.value.value in named - {"none"}:
                yield node.value.value
            if isinstance(node.value, ast.Tuple) and all(isinstance(part, ast.Constant) for part in node.value.elts):
                yield ast.unparse(node.value)


@pytest.mark.parametrize(
    "line", ['BLUE = "#0072B2"', 'axes.plot(color="black")', 'axes.imshow(cmap="Reds")', "pen.line(fill=(0, 0, 0))"]
)
def test_colours_that_are_written_out_are_found(tmp_path, line):
    """So the test below can fail."""
    (tmp_path / "a.py").write_text(line, encoding="utf-8")

    assert list(colours_in(tmp_path / "a.py"))


def test_colours_stand_in_the_palette_alone():
    """No plot, sheet or annotation has one of its own."""
    found = {
        str(path.relative_to(SOURCES)): colours
        for path in SOURCES.rglob("*.py")
        if path.name != "palette.py" and not str(path.relative_to(SOURCES)).startswith(CONTENT)
        if (colours := list(colours_in(path)))
    }

    assert found == {}


def draw_all(folder):
    """Return what three pictures hold."""
    folder.mkdir()
    draw_confusion(np.array([[9, 1], [0, 9]]), ["a", "b"], folder / "confusion.png", title="t")
    draw_recall(np.array([9, 9]), np.array([0, 1]), ["a", "b"], folder / "recall.png", title="t")
    draw_misread([Misread(np.zeros((9, 9, 3), np.uint8), "a", "b", 0.9)], folder / "misread.png", title="t")
    return [path.read_bytes() for path in sorted(folder.iterdir())]


def test_pictures_are_the_same_whatever_the_users_settings(tmp_path):
    """Twice the same bytes, and again with another `matplotlibrc`."""
    first = draw_all(tmp_path / "first")
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "text.color": "red", "savefig.dpi": 40}):
        other = draw_all(tmp_path / "other")

    assert draw_all(tmp_path / "second") == first
    assert other == first


def test_users_own_settings_stay(tmp_path):
    """What the caller draws afterwards looks as it wants."""
    with mpl.rc_context({"font.size": 30}):
        draw_all(tmp_path / "all")

        assert mpl.rcParams["font.size"] == 30


def test_words_on_any_shade_are_read():
    """At least 4.5 on every number's colour in a matrix."""
    for colour in (LIGHT.wrong, LIGHT.accent):
        shades = shades_of(colour)
        grounds = [to_hex(shades(place)) for place in np.linspace(0, 1, 50)]
        assert min(contrast(text_on(ground), ground) for ground in grounds) >= 4.5


def test_smallest_number_shows():
    """Where it should; else numbers begin at the ground."""
    assert to_hex(shades_of(LIGHT.wrong)(0.0)) == LIGHT.ground.lower()
    assert contrast(to_hex(shades_of(LIGHT.wrong, least=0.2)(0.0)), LIGHT.ground) > 1.5
