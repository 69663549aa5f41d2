"""Fonts for names in any language."""

import pytest
from PIL import ImageFont

from roadsigns.detection.annotation import fonts
from roadsigns.detection.annotation.fonts import font_for


@pytest.fixture(autouse=True)
def nothing_kept():
    """Each test looks anew."""
    font_for.cache_clear()
    yield
    font_for.cache_clear()


def test_ascii_is_written_in_pillows_own_font():
    """The same on every system."""
    assert font_for("speed limit 30?", 17).getname() == ImageFont.load_default(17).getname()
    assert font_for("stop", 17).size == 17


def test_letters_that_it_lacks_come_from_another():
    """Matplotlib brings one, and is here."""
    font = font_for("Vorfahrt gewähren", 17)

    assert font.getname() != ImageFont.load_default(17).getname()
    assert bytes(font.getmask("ä")) not in (bytes(font.getmask("a")), bytes(font.getmask("\uffff")))


def test_letters_that_no_font_has_are_written_all_the_same(monkeypatch):
    """As boxes."""
    monkeypatch.setattr(fonts, "_others", lambda size: iter([ImageFont.load_default(size)]))

    assert font_for("\ue123", 17).getname() == ImageFont.load_default(17).getname()
