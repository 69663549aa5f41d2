"""Pictures: written whole, with what they show in them, for any number of classes and epochs."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.errors import MissingExtraError
from roadsigns.reporting.plots import draw_confusion, draw_curves, draw_recall

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


def redness(pixels):
    return (pixels[:, :, 0] - pixels[:, :, 1]).clip(0).sum()


@pytest.mark.parametrize("classes", [1, 2, 43, 150])
def test_confusion_is_drawn_for_any_number_of_classes(tmp_path, classes):
    """One class has no misreading, 150 have no room for names."""
    confusion = np.random.default_rng(0).poisson(0.1, (classes, classes)) + 700 * np.eye(classes, dtype=np.int64)

    draw_confusion(confusion, [f"class {i}" for i in range(classes)], tmp_path / "confusion.png", title="all")

    assert min(pixels_of(tmp_path / "confusion.png").shape[:2]) >= 400


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


def test_recall_is_drawn_with_a_class_without_images(tmp_path):
    """It has a name and no bar; only what is missed is drawn, in red."""
    images, names = np.array([10, 0, 5]), ["a", "b", "c"]

    draw_recall(images, np.array([0, 0, 0]), names, tmp_path / "none.png", title="t")
    draw_recall(images, np.array([5, 0, 0]), names, tmp_path / "half.png", title="t")

    assert redness(pixels_of(tmp_path / "none.png")) == 0
    assert redness(pixels_of(tmp_path / "half.png")) > 0


@pytest.mark.parametrize(
    "history",
    [[epoch(1)], [epoch(1), epoch(2), epoch(3)], [epoch(1, validation=False), epoch(2, validation=False)]],
    ids=["one epoch", "three epochs", "no validation"],
)
def test_curves_are_drawn_for_any_history(tmp_path, history):
    """A single epoch is a point; without validation there is one curve."""
    draw_curves(history, tmp_path / "curves.png")

    assert pixels_of(tmp_path / "curves.png").shape == (420, 1100, 3)


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


@pytest.mark.parametrize("title", ["run\udcff", "a$b_c$", "$\\frac$"])
def test_title_may_hold_any_name(tmp_path, title):
    """It is no text of bytes that are no UTF-8, and no formula."""
    draw_confusion(np.diag([9, 9]), ["a", "b"], tmp_path / "a.png", title=title)
    draw_recall(np.array([9, 9]), np.array([0, 1]), ["a", "b"], tmp_path / "b.png", title=title)

    assert pixels_of(tmp_path / "a.png").size
    assert pixels_of(tmp_path / "b.png").size


def test_class_may_have_any_name(tmp_path):
    """Dollar signs begin no formula, which might not even be one."""
    names = ["5$ or 6$", "$\\frac$"]

    draw_confusion(np.diag([9, 9]), names, tmp_path / "a.png", title="t")
    draw_recall(np.array([9, 9]), np.array([0, 1]), names, tmp_path / "b.png", title="t")

    assert (tmp_path / "a.png").stat().st_size > 1000
    assert (tmp_path / "b.png").stat().st_size > 1000
