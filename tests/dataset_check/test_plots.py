"""Pictures of a data folder show every class of every split."""

import numpy as np
import pytest
from PIL import Image

from roadsigns.dataset_check import plots as figures_module
from roadsigns.dataset_check.class_stats import ClassStats, Spread
from roadsigns.dataset_check.plots import draw_balance, draw_brightness, draw_sizes
from roadsigns.palette import LIGHT

TRAINING, TEST, _ = LIGHT.series[:3]
DRAWINGS = [draw_balance, draw_brightness, draw_sizes]


def figures_of(class_id, images, name="sign"):
    spread = Spread(20, 25, 30, 40, 60, 80, 100) if images else None
    return ClassStats(class_id, name, images, 0, 0, spread, spread)


def colours_in(path):
    """The colours of a picture that are there in numbers."""
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(np.int64)
    colours, counts = np.unique(pixels @ [0x10000, 0x100, 1], return_counts=True)
    return {f"#{colour:06X}" for colour in colours[counts > 20].tolist()}


@pytest.mark.parametrize("draw", DRAWINGS)
def test_each_split_has_its_colour(draw, tmp_path):
    """An empty class is a row like the others, and names may hold anything."""
    training = [figures_of(0, 5), figures_of(1, 0), figures_of(2, 9, name="$5 \udcff\n{x}")]
    test = [figures_of(0, 2), figures_of(1, 2), figures_of(2, 0)]

    draw({"training": training}, tmp_path / "one.png", title="$data")
    draw({"training": training, "test": test}, tmp_path / "both.png", title="data")

    assert TRAINING in colours_in(tmp_path / "one.png")
    assert TEST not in colours_in(tmp_path / "one.png")
    assert {TRAINING, TEST} <= colours_in(tmp_path / "both.png")


@pytest.mark.parametrize("draw", DRAWINGS)
def test_folder_without_a_readable_image_has_empty_pictures(draw, tmp_path):
    """Nothing decodes, and nothing crashes."""
    draw({"training": [figures_of(0, 0), figures_of(1, 0)]}, tmp_path / "empty.png", title="data")

    assert Image.open(tmp_path / "empty.png").size[0] == 1000


def test_picture_grows_with_the_classes_up_to_a_limit(tmp_path, monkeypatch):
    """Many classes make a long picture, in which some have names."""
    monkeypatch.setattr(figures_module, "MAX_NAMED", 20)
    monkeypatch.setattr(figures_module, "MAX_HEIGHT", 8.0)
    for count in (20, 100):
        draw_balance({"training": [figures_of(0, 5)] * count}, tmp_path / f"{count}.png", title="data")

    heights = [Image.open(tmp_path / f"{count}.png").size[1] for count in (20, 100)]
    assert heights == [630, 800]
