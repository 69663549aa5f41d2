"""A report: the same figures as JSON, CSV and pictures."""

import csv
import json
import sys

import numpy as np
import pytest
from fixtures.drawn_detections import HEIGHT, WIDTH, random_detections
from fixtures.errors import raises
from PIL import Image

from roadsigns.errors import MissingExtraError, OutputError
from roadsigns.evaluation.detection import report as report_module
from roadsigns.evaluation.detection.compute_detection import compute_detection
from roadsigns.evaluation.detection.report import MAX_SHOWN, write_detection_report

NAMES = ["stop", "yield", "bend"]
TABLES = {"figures.json", "sizes.csv", "froc.csv", "classes.csv", "mistakes.csv"}
SCENES = 12


def grey(path):
    """Stands for a scene, so that none need be on the disk."""
    return np.full((HEIGHT, WIDTH, 3), 128, np.uint8)


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def metrics():
    truth, detected = random_detections(4, scenes=SCENES, classes=3, other=0.1)
    return compute_detection(truth, detected, runs=[None] * SCENES, class_names=NAMES, threshold=0.4, resamples=20)


@pytest.fixture(scope="module")
def write(tmp_path_factory):
    """Write a report of grey scenes."""

    def write(metrics, folder=None, **options):
        folder = folder or tmp_path_factory.mktemp("report") / "new"
        scenes = [folder / f"{number:05d}.png" for number in range(metrics.images)]
        names = {"class_names": NAMES if metrics.naming else ()}
        write_detection_report(metrics, folder, scenes=scenes, title="mine", read=grey, **names | options)
        return folder

    return write


@pytest.fixture(scope="module")
def report(metrics, write):
    return write(metrics, extra={"model": "mine"})


def test_report_holds_every_file_and_nothing_else(metrics, report):
    """The JSON is the figures, below what the caller adds."""
    assert {path.name for path in report.iterdir()} == {*TABLES, "curves.png", "mistakes.png"}
    read = json.loads((report / "figures.json").read_text(encoding="utf-8"))
    assert next(iter(read)) == "model"
    assert read == {"model": "mine", **json.loads(json.dumps(metrics.as_dict()))}


def test_tables_are_the_figures(metrics, report):
    """Read back, they are what was measured."""
    sizes, froc, classes = (rows_of(report / name) for name in ("sizes.csv", "froc.csv", "classes.csv"))

    assert [int(row["found"]) for row in sizes] == [size.found for size in metrics.finding.sizes]
    np.testing.assert_array_equal([float(row["recall"]) for row in froc], metrics.finding.froc.recall)
    assert [row["name"] for row in classes] == NAMES
    assert [float(row["ap50"]) for row in classes] == [one.ap50 for one in metrics.naming.classes]


def test_every_mistake_is_a_row_that_says_where(metrics, report):
    """With the file, both boxes and both names."""
    rows = rows_of(report / "mistakes.csv")

    assert len(rows) == len(metrics.mistakes)
    for row, one in zip(rows, metrics.mistakes, strict=True):
        assert row["path"].endswith(f"{one.image:05d}.png")
        assert row["kind"] == one.kind
        assert row["name"] == ("" if one.class_id is None else NAMES[one.class_id])
        assert row["named"] == ("" if one.named is None else NAMES[one.named])
        box = [row[f"detected_{corner}"] for corner in ("x1", "y1", "x2", "y2")]
        assert box == ([""] * 4 if one.detected is None else [str(value) for value in one.detected])


def test_sheet_shows_the_first_of_each_kind_and_says_how_many_are_left_out(metrics, write, monkeypatch):
    """Here one; the report has more missed signs than that."""
    drawn = {}
    monkeypatch.setattr(report_module, "MAX_SHOWN", 1)
    monkeypatch.setattr(report_module, "draw_detection", lambda *_, **__: None)
    monkeypatch.setattr(report_module, "draw_mistakes", lambda sections, *_, **__: drawn.update(sections=sections))
    write(metrics)

    missed, *_, false = drawn["sections"]
    count = metrics.naming.total("missed")
    assert MAX_SHOWN > count > 1
    assert missed.heading == f"{count} missed, the largest first; the first 1 are shown, {count - 1} left out"
    assert len(missed.cells) == 1
    assert missed.cells[0].said == ""
    assert missed.cells[0].truth in NAMES
    assert any(f"{name} 0." in false.cells[0].said for name in NAMES)


def test_without_names_signs_are_only_found(write):
    """No table of classes; a scene without any sign has no curves."""
    truth, detected = random_detections(4, scenes=3, classes=1, signs=0)
    folder = write(compute_detection(truth, detected, runs=[None] * 3, threshold=0.1, resamples=2))

    assert {path.name for path in folder.iterdir()} == {*TABLES, "mistakes.png"} - {"classes.csv"}


def test_scene_that_went_away_does_not_stop_the_report(metrics, tmp_path, monkeypatch):
    """Its windows stay black."""
    monkeypatch.setattr(report_module, "draw_detection", lambda *_, **__: None)
    scenes = [tmp_path / "gone.png"] * SCENES
    write_detection_report(metrics, tmp_path, scenes=scenes, title="mine", class_names=NAMES)

    assert Image.open(tmp_path / "mistakes.png").width > 1000


def test_folder_that_cannot_be_written_is_named(metrics, write, tmp_path):
    """Here a file stands in its place."""
    (tmp_path / "taken").write_text("mine")

    with raises(OutputError, hint="--out", subject="taken"):
        write(metrics, tmp_path / "taken")


def test_without_matplotlib_the_tables_are_written(metrics, write, tmp_path, monkeypatch):
    """What was measured is not lost."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(MissingExtraError):
        write(metrics, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == TABLES
