"""A report: the same metrics as JSON, as tables and as files."""

import csv
import json
import re
import sys
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest

from roadsigns.datasets.splits import HoldOutRecord
from roadsigns.errors import MissingExtraError, OutputError
from roadsigns.evaluation import report as report_module
from roadsigns.evaluation.report import write_report
from roadsigns.evaluation.table import print_report
from roadsigns.wording import percent

FILES = {"figures.json", "recall.csv", "confusion.csv", "confusion.png", "recall.png", "misread.png"}


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def printed(evaluation):
    file = StringIO()
    print_report(evaluation, file)
    return file.getvalue()


@pytest.fixture(scope="module")
def report(evaluation, tmp_path_factory):
    """A report written over an earlier one."""
    folder = tmp_path_factory.mktemp("evaluation") / "new" / "report"
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).write_text("old")
    write_report(evaluation, folder)
    return folder


def test_report_holds_every_file_and_nothing_else(evaluation, report):
    """The JSON is that of --json; nothing is left of the earlier report."""
    assert {path.name for path in report.iterdir()} == FILES
    assert all((report / name).read_bytes() != b"old" for name in FILES)
    assert json.loads((report / "figures.json").read_text(encoding="utf-8")) == evaluation.as_dict()


def test_tables_are_the_confusion_matrix_and_the_recall(evaluation, report):
    """Read back, they are what was measured, with the names of the classes."""
    confusion, recall = rows_of(report / "confusion.csv"), rows_of(report / "recall.csv")
    assert confusion[0] == ["truth", *evaluation.class_names]
    np.testing.assert_array_equal([list(map(int, row[1:])) for row in confusion[1:]], evaluation.metrics.confusion)
    assert [row[1] for row in recall[1:]] == evaluation.class_names
    np.testing.assert_allclose([float(row[4]) for row in recall[1:]], evaluation.metrics.recall)


def test_folder_that_cannot_be_written_is_named(evaluation, tmp_path):
    """Here a file stands in its place."""
    (tmp_path / "taken").write_text("mine")

    with pytest.raises(OutputError) as raised:
        write_report(evaluation, tmp_path / "taken")
    assert raised.value.subject == str(tmp_path / "taken")
    assert "--out" in raised.value.hint
    assert (tmp_path / "taken").read_text() == "mine"


def test_without_matplotlib_the_tables_are_written(evaluation, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(MissingExtraError):
        write_report(evaluation, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"figures.json", "recall.csv", "confusion.csv"}


def test_image_that_went_away_does_not_stop_the_report(evaluation, tmp_path, monkeypatch):
    """The cache may have it when the file is gone; its cell stays black. (The other pictures would only take time.)"""
    samples = tuple(replace(sample, path=tmp_path / "gone.ppm") for sample in evaluation.samples)
    monkeypatch.setattr(report_module, "draw_confusion", lambda *_, **__: None)
    monkeypatch.setattr(report_module, "draw_recall", lambda *_, **__: None)

    write_report(replace(evaluation, samples=samples), tmp_path / "report")

    assert (tmp_path / "report" / "misread.png").is_file()


def test_table_says_what_the_metrics_mean(evaluation):
    """Label, accuracy, errors, intervals with their unit, misread tracks, subsets beside people, hardest classes."""
    text = printed(replace(evaluation, source="GTSRB"))

    metrics = evaluation.metrics
    assert "validation by (class, track)" in text
    assert f"{metrics.errors} of {metrics.images} images misread" in text
    assert "(unit: track)" in text
    assert re.search(rf"Tracks misread at least once +{metrics.tracks.misread_at_least_once} of 43", text)
    assert re.search(rf"Mostly misread tracks +{metrics.tracks.mostly_misread} of 43", text)
    assert f"{percent(metrics.bootstrap.low)} to {percent(metrics.bootstrap.high)}" in text
    assert "speed limits" in text
    assert "97.63 %" in text
    assert "Hardest classes" in text
    assert max(map(len, text.splitlines()[1:])) <= 100


def test_leakage_stands_on_the_first_line(evaluation):
    """A copy of the metrics then includes the label; the split's own label stays."""
    random = replace(evaluation.metadata, split=HoldOutRecord("random", validation_fraction=0.5, seed=3))
    leaky = replace(evaluation, metadata=random, leakage=True)

    assert leaky.leaky_split
    assert "LEAKY" in printed(leaky).splitlines()[0]
    assert printed(leaky).splitlines()[0].endswith("SEEN IN TRAINING")
    assert (leaky.as_dict()["leakage"], leaky.as_dict()["leaky_split"]) == (True, True)
    assert "SEEN" not in evaluation.split_label


def test_unknown_leakage_is_said(evaluation):
    """Images without tracks may have been trained on."""
    assert "may have been trained on these signs" in printed(replace(evaluation, leakage=None))


def test_names_that_look_like_markup_are_printed_as_they_are(evaluation):
    """Class names come from people's folders."""
    classes = tuple(replace(sign, name=f"[red]{sign.class_id}") for sign in evaluation.metadata.classes)

    assert "[red]" in printed(replace(evaluation, metadata=replace(evaluation.metadata, classes=classes)))
