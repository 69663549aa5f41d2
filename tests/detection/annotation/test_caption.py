"""Captions: what they say, and how large they are."""

import numpy as np
import pytest
from fixtures.stand_in_detector import detected_sign
from PIL import ImageDraw

from roadsigns.detection.annotation.caption import draw_caption
from roadsigns.detection.annotation.look import LOOKS, text_size_of
from roadsigns.synthesis.designs import official_designs

STOP = official_designs().files[14][0]
STREET = (1360, 800)


@pytest.fixture
def texts(monkeypatch):
    """Collect what is written."""
    written = []
    original = ImageDraw.ImageDraw.text

    def text(self, place, content, **options):
        written.append(content)
        return original(self, place, content, **options)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", text)
    return written


def caption(decision, design=STOP, picture=STREET):
    """The caption of a stop sign."""
    return draw_caption(detected_sign(14, decision).prediction, design, picture)


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        ("known", ["stop", "75.00 %"]),
        (None, ["stop", "75.00 %"]),
        ("uncertain", ["stop?", "75.00 %"]),
        ("unknown", ["another danger sign", "unknown"]),
    ],
)
def test_caption_says_name_and_probability_or_that_it_is_unknown(texts, decision, expected):
    """In the colour of the decision."""
    drawn = caption(decision)

    assert texts == expected
    assert drawn.getpixel((drawn.width - 1, drawn.height - 1)) == LOOKS[decision].colour


def test_drawing_stands_before_the_text():
    """The red of a stop sign; an unknown sign gets none, for it would be that of another."""

    def red(image):
        pixels = np.asarray(image).astype(int)
        return int(((pixels[:, :, 0] > 150) & (pixels[:, :, 1] < 60)).sum())

    assert red(caption("known")) > 500
    assert red(caption("unknown")) == red(caption("known", design=None)) == 0
    assert caption("known").width - caption("known", design=None).width == caption("known").height


def test_text_grows_with_the_picture():
    """It looks alike where both fill a screen."""
    small, large = caption("known").height, caption("known", picture=(4000, 3000)).height

    assert text_size_of(*STREET) >= 16
    assert 3 < large / small < 4


def test_caption_shrinks_to_fit_a_small_picture_and_gives_way_in_a_tiny_one():
    """To the drawing alone, then to nothing."""
    assert caption("known", picture=(80, 60)).width <= 80
    assert caption("known", picture=(40, 30)).size == (25, 25)
    assert caption("known", picture=(9, 9)) is None
    assert caption("unknown", picture=(40, 30)) is None
