"""The picture of an explanation."""

import numpy as np
import pytest

from roadsigns.explanation import picture as pictures
from roadsigns.explanation.heat_map import HeatMap
from roadsigns.explanation.picture import draw_picture
from roadsigns.inference.prediction import ClassProbability, Prediction
from roadsigns.types import SignClass

STOP = SignClass(14, "stop")


def predicted(decision=None, name="stop", kind=None):
    """A prediction of a stop sign."""
    top = (ClassProbability(14, name, 0.98312),)
    return Prediction(14, name, 0.98312, top, decision, None if decision is None else 0.5, kind)


def map_of(side, hot=True):
    """A map that is hot in the middle, or nowhere."""
    values = np.zeros((side, side), np.float32)
    values[side // 3 : side // 2, side // 3 : side // 2] = hot
    return HeatMap(values, 14, "occlusion")


@pytest.fixture
def written(monkeypatch):
    """The texts that are written into pictures."""
    texts = []
    write = pictures._write

    def note(pen, place, line):
        texts.append(line.text)
        write(pen, place, line)

    monkeypatch.setattr(pictures, "_write", note)
    return texts


@pytest.mark.parametrize("side", [1, 20, 40, 48, 64, 288, 500])
def test_network_inputs_of_any_size_are_drawn(side):
    """Enlarged to about the same size, or as they are."""
    picture = draw_picture(np.full((side, side, 3), 220, np.uint8), predicted(), STOP, map_of(side))

    assert picture.dtype == np.uint8
    assert 500 <= picture.shape[1] <= max(700, 2 * side + 60)


def test_sign_is_shown_as_the_network_sees_it(written):
    """Pixel for pixel, beside the map; name, probability and scale are said."""
    sign = np.random.default_rng(0).integers(0, 256, (48, 48, 3), np.uint8)

    picture = draw_picture(sign, predicted("known"), STOP, map_of(48))

    large = sign.repeat(6, axis=0).repeat(6, axis=1)
    top = next(row for row in range(60) if (picture[row, 16:304] == large[0]).all())
    np.testing.assert_array_equal(picture[top : top + 288, 16:304], large)
    assert written[0] == "as the network sees it"
    assert {"stop", "98.31 %, known", "nothing", "outlined: above half", "most"} <= set(written)


def test_dark_sign_is_brightened_and_that_is_said(written):
    """A person would see nothing else."""
    draw_picture(np.full((48, 48, 3), 20, np.uint8), predicted(), STOP, map_of(48))

    assert "as the network sees it, brightened" in written


@pytest.mark.parametrize(
    ("prediction", "explained", "hot", "expected"),
    [
        (predicted("uncertain"), STOP, True, {"stop?", "98.31 %, uncertain"}),
        (
            predicted("unknown", kind="danger"),
            STOP,
            True,
            {"another danger sign", "unknown", 'Bright: what looks like "stop".'},
        ),
        (
            predicted("known"),
            SignClass(3, "speed limit 60"),
            True,
            {"stop", 'Bright: what looks like "speed limit 60".'},
        ),
        (predicted("known"), STOP, False, {'No part of it supports "stop".'}),
    ],
)
def test_what_is_explained_is_said(written, prediction, explained, hot, expected):
    """Of an unknown sign, the class that it looks most like."""
    draw_picture(np.full((48, 48, 3), 220, np.uint8), prediction, explained, map_of(48, hot))

    assert expected <= set(written)


def test_long_names_are_broken_and_cut(written):
    """Into lines, and a word that is longer than a line at its end."""
    name = "a very long name of a sign that goes on and on " * 3 + "x" * 200

    picture = draw_picture(np.full((48, 48, 3), 220, np.uint8), predicted(name=name), STOP, map_of(48))

    assert picture.shape[1] == 624
    assert any(text.endswith("x…") for text in written)
    assert "a very long name of a sign that goes on and on a very" in written
