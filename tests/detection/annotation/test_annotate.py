"""Signs drawn into their picture."""

import numpy as np
import pytest
from fixtures.stand_in_detector import detected_sign
from PIL import ImageDraw

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.detection.annotation.annotate import Annotator
from roadsigns.detection.annotation.look import LOOKS
from roadsigns.types import SignClass

BOX = (400, 300, 460, 360)


@pytest.fixture(scope="module")
def annotator():
    """Of GTSRB's classes."""
    return Annotator(GTSRB_CLASSES)


def grey(width, height):
    """A picture without anything."""
    return np.full((height, width, 3), 100, np.uint8)


def on_line(image, colour):
    """Where the line above the box has that colour."""
    above = image[BOX[1] - 2, BOX[0] : BOX[2]].astype(int)
    return (np.abs(above - colour).max(axis=1) < 3).mean()


def test_the_sign_itself_stays_visible(annotator):
    """Lines and caption are around it; the picture that was given is not changed."""
    image = grey(1360, 800)

    drawn = annotator.draw(image, [detected_sign(14, box=BOX)])

    inside = drawn[BOX[1] : BOX[3], BOX[0] : BOX[2]]
    assert (inside == 100).all()
    assert (drawn != image).any()
    assert (image == 100).all()


def test_decisions_differ_in_line_and_colour(annotator):
    """So that colours need not be told apart."""
    shares = {}
    for decision in ("known", "uncertain", "unknown"):
        drawn = annotator.draw(grey(1360, 800), [detected_sign(14, decision, box=BOX)])
        shares[decision] = on_line(drawn, LOOKS[decision].colour)

    assert shares["known"] == 1
    assert 0.5 < shares["uncertain"] < 0.8
    assert 0.2 < shares["unknown"] < 0.5


@pytest.mark.parametrize("size", [(1, 1), (40, 30), (60, 2000), (6000, 200)])
def test_pictures_of_any_shape_are_drawn(annotator, size):
    """With a sign at the edge, and a box that reaches out by a rounding."""
    width, height = size
    box = (max(0, width - 20), max(0, height - 20), width + 0.4, height + 0.4)

    assert annotator.draw(grey(*size), [detected_sign(14, box=box)]).shape == (height, width, 3)


def test_picture_without_signs_stays_as_it_is(annotator):
    """Also one whose pixels are read-only, as a PPM file's are."""
    image = grey(30, 20)
    image.setflags(write=False)

    assert (annotator.draw(image, []) == image).all()
    assert annotator.draw(image, [detected_sign(14, box=(1, 1, 9, 9))]).shape == image.shape


def test_own_classes_are_captioned_without_a_drawing():
    """Unless they are named after one of GTSRB's."""
    sign = detected_sign(0, box=BOX)
    own = Annotator([SignClass(0, "speed limit 99")]).draw(grey(800, 600), [sign])
    known = Annotator([SignClass(0, "stop")]).draw(grey(800, 600), [sign])

    assert (own == 255).all(axis=2).sum() < (known == 255).all(axis=2).sum()
    assert Annotator([]).draw(grey(800, 600), [sign]).shape == (600, 800, 3)


def test_caption_far_from_its_sign_is_joined_to_it(annotator, monkeypatch):
    """By a line, as in a block of signs; not where it stands beside it."""
    lines = []
    monkeypatch.setattr(ImageDraw.ImageDraw, "line", lambda self, ends, **_: lines.append(ends))
    places = [(x, y) for y in range(100, 700, 138) for x in range(60, 1200, 138)]

    annotator.draw(grey(1360, 800), [detected_sign(14, box=BOX)])
    assert lines == []

    annotator.draw(grey(1360, 800), [detected_sign(14, box=(x, y, x + 130, y + 130)) for x, y in places])
    assert lines != []
