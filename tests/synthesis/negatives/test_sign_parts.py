"""Parts of signs: every base, pictogram and letter is drawn, and each setting of a part does what it says."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from roadsigns.synthesis.negatives.sign_parts import COLOURS, Part, bases, compose, glyphs, pictograms
from roadsigns.synthesis.negatives.unknown_signs import SIGN_KINDS
from roadsigns.synthesis.rendering import render_design

WORDS = {"numbers", "80", "words"}


def ink(*parts, size=100, **colours):
    """Where parts are drawn on a white board: shape (size, size), bool."""
    picture = render_design(compose("a sign", bases()["board"], list(parts), **colours), size).astype(int)
    return (np.abs(picture[:, :, :3] - 255).max(axis=2) > 128) & (picture[:, :, 3] > 128)


def extent(mask):
    """Left, top, right and bottom of what is drawn, in units of a sign."""
    ys, xs = np.nonzero(mask)
    return [2 * int(end) for end in (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)]


@pytest.mark.parametrize("name", bases())
def test_a_base_names_a_kind_colours_and_pictograms_that_there_are(name):
    base = bases()[name]

    assert base.kind in SIGN_KINDS
    assert {base.ground, base.ink} <= COLOURS.keys()
    assert base.never <= pictograms().keys() | WORDS


@pytest.mark.parametrize("name", sorted(bases().keys() - {"bare"}))
def test_a_base_is_opaque_in_its_middle_and_transparent_around_it(name):
    picture = render_design(compose(name, bases()[name], []), 64)

    assert picture[32, 32, 3] == 255
    assert picture[[0, 0, -1, -1], [0, -1, 0, -1], 3].tolist() == [0, 0, 0, 0]


def test_bases_of_one_family_are_of_one_kind():
    """One stands for the other."""
    kinds = {}
    for base in bases().values():
        if base.family:
            kinds.setdefault(base.family, set()).add(base.kind)

    assert kinds
    assert all(len(of_family) == 1 for of_family in kinds.values())


@pytest.mark.parametrize("name", pictograms())
def test_a_pictogram_fills_its_square_and_stays_in_it(name):
    """On a board with 40 units around the square: the middle is within a tenth of the square's."""
    left, top, right, bottom = extent(ink(Part(draw=name)))

    assert max(right - left, bottom - top) >= 70
    assert min(left, top) >= 38
    assert max(right, bottom) <= 162


def test_a_letter_has_the_height_that_is_asked_for():
    left, top, right, bottom = extent(ink(Part(text="H", height=60)))

    assert (top + bottom) / 2 == pytest.approx(100, abs=2)
    assert bottom - top == pytest.approx(60, abs=4)
    assert (left + right) / 2 == pytest.approx(100, abs=2)


@pytest.mark.parametrize("letter", glyphs())
def test_every_letter_is_drawn(letter):
    assert ink(Part(text=letter, height=100)).sum() > 20


def test_no_two_letters_look_alike():
    """But capital I and small l."""
    shapes = {letter: ink(Part(text=letter, height=100), size=50).tobytes() for letter in glyphs() if letter != "l"}

    assert len(set(shapes.values())) == len(shapes)


def test_text_that_is_too_long_is_narrowed():
    """It keeps its height."""
    left, top, right, bottom = extent(ink(Part(text="HHHHHHHH", height=60, width=100)))

    assert right - left == pytest.approx(100, abs=4)
    assert bottom - top == pytest.approx(60, abs=4)


def test_text_that_fits_is_left_as_it_is():
    assert np.array_equal(ink(Part(text="8t", width=190)), ink(Part(text="8t")))


def test_a_space_parts_two_words():
    close, apart = (extent(ink(Part(text=text, height=30))) for text in ("II", "I I"))

    assert apart[2] - apart[0] > close[2] - close[0] + 6


def test_a_part_is_moved_scaled_mirrored_and_turned():
    plain = ink(Part(draw="turn-arrow"))

    assert np.array_equal(ink(Part(draw="turn-arrow", x=120, y=90)), np.roll(plain, (-5, 10), axis=(0, 1)))
    assert extent(ink(Part(draw="square-mark", scale=0.5))) == [80, 80, 120, 120]
    assert extent(ink(Part(draw="square-mark", scale=0.5, stretch=2))) == [60, 80, 140, 120]
    assert np.array_equal(ink(Part(draw="turn-arrow", mirrored=True)), plain[:, ::-1])
    assert (ink(Part(draw="turn-arrow", turned=90)) != np.rot90(plain, -1)).mean() < 0.01


def test_colours_are_the_bases_the_signs_or_the_parts():
    """Each but the first is asked for."""

    def middle(part, **colours):
        return tuple(render_design(compose("a", bases()["board"], [part], **colours), 20)[11, 10, :3].tolist())

    assert middle(Part(draw="dot")) == (0xC1, 0x12, 0x1C)
    assert middle(Part(draw="dot"), ink="blue") == (0x0F, 0x4C, 0x9C)
    assert middle(Part(draw="dot", colour="black"), ink="blue") == (0x11, 0x11, 0x11)
    assert middle(Part(draw="telephone"), ground="yellow") == (0xF9, 0xB9, 0x12)
    assert middle(Part(draw="telephone", ground="white"), ground="yellow") == (0xFF, 0xFF, 0xFF)


def test_a_title_is_text_whatever_is_in_it():
    """Not markup."""
    title = "less < more & so on"

    assert ET.fromstring(compose(title, bases()["ring"], []))[0].text == title
