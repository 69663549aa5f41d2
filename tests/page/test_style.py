"""The page has the colours of all pictures."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from roadsigns import page
from roadsigns.palette import DARK, LIGHT, MARKS, Palette

STYLE = (Path(page.__file__).parent / "site" / "style.css").read_text(encoding="utf-8")


def colours_of(block):
    """The custom properties of a block of the style sheet."""
    return {name: value.upper() for name, value in re.findall(r"--([\w-]+): (#\w{6});", block)}


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_are_those_of_the_palette(palette):
    """By the same names, in light and dark."""
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)")[:2]
    shown = colours_of(light if palette is LIGHT else dark.split("* {")[0])
    names = [field.name for field in fields(Palette) if field.name not in {"grid", "series"}]

    assert {name: shown[name.replace("_", "-")] for name in names} == {name: getattr(palette, name) for name in names}


@pytest.mark.parametrize("decision", ["known", "uncertain", "unknown"])
def test_marks_look_as_in_annotated_pictures(decision):
    """One picture on the page and in a file."""
    assert colours_of(STYLE)[decision] == getattr(MARKS, decision)
