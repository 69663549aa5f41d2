"""The tables of an evaluation compare with people only where these read the same images."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from roadsigns.datasets.gtsrb import GTSRB, GTSRB_CLASSES
from roadsigns.evaluation.compute_metrics import compute_metrics
from roadsigns.evaluation.table import as_hard, hardest_table, print_report


@pytest.fixture
def shown():
    """Print an evaluation without errors, of images of a source."""

    def show(source):
        labels = np.arange(43)
        metrics = compute_metrics(np.eye(43, dtype=np.float32), labels, tracks=[None] * 43, subsets=GTSRB.subsets)
        names = [sign.name for sign in GTSRB_CLASSES]
        evaluation = SimpleNamespace(
            metrics=metrics, title="a on b", leakage=0, undecodable=(), source=source, decisions=()
        )
        file = io.StringIO()
        print_report(SimpleNamespace(**vars(evaluation), spec=GTSRB, class_names=names, fused_tracks=None), file)
        return file.getvalue()

    return show


def test_names_do_not_reach_the_terminal_as_commands():
    """A folder may be called anything."""
    metrics = compute_metrics(
        np.array([[0.1, 0.9], [0.1, 0.9]], np.float32), np.array([0, 1]), tracks=[None] * 2, subsets=()
    )
    console = Console(file=io.StringIO(), width=80)

    console.print(hardest_table(metrics, ["a\x1b[31mb", "c\x1b[31md"]))

    assert "\x1b" not in console.file.getvalue()


def test_people_stand_beside_the_images_that_they_have_read(shown):
    text = shown("GTSRB")

    assert "Human" in text
    assert "97.63 %" in text
    assert "official test set" in text


@pytest.mark.parametrize("source", ["drawn signs, seed 0", "custom"])
def test_people_have_not_read_other_images(shown, source):
    """Drawn ones, or one's own of the same classes."""
    text = shown(source)

    assert "mandatory" in text
    assert "Human" not in text


def test_classes_that_are_as_hard_as_the_last_are_counted():
    """All 43 are misread, and the table has eight."""
    labels = np.arange(43)
    metrics = compute_metrics(np.roll(np.eye(43, dtype=np.float32), 1, axis=1), labels, tracks=[None] * 43)
    file = io.StringIO()

    Console(file=file).print(hardest_table(metrics, [sign.name for sign in GTSRB_CLASSES]))

    assert "35 classes more are as hard as the last" in " ".join(file.getvalue().split())


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ([0.1, 0.2, 0.2], "1 class more is as hard as the last"),
        ([0.1, 0.2, 0.3], None),
        ([0.1, 0.2], None),
        ([], None),
        ([0.1, 1.0, 1.0], None),
    ],
)
def test_below_the_hardest_classes_stands_how_many_equal_the_last(figures, told):
    """Faultless ones are not hard."""
    assert as_hard(figures, 2) == told
