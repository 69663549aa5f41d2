"""The sheet of joined pairs shows both tracks of each, however many there are."""

import numpy as np
import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.datasets.groups import TrackPair
from roadsigns.errors import OutputError
from roadsigns.reporting.group_sheet import MAX_PAIRS, write_group_sheet
from roadsigns.reporting.sheet_layout import TITLE, plan_page
from roadsigns.types import Sample, SignClass

CLASSES = (SignClass(0, "stop $^$"),)


@pytest.fixture
def pairs(tmp_path):
    """As many pairs as requested, of a lighter and a darker grey, the nearest first."""
    for grey in (210, 230):
        Image.new("RGB", (40, 40), (grey, grey, grey)).save(tmp_path / f"{grey:05d}_00007.png")
    first, second = (Sample(tmp_path / f"{grey:05d}_00007.png", 0, None, f"{grey:05d}") for grey in (210, 230))
    return lambda count: [TrackPair(first, second, index / 1000) for index in range(count)]


def pixels_of(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_both_tracks_of_a_pair_stand_side_by_side(pairs, tmp_path):
    """The first left, the second right, each in its cell."""
    write_group_sheet(pairs(2), CLASSES, tmp_path / "sheet.png", title="data")
    pixels = pixels_of(tmp_path / "sheet.png")
    page = plan_page(2, real=2, drawn=0)

    assert pixels.shape == (page.height, page.width, 3)
    for index in range(2):
        x, y = page.corner(index)
        for place, grey in enumerate((210, 230)):
            left = x + page.real_left(place)
            assert (pixels[y : y + page.cell, left : left + page.cell] == grey).all()


def test_more_pairs_than_fit_leave_out_the_nearest(pairs, tmp_path, monkeypatch):
    """A person judges the threshold by the farthest; the sheet is that of them alone."""
    monkeypatch.setattr("roadsigns.reporting.group_sheet.MAX_PAIRS", 3)
    many = pairs(5)

    write_group_sheet(many, CLASSES, tmp_path / "all.png", title="data")
    write_group_sheet(many[2:], CLASSES, tmp_path / "last.png", title="data")
    shown, last = pixels_of(tmp_path / "all.png")[TITLE:], pixels_of(tmp_path / "last.png")[TITLE:]

    assert (shown == last).all()


def test_page_holds_as_many_pairs_as_are_shown_at_most():
    """At the size that is best to see."""
    assert plan_page(MAX_PAIRS, real=2, drawn=0).cell == 96


def test_sheet_that_cannot_be_written_is_an_error(pairs, tmp_path):
    """One sentence, with the option that names another place."""
    with raises(OutputError, hint="Name another file with --sheet"):
        write_group_sheet(pairs(1), CLASSES, tmp_path / "no" / "sheet.png", title="data")
