"""In no picture do words stand on each other or reach over its edge, whatever the number of classes and their names."""

from itertools import pairwise

import numpy as np
import pytest
from fixtures.figures import drawn_words

from roadsigns.dataset_check.class_stats import ClassStats, Spread
from roadsigns.dataset_check.plots import draw_balance, draw_brightness, draw_sizes
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.reporting.confusion_plot import MAX_NAMED_CLASSES, draw_confusion
from roadsigns.reporting.detection_plots import DetectionPlot, SizeBar, draw_detection
from roadsigns.reporting.figure import figure_at, write_title
from roadsigns.reporting.misread_sheet import Misread, draw_misread
from roadsigns.reporting.mistake_sheet import MistakeCell, MistakeSection, draw_mistakes
from roadsigns.reporting.recall_plot import draw_recall
from roadsigns.reporting.rejection_plots import ScorePlot, draw_rejection
from roadsigns.reporting.transformer_view import TransformerView, draw_views

TITLE = "best on the held-out tracks of gtsrb: 99.83 %, 22 of 12,630 misread"
ODD = (
    "Vorfahrt gewähren an der nächsten Kreuzung, sofern kein Zeichen 206 aufgestellt ist",
    "WARNING_OF_WILD_WATER_AND_WILLOWS_WWWWWWWWWWWWWWWW",
    "Въезд запрещён для грузовых автомобилей",
    "$^$ υποχρεωτική πορεία",
    "stop",
)
CLASSES = pytest.mark.parametrize("count", [1, 3, 43, 120])


def names_of(count):
    """Those of GTSRB for its number, else long ones, in several scripts."""
    if count == len(GTSRB_CLASSES):
        return [sign.name for sign in GTSRB_CLASSES]
    return [ODD[number % len(ODD)] for number in range(count)]


def counts_of(count):
    """A confusion matrix with large and small numbers."""
    confusion = np.diag(np.full(count, 2249))
    for row, column in pairwise(range(count)):
        confusion[row, column] = 1 + 1234 * (row % 7 == 0)
    return confusion


def assert_clear(words, *, expected):
    assert set(expected) <= {text.replace("\n", " ") for text in words.texts}
    assert words.overlapping() == []
    assert words.cut_off() == []


def test_words_on_words_and_over_the_edge_are_found(tmp_path, monkeypatch):
    """So the tests below can fail."""
    with drawn_words(monkeypatch) as words, figure_at(tmp_path / "a.png", width=3, height=2) as figure:
        write_title(figure, "title")
        axes = figure.add_subplot()
        axes.set_xticks([0.50, 0.52, 1.0], ["crowded", "ticks", "alone"])
        figure.text(0.9, 0.6, "over the edge")

    assert words.overlapping() == [("crowded", "ticks")]
    assert words.cut_off() == ["over the edge"]


@CLASSES
def test_confusion(tmp_path, monkeypatch, count):
    """Names on both axes, numbers in the cells."""
    with drawn_words(monkeypatch) as words:
        draw_confusion(counts_of(count), names_of(count), tmp_path / "a.png", title=TITLE)

    assert_clear(words, expected={TITLE, "truth", "prediction", "2249"})
    assert len(words.texts) == 3 + 3 * count + (count - 1)


def test_confusion_of_too_many_classes_has_numbers_on_its_axes(tmp_path, monkeypatch):
    """Names would be too many to read."""
    count = MAX_NAMED_CLASSES + 1
    with drawn_words(monkeypatch) as words:
        draw_confusion(counts_of(count), names_of(count), tmp_path / "a.png", title=TITLE)

    assert_clear(words, expected={TITLE, "truth (class)", "100"})


