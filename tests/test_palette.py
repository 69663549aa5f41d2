"""Colours that differ in meaning look different to everybody, and words stand out from their ground."""

from itertools import combinations

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, xyz2lab

from roadsigns.palette import DARK, LIGHT, MARKS, rgb_of
from roadsigns.reporting.style import contrast

# Machado, Oliveira and Fernandes 2009, "A physiologically-based model for simulation of color vision deficiency": full
# severity, linear RGB.
VISIONS = {
    "all three kinds of cone": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# From linear sRGB, for D65.
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
# In CIEDE2000: 1 is just seen in large areas side by side; thin lines and small words that lie apart want far more.
FAR = 20.0
PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def seen(colour, vision):
    """The colour in CIE Lab, as it is seen."""
    parts = np.array(rgb_of(colour)) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return xyz2lab(XYZ @ np.clip(np.array(VISIONS[vision]) @ linear, 0, 1))


def too_near(colours):
    """The pairs that somebody confuses."""
    return [
        (first, second, vision, round(float(distance)))
        for first, second in combinations(colours, 2)
        for vision in VISIONS
        if (distance := deltaE_ciede2000(seen(first, vision), seen(second, vision))) < FAR
    ]


def test_simulation_confuses_red_and_green():
    """The oracle sees what a colour-blind person does not: these differ by their hue alone."""
    red, green, blue = "#B5651D", "#6B8E23", "#0072B2"

    assert {vision for *_, vision, _ in too_near([red, green])} == {"protanopia", "deuteranopia"}
    assert not too_near([red, blue])


@PALETTES
def test_series_differ_for_everybody(palette):
    """Curves and bars side by side."""
    assert too_near(palette.series) == []


@PALETTES
def test_right_and_wrong_differ_for_everybody(palette):
    """And wrong words from other words, for which they stand beside them."""
    assert too_near([palette.accent, palette.wrong]) == []
    assert too_near([palette.text, palette.wrong, palette.accent]) == []
    assert too_near([palette.soft, palette.wrong]) == []


def test_marks_in_photographs_differ_for_everybody():
    """Decisions from each other, and what is labelled from what is detected."""
    assert too_near([MARKS.known, MARKS.uncertain, MARKS.unknown]) == []
    assert too_near([MARKS.labelled, MARKS.detected]) == []


@PALETTES
def test_words_stand_out_from_their_ground(palette):
    """As WCAG 2.2 wants it: 4.5 for words, 3 for lines, and 7 for plain text."""
    for ground in (palette.ground, palette.raised):
        assert contrast(palette.text, ground) >= 7
        assert min(contrast(words, ground) for words in (palette.soft, palette.accent, palette.wrong)) >= 4.5
    assert contrast(palette.on_accent, palette.accent) >= 4.5
    assert min(contrast(line, palette.ground) for line in (palette.line, *palette.series)) >= 3


def test_marks_are_seen_on_any_ground():
    """What is too like a ground has an edge that is not."""
    for mark in (MARKS.known, MARKS.uncertain, MARKS.unknown, MARKS.labelled, MARKS.detected, MARKS.window):
        assert contrast(mark, MARKS.edge) >= 3


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("#FFFFFF", "#000000", 21.0), ("#777777", "#FFFFFF", 4.48), ("#0072B2", "#0072B2", 1.0)],
)
def test_contrast_is_that_of_the_standard(first, second, expected):
    """Known values: black on white, and the grey that just fails."""
    assert contrast(first, second) == pytest.approx(expected, abs=0.005)
