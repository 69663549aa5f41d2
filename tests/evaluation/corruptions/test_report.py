"""An evaluation on corrupted images as a table, as files and as a picture."""

import csv
import dataclasses
import json
import sys
from io import StringIO

import numpy as np
import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.errors import MissingExtraError, OutputError
from roadsigns.evaluation.corruptions.evaluate import evaluate_corruptions
from roadsigns.evaluation.corruptions.report import write_corruption_report
from roadsigns.evaluation.corruptions.table import print_corruptions


@pytest.fixture(scope="module")
def evaluation(drawn_folder):
    """Two kinds on a few drawn signs."""
    return evaluate_corruptions("fast", drawn_folder, kinds=["JPEG", "banding"], limit=12)


def printed(evaluation):
    file = StringIO()
    print_corruptions(evaluation, file)
    return file.getvalue()


def test_table_has_a_row_for_each_kind_and_the_means(evaluation):
    """Within 80 columns."""
    text = printed(evaluation)
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.split()}

    assert text.splitlines()[0] == evaluation.title
    assert all(len(line.rstrip()) <= 80 for line in text.splitlines() if "misread" not in line and "mCE" not in line)
    jpeg = next(kind for kind in evaluation.kinds if kind.kind == "JPEG")
    assert rows["JPEG"][:5] == [f"{100 * cell.accuracy:.1f}" for cell in jpeg.severities]
    assert rows["JPEG"][5:8] == [f"{100 * value:.1f}" for value in (jpeg.accuracy, jpeg.confidence, jpeg.ece)]
    assert rows["mean"][5] == f"{100 * evaluation.accuracy:.1f}"
    assert rows["mean"][-1] == f"{evaluation.mce:.2f}"
    assert f"mCE {evaluation.mce:.3f}" in text
    assert "12 images" in text


def test_table_says_what_the_mce_leaves_out(evaluation):
    """A kind in which the baseline misreads nothing, and a baseline that has seen the signs."""
    kinds = (evaluation.kinds[0], dataclasses.replace(evaluation.kinds[1], corruption_error=None))
    text = printed(dataclasses.replace(evaluation, kinds=kinds, baseline_leakage=True))

    assert "1 kind in which it misreads nothing left out" in text
    assert "which was trained on these signs" in text


def test_table_without_a_baseline(evaluation):
    """Has no column for it; where a baseline misreads nothing at all, that is said."""
    none = tuple(dataclasses.replace(kind, corruption_error=None) for kind in evaluation.kinds)

    assert "CE" not in printed(dataclasses.replace(evaluation, baseline=None, kinds=none)).replace("ECE", "")
    assert "mCE: none" in printed(dataclasses.replace(evaluation, kinds=none))


@pytest.fixture(scope="module")
def report(evaluation, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "new"
    write_corruption_report(evaluation, folder)
    return folder


def test_report_is_json_csv_and_a_picture(evaluation, report):
    assert {path.name for path in report.iterdir()} == {"figures.json", "corruptions.csv", "corruptions.png"}
    text = (report / "figures.json").read_text(encoding="utf-8")
    assert json.loads(text) == json.loads(json.dumps(evaluation.as_dict()))


def test_rows_are_the_uncorrupted_images_and_every_cell(evaluation, report):
    with (report / "corruptions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert [(row["corruption"], row["severity"]) for row in rows] == [
        ("none", "0"),
        *((kind.kind, str(severity)) for kind in evaluation.kinds for severity in range(1, 6)),
    ]
    assert rows[3]["version"] == "1"
    assert float(rows[1]["accuracy"]) == evaluation.kinds[0].severities[0].accuracy
    assert int(rows[1]["baseline_errors"]) == evaluation.kinds[0].severities[0].baseline_errors


def test_picture_shows_good_and_bad_cells_in_other_colours(evaluation, report, tmp_path):
    """Errors everywhere darken the cells."""
    bad = tuple(
        dataclasses.replace(
            kind, severities=tuple(dataclasses.replace(cell, accuracy=0.3, ece=0.5) for cell in kind.severities)
        )
        for kind in evaluation.kinds
    )
    write_corruption_report(dataclasses.replace(evaluation, kinds=bad), tmp_path / "bad")

    def brightness(path):
        return np.asarray(Image.open(path).convert("L")).mean()

    assert brightness(tmp_path / "bad" / "corruptions.png") < brightness(report / "corruptions.png") - 10


def test_without_matplotlib_the_tables_are_written(evaluation, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(MissingExtraError):
        write_corruption_report(evaluation, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"figures.json", "corruptions.csv"}


def test_folder_that_cannot_be_written_is_named(evaluation, tmp_path):
    (tmp_path / "taken").write_text("mine")

    with raises(OutputError, problem="not a folder", hint="--out", subject="taken"):
        write_corruption_report(evaluation, tmp_path / "taken")
