"""Pictures of scores show both sides, whatever the range of the score."""

import numpy as np
import pytest
from PIL import Image

from roadsigns.reporting.rejection_plots import ScorePlot, draw_rejection

KEPT = np.linspace(0.02, 1, 50)


def plot(known, unknown, name="max-softmax"):
    return ScorePlot(name, np.array(known), np.array(unknown), 0.9, KEPT, KEPT**8)


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


@pytest.mark.parametrize(
    "scores",
    [
        ([1.0, 0.99, 0.5], [0.0, 0.2]),
        ([1.0], [1.0]),
        ([14.2, 9.0], [-3.0, 2.5]),
        ([5.0, 5.0], [5.0]),
    ],
    ids=["probabilities", "all equal to 1", "logits", "equal logits"],
)
def test_histogram_is_drawn_for_any_range(tmp_path, scores):
    """Probabilities of exactly 0 and 1 have no log odds, and still a place."""
    draw_rejection([plot(*scores)], tmp_path / "plot.png", title="costs $5 and $6", keep=0.99)

    image = pixels(tmp_path / "plot.png")
    blue, orange = image[..., 2] - image[..., 0], image[..., 0] - image[..., 2]
    assert (blue > 60).sum() > 100
    assert (orange > 60).sum() > 100


def test_every_score_has_a_histogram_and_a_curve(tmp_path):
    """Two and two, and of more three in a row."""
    for count in (1, 3, 5):
        scores = [plot([0.9, 0.8], [0.1], f"score {number}") for number in range(count)]
        draw_rejection(scores, tmp_path / f"{count}.png", title="several", keep=0.99)

    shapes = [pixels(tmp_path / f"{count}.png").shape[:2] for count in (1, 3, 5)]
    assert shapes == [(470, 1100), (890, 1100), (890, 1650)]
