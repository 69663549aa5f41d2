"""The list of GTSDB's unlabelled signs: for GTSDB alone, and only to be ignored."""

import csv
from importlib import resources

import pytest
from fixtures.scenes import write_gtsdb

from roadsigns.datasets.scenes import gtsdb_unlabelled, read_scene_set
from roadsigns.datasets.scenes.gtsdb import read_table
from roadsigns.datasets.scenes.gtsdb_unlabelled import LIST, LISTED, checksum, unlabelled_signs


def listed():
    text = (resources.files("roadsigns.datasets.scenes") / LIST).read_text()
    return list(csv.DictReader(text.splitlines()))


def test_every_line_is_a_box_in_a_scene_of_gtsdb():
    """1360x800 pixels; sorted, none twice."""
    rows = listed()

    assert len(rows) > 100
    for row in rows:
        assert int(row["file"]) in LISTED
        assert 0 <= int(row["x1"]) < int(row["x2"]) <= 1360
        assert 0 <= int(row["y1"]) < int(row["y2"]) <= 800
        assert row["kind"] in {"sign", "back"}
    assert len({tuple(row.values()) for row in rows}) == len(rows)


def test_other_scenes_with_such_names_get_nothing(tmp_path):
    folder = write_gtsdb(tmp_path / "mine", ["00001.png;5;5;24;24;11"])

    assert unlabelled_signs(read_table(folder / "gt.txt")) == {}
    assert sum(len(scene.signs) for scene in read_scene_set(folder).scenes) == 1


def test_they_are_ignored_where_the_labels_are_gtsdb_s(tmp_path, monkeypatch):
    """As far as the labels of the listed scenes tell; further scenes make no difference."""
    folder = write_gtsdb(tmp_path / "all", ["00001.png;5;5;24;24;11", "00700.png;5;5;24;24;11"])
    rows = read_table(folder / "gt.txt")
    monkeypatch.setattr(gtsdb_unlabelled, "CHECKSUM", checksum({"00001": rows["00001"]}))

    found = unlabelled_signs(rows)

    assert sum(map(len, found.values())) == sum(row["kind"] == "sign" for row in listed())
    assert all(sign.ignored and sign.class_id is None for signs in found.values() for sign in signs)


@pytest.mark.gtsdb
def test_gtsdb_is_known_by_its_labels(gtsdb_folder):
    scenes = read_scene_set(gtsdb_folder)

    assert sum(sign.ignored for scene in scenes.scenes for sign in scene.signs) > 100
    assert "94 of them without signs" in scenes.describe()
