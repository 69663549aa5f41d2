"""The plot of recalls shows what was missed."""

import numpy as np
from PIL import Image

from roadsigns.reporting.recall_plot import draw_recall


def pixels_of(path):
    with Image.open(path) as image:
        image.load()
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def redness(pixels):
    return (pixels[:, :, 0] - pixels[:, :, 1]).clip(0).sum()


def test_recall_is_drawn_with_a_class_without_images(tmp_path):
    """It has a name and no bar; only what is missed is drawn, in red."""
    images, names = np.array([10, 0, 5]), ["a", "b", "c"]

    draw_recall(images, np.array([0, 0, 0]), names, tmp_path / "none.png", title="t")
    draw_recall(images, np.array([5, 0, 0]), names, tmp_path / "half.png", title="t")

    assert redness(pixels_of(tmp_path / "none.png")) == 0
    assert redness(pixels_of(tmp_path / "half.png")) > 0
