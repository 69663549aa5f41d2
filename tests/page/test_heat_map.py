"""The page draws heat maps as Python does, and says where the heat is."""

import numpy as np
import pytest

from roadsigns.explanation.heat_map import HeatMap
from roadsigns.explanation.overlay import overlay
from roadsigns.preprocessing.brighten import brighten

DRAW = """async ({ sign, values, size, scale }) => {
  const { heatPixels, signPixels } = await import(new URL("page/heat_map.js", location));
  const [levels, heat] = [Uint8Array.from(sign), Float32Array.from(values)];
  return [signPixels(levels, size, scale), heatPixels(levels, heat, size, scale)].map(({ data }) => [...data]);
}"""
WHERE = """async (maps) => {
  const { whereWords } = await import(new URL("page/heat_map.js", location));
  return maps.map(({ values, size }) => whereWords(Float32Array.from(values), size));
}"""


def picture_of(levels, size):
    """RGB of a page's pixels."""
    return np.reshape(levels, (size, size, 4))[..., :3].astype(int)


@pytest.mark.parametrize(("size", "scale", "brightest"), [(8, 1, 256), (9, 3, 256), (12, 4, 60)])
def test_pictures_are_those_of_python(phone, size, scale, brightest):
    """To one level, bright signs and dark ones, with smooth heat."""
    rng = np.random.default_rng(size)
    sign = rng.integers(0, brightest, (size, size, 3), np.uint8)
    row = np.linspace(0, 1, size, dtype=np.float32)
    values = np.outer(row, row).astype(np.float32)

    drawn, heat = phone.evaluate(
        DRAW, {"sign": sign.ravel().tolist(), "values": values.ravel().tolist(), "size": size, "scale": scale}
    )

    large = brighten(sign).repeat(scale, axis=0).repeat(scale, axis=1)
    assert np.abs(picture_of(drawn, size * scale) - large).max() <= 1
    expected = overlay(sign, HeatMap(values, 0, "occlusion"), scale=scale).astype(int)
    assert np.abs(picture_of(heat, size * scale) - expected).max() <= 2
    assert (expected == 255).all(axis=2).any()


def heat_at(*places, size=9):
    """A map with so much heat at those places."""
    values = np.zeros((size, size))
    for row, column, heat in places:
        values[row, column] = heat
    return {"values": values.ravel().tolist(), "size": size}


def test_words_say_where_the_heat_is(phone):
    """The hottest places first, until they hold most of it, at most three; nothing where there is none."""
    maps = [
        heat_at((4, 4, 1)),
        heat_at((4, 4, 0.5), (0, 0, 0.3), (8, 8, 0.2)),
        heat_at(*((row, column, 1) for row in range(9) for column in range(9))),
        heat_at(),
    ]

    words = phone.evaluate(WHERE, maps)

    assert words[0] == "in the middle (100\u00a0%)"
    assert words[1] == "in the middle (50\u00a0%) and at the upper left (30\u00a0%)"
    assert words[2] == "at the upper left (11\u00a0%), at the top (11\u00a0%) and at the upper right (11\u00a0%)"
    assert words[3] == ""
