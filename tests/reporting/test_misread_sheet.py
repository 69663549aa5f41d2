"""The sheet of misread images holds them all, and a person sees what is on them."""

import numpy as np
import pytest
from PIL import Image

from roadsigns.reporting.misread_sheet import Misread, brighten, draw_misread


def misread(height=40, width=50, grey=120):
    return Misread(np.full((height, width, 3), grey, np.uint8), "give way", "end of no overtaking by lorries", 0.98)


@pytest.mark.parametrize("count", [0, 1, 23])
def test_sheet_is_drawn_for_any_number(tmp_path, count):
    """None gives a sheet that says so in its title; images may be of any shape."""
    images = [misread(height=20 + 9 * index, width=25) for index in range(count)]

    draw_misread(images, tmp_path / "misread.png", title="all")

    with Image.open(tmp_path / "misread.png") as sheet:
        assert sheet.width >= 960
        assert sheet.height >= 70 + 225 * -(-count // 10)


def test_every_image_is_on_the_sheet(tmp_path):
    """Each of seven greys is found again."""
    greys = [200, 205, 210, 215, 220, 225, 230]
    draw_misread([misread(grey=grey) for grey in greys], tmp_path / "misread.png", title="all")

    with Image.open(tmp_path / "misread.png") as sheet:
        pixels = np.asarray(sheet.convert("RGB")).reshape(-1, 3)
    for grey in greys:
        assert (pixels == grey).all(axis=1).sum() > 100 * 100


def test_dark_images_are_brightened_and_others_left():
    """The brightest hundredth comes to 200; black stays black."""
    dark = np.linspace(0, 20, 300).reshape(10, 10, 3).astype(np.uint8)
    light = dark + np.uint8(230)

    assert brighten(dark).max() >= 200
    assert brighten(light) is light
    assert brighten(np.zeros((5, 5, 3), np.uint8)).max() == 0
