"""The sheet of mistakes shows each window with its boxes."""

import numpy as np
import pytest
from PIL import Image

from roadsigns.reporting.mistake_sheet import (
    DETECTED,
    LABELLED,
    MistakeCell,
    MistakeSection,
    draw_mistakes,
    place_lines,
)


def cell(labelled=(300, 200, 340, 240), detected=(305, 200, 345, 240), *, grey=150, size=(400, 600)):
    scene = np.full((*size, 3), grey, np.uint8)
    return MistakeCell.of(scene, labelled, detected, said="stop 0.91", truth="yield", place="1.png at 3, 2")


def pixels(path):
    with Image.open(path) as sheet:
        return np.asarray(sheet.convert("RGB"))


def count(image, colour):
    return int((image == colour).all(axis=2).sum())


def test_window_shows_the_sign_in_its_surroundings():
    """Three times as wide as both boxes together, and the boxes move with it."""
    one = cell()

    assert one.window.shape[:2] == (135, 135)
    assert one.labelled == (300 - 255, 200 - 152, 340 - 255, 240 - 152)
    assert one.detected == (305 - 255, 200 - 152, 345 - 255, 240 - 152)


@pytest.mark.parametrize(
    "box", [(0, 0, 20, 20), (590, 390, 600, 400), (-50, -50, 700, 500), (700, 500, 720, 520), (-90, -90, -80, -80)]
)
def test_window_at_the_edge_or_outside_is_cut_off(box):
    """A detection may reach over the edge; of one far outside a pixel is left."""
    window = cell(None, box).window

    assert 1 <= window.shape[0] <= 400
    assert 1 <= window.shape[1] <= 600


def test_tiny_sign_has_a_window_that_can_be_recognised():
    """At least 48 pixels of the scene."""
    assert cell((300, 200, 304, 204), None).window.shape[:2] == (48, 48)


def test_labelled_box_is_whole_and_detected_one_dashed(tmp_path):
    """Only what there is, each in its colour."""
    boxes = {"both": cell(), "labelled": cell(detected=None), "detected": cell(labelled=None)}
    for name, one in boxes.items():
        draw_mistakes([MistakeSection("1 mistake", [one])], tmp_path / f"{name}.png", title="mine")
    counts = {
        name: tuple(count(pixels(tmp_path / f"{name}.png"), line) > 100 for line in (LABELLED.colour, DETECTED.colour))
        for name in boxes
    }

    assert counts == {"both": (True, True), "labelled": (True, False), "detected": (False, True)}
    assert LABELLED.dash is None
    assert DETECTED.dash is not None


def test_every_window_is_on_the_sheet(tmp_path):
    """In rows of eight, section below section."""
    greys = [200 + number for number in range(11)]
    cells = [cell(None, (100, 100, 160, 160), grey=grey) for grey in greys]
    sections = [MistakeSection("9 missed", cells[:9]), MistakeSection("2 false", cells[9:])]
    draw_mistakes(sections, tmp_path / "sheet.png", title="mine")

    image = pixels(tmp_path / "sheet.png")
    for grey in greys:
        assert count(image, (grey,) * 3) > 100 * 100
    # A letter's edge has few pixels of a grey.
    tops = [int(((image == (grey,) * 3).all(axis=2).sum(axis=1) > 100).argmax()) for grey in greys]
    assert len(set(tops[:8])) == 1
    assert tops[7] < tops[8] < tops[9] == tops[10]


def test_without_mistakes_the_sheet_holds_its_title(tmp_path):
    """A perfect detector has one too."""
    draw_mistakes([], tmp_path / "sheet.png", title="mine")

    assert pixels(tmp_path / "sheet.png").shape[1] > 1000


@pytest.mark.parametrize(
    ("letters", "lines"),
    [
        (30, ["00002.png at 851, 431; 23 px"]),
        (22, ["00002.png", "at 851, 431; 23 px"]),
        (19, ["00002.png", "at 851, 431; 23 px"]),
    ],
)
def test_the_name_of_the_scene_is_whole_where_there_is_room_for_two_lines(letters, lines):
    assert place_lines("00002.png at 851, 431; 23 px", letters).splitlines() == lines
