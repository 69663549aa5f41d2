"""Learning curves: with what was measured in them, for any number of epochs."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.errors import MissingExtraError
from roadsigns.reporting.learning_curves import draw_curves

NAN = float("nan")


def epoch(number, *, validation=True):
    return SimpleNamespace(
        epoch=number,
        loss=1 / number,
        accuracy=1 - 0.5 / number,
        validation_loss=abs(number - 2) + 0.1 if validation else NAN,
        validation_accuracy=0.9 if validation else NAN,
    )


def pixels_of(path):
    with Image.open(path) as image:
        image.load()
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


@pytest.mark.parametrize(
    "history",
    [[epoch(1)], [epoch(1), epoch(2), epoch(3)], [epoch(1, validation=False), epoch(2, validation=False)]],
    ids=["one epoch", "three epochs", "no validation"],
)
def test_curves_are_drawn_for_any_history(tmp_path, history):
    """A single epoch is a point; without validation there is one curve."""
    draw_curves(history, tmp_path / "curves.png")

    assert pixels_of(tmp_path / "curves.png").shape == (460, 1100, 3)


def test_missing_matplotlib_says_what_to_install(tmp_path, monkeypatch):
    """Nothing is left behind."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with raises(MissingExtraError, hint="roadsigns[report]"):
        draw_curves([epoch(1)], tmp_path / "curves.png")
    assert not list(tmp_path.iterdir())


def test_pictures_leave_no_global_state(tmp_path):
    """Pyplot, which keeps every figure it made, is not even imported."""
    draw_curves([epoch(1)], tmp_path / "curves.png")

    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


def test_curve_of_validation_joins_epochs_that_lie_apart(tmp_path):
    """Validated every other epoch, there is a line still, not points alone."""
    pixels = {}
    for name, validated in (("apart", (1, 3, 5)), ("one", (5,))):
        history = [epoch(number, validation=number in validated) for number in range(1, 6)]
        draw_curves(history, tmp_path / f"{name}.png")
        pixels[name] = orange_width(pixels_of(tmp_path / f"{name}.png"))

    assert pixels["apart"] > 3 * pixels["one"]


def orange_width(pixels):
    """Columns of the left half that hold the colour of validation."""
    left = pixels[:, : pixels.shape[1] // 2]
    return ((left[:, :, 0] - left[:, :, 2]) > 100).any(axis=0).sum()
