"""The sheet of duplicates shows pairs side by side."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from roadsigns.dataset_check.check import check_folder
from roadsigns.dataset_check.duplicates_sheet import CELL_HEIGHT, HEAD, MAX_PAIRS, draw_duplicates
from roadsigns.dataset_check.findings import Finding, Item
from roadsigns.reporting.style import DPI


@pytest.fixture
def check(tmp_path):
    """A red picture in two classes."""
    for name, colour in {"go/a": (200, 0, 0), "stop/a": (200, 0, 0), "stop/b": (0, 200, 0)}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (30, 30), colour).save(tmp_path / f"{name}.png")
    return check_folder(tmp_path)


def pixels_of(path):
    return np.asarray(Image.open(path).convert("RGB"))


def test_pair_stands_side_by_side(check, tmp_path):
    """Red on the left and on the right, and no green."""
    draw_duplicates(check, tmp_path / "duplicates.png")

    pixels = pixels_of(tmp_path / "duplicates.png")
    red = (pixels == (200, 0, 0)).all(axis=2).any(axis=0)
    assert np.flatnonzero(np.diff(red.astype(int)) == 1).size == 2
    assert not (pixels == (0, 200, 0)).all(axis=2).any()


def test_sheet_has_room_for_so_many_pairs(check, tmp_path):
    """Each kind gets its share, and the number of all stands in the title."""
    item = Item(("go/a.png", "stop/a.png"), "a word")
    kinds = ("duplicate-across-classes", "near-across-tracks")
    findings = tuple(Finding(kind, 5000, (item,) * 5000) for kind in kinds)

    draw_duplicates(replace(check, findings=findings), tmp_path / "duplicates.png")

    height = HEAD + CELL_HEIGHT * MAX_PAIRS / 4
    assert pixels_of(tmp_path / "duplicates.png").shape[0] == pytest.approx(DPI * height, abs=1)


def test_no_pair_gives_only_a_title_and_a_lost_file_a_black_square(check, tmp_path):
    """An earlier sheet must not stay; a file may go away after the check."""
    draw_duplicates(replace(check, findings=()), tmp_path / "none.png")
    (tmp_path / "go" / "a.png").unlink()
    draw_duplicates(check, tmp_path / "lost.png")

    assert pixels_of(tmp_path / "none.png").shape[0] == pytest.approx(DPI * HEAD, abs=1)
    assert (pixels_of(tmp_path / "lost.png") == 0).all(axis=2).sum() > 10_000
