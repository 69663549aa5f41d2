"""The sheet of misread images holds them all."""

import numpy as np
import pytest
from PIL import Image

from roadsigns.reporting.misread_sheet import Misread, draw_misread


def misread(height=40, width=50, grey=120):
    return Misread(np.full((height, width, 3), grey, np.uint8), "give way", "end of no overtaking by lorries", 0.98)


@pytest.mark.parametrize("count", [0, 1, 23])
def test_sheet_is_drawn_for_any_number(tmp_path, count):
    """With none it holds its title; images may be of any shape."""
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