@CLASSES
def test_recall(tmp_path, monkeypatch, count):
    """With a million images of a class, and with none."""
    images = np.array(([1_234_567, 0, 10] * count)[:count])
    with drawn_words(monkeypatch) as words:
        draw_recall(images, images // 3, names_of(count), tmp_path / "a.png", title=TITLE)

    assert_clear(words, expected={TITLE, "misread", "411,522 of 1,234,567"})


@CLASSES
@pytest.mark.parametrize("draw", [draw_balance, draw_brightness, draw_sizes])
@pytest.mark.parametrize("splits", [("training",), ("training", "validation", "test")], ids=["one", "three"])
def test_check(tmp_path, monkeypatch, count, draw, splits):
    """Some images of each class, up to 12,345."""
    spread = Spread(12, 25, 30, 40, 60, 180, 250)
    classes = [
        ClassStats(number, name, 12_345 // (1 + number), 0, 0, spread, spread)
        for number, name in enumerate(names_of(count))
    ]
    with drawn_words(monkeypatch) as words:
        draw(dict.fromkeys(splits, classes), tmp_path / "a.png", title=TITLE)

    assert_clear(words, expected={TITLE, *(splits if len(splits) > 1 else ())})


@pytest.mark.parametrize("count", [1, 3, 5])
def test_rejection(tmp_path, monkeypatch, count):
    """Scores of all sizes, near 0 and 1."""
    rng = np.random.default_rng(0)
    kept = np.linspace(0.02, 1, 50)
    known, unknown = (1 / (1 + np.exp(-rng.normal(mean, 4, 500))) for mean in (6, -3))
    names = ("known", "a score with a name that is far too long for its place", "energy", "$", "max-softmax")
    plots = [ScorePlot(name, known, unknown, 0.87654321, kept, kept**8) for name in names[:count]]
    with drawn_words(monkeypatch) as words:
        draw_rejection(plots, tmp_path / "a.png", title=TITLE, keep=0.99)

    assert_clear(words, expected={TITLE, "Score known", "accepted from 0.8765", "99 % kept"})


def test_detection(tmp_path, monkeypatch):
    """The sizes that `evaluate` has."""
    recalls = np.linspace(0, 1, 101)
    bars = [
        SizeBar(name, 12_345, 0.9, 0.8, 1.0) for name in ("below 16", "16 to 20", "20 to 32", "32 to 64", "64 and more")
    ]
    plot = DetectionPlot(recalls, 1 - recalls**9, recalls, 0.9 * recalls, 0.1, 0.5, bars)
    with drawn_words(monkeypatch) as words:
        draw_detection(plot, tmp_path / "a.png", title=TITLE)

    assert_clear(words, expected={TITLE, "short side, pixels", "50.0 % at 0.1 false signs per image"})


@pytest.mark.parametrize("count", [1, 23])
def test_misread_sheet(tmp_path, monkeypatch, count):
    """Long names above and below each image."""
    image = np.full((40, 30, 3), 128, np.uint8)
    names = names_of(count)
    cells = [Misread(image, name, names[-1 - number], 0.999) for number, name in enumerate(names)]
    with drawn_words(monkeypatch) as words:
        draw_misread(cells, tmp_path / "a.png", title=f"{TITLE}. Above: the prediction. Below: the truth.")

    assert_clear(words, expected={f"{TITLE}. Above: the prediction. Below: the truth."})


def test_mistake_sheet(tmp_path, monkeypatch):
    """What is said, what is labelled, and a long path."""
    scene = np.full((400, 600, 3), 150, np.uint8)
    cells = [
        MistakeCell.of(scene, (9, 9, 40, 40), None, said=f"{name} 0.91", truth=name, place=f"{name}.png at 3, 2")
        for name in names_of(20)
    ]
    with drawn_words(monkeypatch) as words:
        draw_mistakes([MistakeSection("20 missed", cells)] * 2, tmp_path / "a.png", title=TITLE)

    assert_clear(words, expected={"20 missed"})


@pytest.mark.parametrize("count", [1, 12])
def test_transformer_view(tmp_path, monkeypatch, count):
    """A path and a name below each pair."""
    image = np.full((32, 32, 3), 0.5, np.float32)
    views = [
        TransformerView(f"some/folder/{name}.png", image, np.eye(2, 3), image, name, 0.98) for name in names_of(count)
    ]
    with drawn_words(monkeypatch) as words:
        draw_views(views, tmp_path / "a.png", title=TITLE)

    assert_clear(words, expected={TITLE})
