"""The check of a data folder as JSON and as files."""

import csv
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from roadsigns.dataset_check.check import check_folder
from roadsigns.dataset_check.report import write_check
from roadsigns.errors import MissingExtraError, OutputError

TABLES = {"check.json", "classes.csv", "tracks.csv"}
PICTURES = {"classes.png", "brightness.png", "sizes.png", "duplicates.png"}


def save(path, seed):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (30, 40, 3), np.uint8)).save(path)


@pytest.fixture
def check(tmp_path):
    """Three classes: one image in two of them, one that does not decode, and a name that is not text."""
    data = tmp_path / "data"
    for seed, name in enumerate(("go/1_0", "go/2_0", "stop/1_0", "stop/2_0", "yield/a")):
        save(data / f"{name}.png", seed)
    save(data / "stop" / "3_0.png", 0)
    (data / "yield" / os.fsdecode(b"\xff.png")).write_bytes(b"")
    return check_folder(data)


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_json_has_metrics_and_findings(check):
    """As plain values; paths are as given, with any bytes."""
    values = json.loads(json.dumps(check.as_dict(), allow_nan=False))

    data = str(check.inventory.data)
    assert (values["data"], values["layout"]) == (data, "plain")
    assert (values["images"], values["training_images"], values["test_images"]) == (7, 7, 0)
    assert (values["undecodable"], values["errors"]) == (1, 2)
    findings = {finding["kind"]: finding for finding in values["findings"]}
    assert findings["duplicate-across-classes"] == {
        "rule": "RS303",
        "kind": "duplicate-across-classes",
        "level": "error",
        "meaning": "The same pixels with different labels: one of them is wrong.",
        "count": 1,
        "items": [
            {
                "paths": [f"{data}/go/1_0.png", f"{data}/stop/3_0.png"],
                "detail": "2 images, class 0, 1",
                "class_id": None,
            }
        ],
    }
    assert Path(findings["undecodable"]["items"][0]["paths"][0]).exists()
    assert [one["images"] for one in values["classes"]] == [2, 3, 2]
    assert values["classes"][0]["side"]["median"] == 30
    assert values["test_classes"] == []
    assert values["tracks"][0] == {
        "class_id": 0,
        "track": "1",
        "frames": 1,
        "undecodable": 0,
        "least_width": 40,
        "largest_width": 40,
        "brightness": pytest.approx(127, abs=5),
    }


def test_report_holds_every_file_and_nothing_else(check, tmp_path):
    """Those of an earlier report are replaced; the tables are the metrics of --json."""
    out = tmp_path / "new" / "report"
    out.mkdir(parents=True)
    for name in TABLES | PICTURES:
        (out / name).write_text("old")

    write_check(check, out)

    assert {path.name for path in out.iterdir()} == TABLES | PICTURES
    assert all((out / name).read_bytes() != b"old" for name in TABLES | PICTURES)
    values = check.as_dict()
    assert json.loads((out / "check.json").read_text()) == values
    assert [int(row["images"]) for row in rows_of(out / "classes.csv")] == [2, 3, 2]
    assert [row["side_median"] for row in rows_of(out / "classes.csv")] == ["30.0"] * 3
    assert [(row["class_id"], row["track"]) for row in rows_of(out / "tracks.csv")] == [
        (str(one["class_id"]), one["track"]) for one in values["tracks"]
    ]


def test_data_folder_is_never_written_into(check, tmp_path):
    """Neither by its name, nor below it, nor through a link."""
    data = check.inventory.data
    (tmp_path / "link").symlink_to(data)

    for out in (data, data / "report", tmp_path / "link" / "report", data / "go" / ".." / "report"):
        with pytest.raises(OutputError) as raised:
            write_check(check, out)
        assert "lies in the data folder" in raised.value.problem
    assert sorted(path.name for path in data.iterdir()) == ["go", "stop", "yield"]


def test_folder_that_cannot_be_written_is_named(check, tmp_path):
    """Here a file stands in its place."""
    (tmp_path / "taken").write_text("mine")

    with pytest.raises(OutputError) as raised:
        write_check(check, tmp_path / "taken")
    assert raised.value.subject == str(tmp_path / "taken")
    assert "--out" in raised.value.hint
    assert (tmp_path / "taken").read_text() == "mine"


def test_without_matplotlib_the_tables_are_written(check, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(MissingExtraError):
        write_check(check, tmp_path / "report")
    assert {path.name for path in (tmp_path / "report").iterdir()} == TABLES
