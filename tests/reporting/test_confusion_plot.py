"""The plot of a confusion matrix shows every misreading, for any number of classes."""

import numpy as np
import pytest
from PIL import Image

from roadsigns.reporting.confusion_plot import draw_confusion


def pixels_of(path):
    with Image.open(path) as image:
        image.load()
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def redness(pixels):
    return (pixels[:, :, 0] - pixels[:, :, 1]).clip(0).sum()


@pytest.mark.parametrize("classes", [1, 2, 43, 150])
def test_confusion_is_drawn_for_any_number_of_classes(tmp_path, classes):
    """One class has no misreading, 150 have no room for names."""
    confusion = np.random.default_rng(0).poisson(0.1, (classes, classes)) + 700 * np.eye(classes, dtype=np.int64)

    draw_confusion(confusion, [f"class {i}" for i in range(classes)], tmp_path / "confusion.png", title="all")

    assert pixels_of(tmp_path / "confusion.png").shape[1] >= 600


def test_one_misreading_shows_beside_many(tmp_path):
    """The colours of one and of forty misreadings both differ from none."""
    names = ["a", "b", "c"]
    none, one, many = (np.diag([9, 9, 9]) for _ in range(3))
    one[0, 1] = many[0, 1] = 1
    many[1, 2] = 40
    shades = []
    for index, confusion in enumerate((none, one, many)):
        draw_confusion(confusion, names, tmp_path / f"{index}.png", title="t")
        shades.append(redness(pixels_of(tmp_path / f"{index}.png")))

    assert shades[0] == 0
    assert shades[1] > 0
    assert shades[2] > 0
