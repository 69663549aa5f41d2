"""Windows of scenes: where they lie, and that each scene is read once."""

import numpy as np
from PIL import Image

from roadsigns.html_report import scene_windows
from roadsigns.html_report.scene_windows import SIDE, SceneWindows, window_around
from roadsigns.types import Box


def test_a_window_shows_the_sign_in_its_middle_with_surroundings(tmp_path):
    window = window_around(tmp_path, [(100, 100, 140, 140)], width=800, height=600)

    assert window.box == Box(60, 60, 180, 180)
    assert window.frame_of((100, 100, 140, 140)) == (33.33, 33.33, 33.33, 33.33)


def test_a_small_sign_has_a_window_of_some_pixels(tmp_path):
    window = window_around(tmp_path, [(100, 100, 104, 104)], width=800, height=600)

    assert window.box == Box(70, 70, 134, 134)


def test_a_window_is_moved_into_its_scene(tmp_path):
    window = window_around(tmp_path, [(0, 560, 40, 600)], width=800, height=600)

    assert window.box == Box(0, 480, 120, 600)


def test_a_window_is_no_larger_than_its_scene(tmp_path):
    window = window_around(tmp_path, [(5, 5, 40, 25)], width=50, height=30)

    assert window.box == Box(0, 0, 50, 30)


def test_a_window_of_two_boxes_shows_both(tmp_path):
    window = window_around(tmp_path, [(100, 100, 140, 140), (150, 100, 190, 140)], width=800, height=600)

    assert window.box.x1 < 100
    assert window.box.x2 > 190


def test_windows_are_small_and_each_scene_is_read_once(tmp_path, monkeypatch):
    read = []
    monkeypatch.setattr(
        scene_windows, "read_image", lambda path: read.append(path) or np.zeros((900, 900, 3), np.uint8)
    )
    windows = {
        number: window_around(tmp_path / "a.png", [(0, 0, 300, 300)], width=900, height=900) for number in (3, 8)
    }

    images = SceneWindows(windows)

    assert [images.read(number)[0].shape for number in (8, 3)] == [(SIDE, SIDE, 3)] * 2
    assert read == [tmp_path / "a.png"]


def test_scenes_that_are_gone_or_changed_have_no_picture(tmp_path):
    Image.new("RGB", (20, 20)).save(tmp_path / "smaller.png")
    windows = {
        number: window_around(tmp_path / name, [(500, 500, 540, 540)], width=900, height=900)
        for number, name in enumerate(("gone.png", "smaller.png"))
    }

    images = SceneWindows(windows)

    assert [images.read(number) for number in windows] == [None, None]
