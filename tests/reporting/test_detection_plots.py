"""Pictures of detectors are drawn for good and bad ones."""

import numpy as np
import pytest
from PIL import Image

from roadsigns.reporting.detection_plots import DetectionPlot, SizeBar, draw_detection

RECALLS = np.linspace(0, 1, 101)


def plot(recall, *, thresholds=50, sizes=3):
    bars = [
        SizeBar(f"{number} to {2 * number}", 40, recall, recall - 0.05, min(1, recall + 0.05))
        for number in range(sizes)
    ]
    return DetectionPlot(
        RECALLS,
        (recall >= RECALLS).astype(float),
        np.linspace(0, 2, thresholds),
        np.linspace(recall / 2, recall, thresholds),
        0.1,
        recall / 2,
        bars,
    )


def blue(path):
    image = np.asarray(Image.open(path).convert("RGB")).astype(int)
    return image[..., 2] - image[..., 0] > 100


@pytest.mark.parametrize(
    "drawn",
    [plot(1.0), plot(0.95), plot(0.3), plot(0.0, thresholds=0), plot(0.5, thresholds=1, sizes=0)],
    ids=["perfect", "good", "bad", "nothing found", "one score"],
)
def test_picture_is_drawn_for_any_detector(tmp_path, drawn):
    """A dollar sign in the title begins no formula."""
    draw_detection(drawn, tmp_path / "curves.png", title="costs $5 and $6")

    with Image.open(tmp_path / "curves.png") as picture:
        assert picture.size == (1500, 500)


def test_higher_recall_makes_higher_bars(tmp_path):
    """Of the right third of the picture more is blue. Both begin at 0 %."""
    for recall in (0.2, 0.7):
        draw_detection(plot(recall), tmp_path / f"{recall}.png", title="mine")

    low, high = (blue(tmp_path / f"{recall}.png")[:, 1050:].sum() for recall in (0.2, 0.7))
    assert high == pytest.approx(low * 3.5, rel=0.1)


def test_interval_may_be_missing(tmp_path):
    """As with a single run of scenes."""
    bars = [SizeBar("8 to 16", 3, 1.0, None, None)]
    drawn = plot(0.5)
    draw_detection(
        DetectionPlot(drawn.recalls, drawn.precision, drawn.false_per_image, drawn.froc_recall, 0.1, 0.5, bars),
        tmp_path / "curves.png",
        title="mine",
    )

    assert blue(tmp_path / "curves.png")[:, 1050:].any()
