"""Folders of drawn scenes: GTSDB's layout, the same for the same seed, all or nothing."""

import re

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError, OutputError
from roadsigns.preprocessing.decode import read_image
from roadsigns.synthesis.scenes import dataset as module
from roadsigns.synthesis.scenes.dataset import draw_scenes, scene_rng
from roadsigns.synthesis.scenes.draw import OTHER_KINDS, draw_scene
from roadsigns.synthesis.settings import Drawing

SMALL = (240, 150)


@pytest.fixture
def small(monkeypatch):
    """Small scenes, which are quicker."""
    monkeypatch.setattr(module, "draw_scene", lambda rng, drawing: draw_scene(rng, drawing, SMALL))


def contents_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.usefixtures("small")
def test_files_and_rows_are_those_of_gtsdb(tmp_path):
    drawn = draw_scenes(tmp_path / "streets", scenes=5, seed=2)

    names = sorted(path.name for path in (tmp_path / "streets").iterdir())
    assert names == [*(f"{number:05d}.png" for number in range(5)), "drawn-signs.txt", "gt.txt", "others.txt"]
    labelled = (tmp_path / "streets" / "gt.txt").read_text().splitlines()
    others = (tmp_path / "streets" / "others.txt").read_text().splitlines()
    assert (drawn.scenes, drawn.labelled, drawn.others) == (5, len(labelled), len(others))
    assert all(re.fullmatch(r"0000[0-4]\.png(;\d+){4};\d+", row) and int(row.split(";")[5]) < 43 for row in labelled)
    assert {row.split(";")[5] for row in others} <= set(OTHER_KINDS)


@pytest.mark.usefixtures("small")
def test_boxes_on_disk_include_their_last_pixels(tmp_path):
    draw_scenes(tmp_path / "streets", scenes=2, seed=3)
    image, signs = draw_scene(scene_rng(3, 1), Drawing(), SMALL)

    rows = [row.split(";") for name in ("gt.txt", "others.txt") for row in (tmp_path / "streets" / name).open()]
    boxes = {tuple(map(int, row[1:5])) for row in rows if row[0] == "00001.png"}
    assert boxes == {(box.x1, box.y1, box.x2 - 1, box.y2 - 1) for box in (sign.box for sign in signs)}
    assert np.array_equal(read_image(tmp_path / "streets" / "00001.png"), image)


@pytest.mark.usefixtures("small")
def test_more_scenes_add_to_the_earlier_ones(tmp_path):
    for name, scenes, seed in (("a", 2, 0), ("b", 3, 0), ("c", 2, 1)):
        draw_scenes(tmp_path / name, scenes=scenes, seed=seed)
    a, b, c = (contents_of(tmp_path / name) for name in "abc")

    assert all(b[name] == a[name] for name in ("00000.png", "00001.png"))
    assert c["00000.png"] != a["00000.png"]


def test_numbers_out_of_range_are_refused(tmp_path):
    with raises(DataError, problem="'scenes' is 0", expected="at least 1"):
        draw_scenes(tmp_path / "streets", scenes=0, seed=0)
    with raises(DataError, problem="'seed' is -1", expected="at least 0"):
        draw_scenes(tmp_path / "streets", scenes=1, seed=-1)


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    with raises(OutputError, problem="not empty"):
        draw_scenes(tmp_path, scenes=1, seed=0)

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_left_when_drawing_stops(tmp_path, monkeypatch):
    """As at Ctrl-C."""

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "draw_scene", stop)
    with pytest.raises(KeyboardInterrupt):
        draw_scenes(tmp_path / "new" / "streets", scenes=2, seed=0)

    assert not list(tmp_path.iterdir())
