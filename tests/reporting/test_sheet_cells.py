"""The parts of contact sheets: images are scaled, brightened and placed; text is shortened and wrapped."""

import cv2
import numpy as np
import pytest
from PIL import Image

from roadsigns.reporting.sheet_cells import (
    fit_into,
    paste,
    read_or_blank,
    sheet_at,
    show_image,
    wrap_title,
    write_heading,
    write_text,
)
from roadsigns.reporting.style import DPI


def pixels_of(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_small_images_are_enlarged_pixel_by_pixel():
    """Nearest: no new value arises; large ones are averaged, so that nothing is skipped."""
    board = np.indices((4, 6)).sum(axis=0) % 2 * np.uint8(255)
    small = np.repeat(board[:, :, None], 3, axis=2).astype(np.uint8)

    enlarged = fit_into(small, 60)
    assert enlarged.shape == (40, 60, 3)
    assert set(np.unique(enlarged)) == {0, 255}
    reduced = fit_into(cv2.resize(small, (600, 400), interpolation=cv2.INTER_NEAREST), 3)
    assert reduced.shape == (2, 3, 3)
    assert np.abs(reduced.astype(int) - 127).max() <= 1


@pytest.mark.parametrize(("height", "width"), [(20, 40), (40, 20), (30, 30)])
def test_pasted_and_drawn_images_stand_in_the_middle_of_their_cell(tmp_path, height, width):
    """Both ways put the same pixels in the same place, also next to each other on one page."""
    image = np.full((height, width, 3), (200, 30, 90), np.uint8)
    canvas = np.full((120, 240, 3), 255, np.uint8)
    with sheet_at(tmp_path / "sheet.png", width=240, height=120, per_inch=DPI, canvas=canvas) as axes:
        paste(canvas, image, 10, 20, 80)
        show_image(axes, image, 130, 20, 80)

    pixels = pixels_of(tmp_path / "sheet.png")
    red = (pixels == (200, 30, 90)).all(axis=2)
    left, right = (np.argwhere(half) for half in (red[:, :120], red[:, 120:]))
    longer, shorter = 80, 80 * min(height, width) // max(height, width)
    box = (longer, shorter) if height > width else (shorter, longer)
    for places in (left, right):
        assert tuple(np.ptp(places, axis=0) + 1) == pytest.approx(box, abs=1)
        assert places.mean(axis=0) == pytest.approx((20 + 39.5, 10 + 39.5), abs=1)


def test_text_stands_below_its_point_or_above_it(tmp_path):
    """With the dollar sign as it is."""
    with sheet_at(tmp_path / "sheet.png", width=2, height=2) as axes:
        write_text(axes, "a $^$ b", 0.2, 1, size=9)
        write_text(axes, "above", 1.5, 1, size=9, align="center", upward=True)

    dark = (pixels_of(tmp_path / "sheet.png") < 128).any(axis=2)
    assert dark[100:, :100].any()
    assert not dark[:98, :100].any()
    assert dark[:100, 110:].any()
    assert not dark[104:, 110:].any()


def test_image_that_went_away_is_one_black_pixel(tmp_path):
    """So that the rest of the sheet is drawn."""
    (tmp_path / "broken.png").write_bytes(b"no image")

    for name in ("gone.png", "broken.png"):
        assert read_or_blank(tmp_path / name).tolist() == [[[0, 0, 0]]]


def test_heading_fills_its_page_and_no_more(tmp_path):
    """However wide its letters are; what does not fit into four lines is cut."""
    for letter in "iW":
        with sheet_at(tmp_path / f"{letter}.png", width=5, height=2) as axes:
            write_heading(axes, f"{letter * 7} " * 200, 0.12, 0.12, inches=5)

        (columns,) = np.nonzero((pixels_of(tmp_path / f"{letter}.png") < 128).any(axis=(0, 2)))
        assert columns.min() >= 11
        assert 420 < columns.max() <= 488
    assert len(wrap_title("word " * 200, 5).splitlines()) == 4


def test_sheet_of_a_block_that_fails_is_not_written(tmp_path):
    def fail():
        with sheet_at(tmp_path / "sheet.png", width=1, height=1):
            raise KeyError("inside")

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []
