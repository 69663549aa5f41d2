"""Drawings become pixels: each fits its square, keeps its shape, and has an outline."""

import numpy as np
import pytest
from fixtures.errors import raises
from fixtures.templates import SQUARE, plate, png, write
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.errors import DataError
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.rendering import outline_of, render_design


def extent(image):
    """First and last column and row that are half opaque: (left, top, right, bottom), the last two exclusive."""
    ys, xs = np.nonzero(image[:, :, 3] >= 128)
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


def test_a_rendered_sign_cannot_be_changed_by_accident():
    """Renderings are cached, so their arrays are read-only."""
    with pytest.raises(ValueError, match="read-only"):
        render_design(official_designs().files[0][0], 64)[0, 0] = 0


@pytest.mark.parametrize("size", [0, -1])
def test_size_of_nothing_is_refused(size):
    """A sign has at least one pixel."""
    with raises(DataError, problem=str(size), expected="at least 1"):
        render_design(official_designs().files[0][0], size)


def test_the_text_of_a_document_is_drawn_as_its_file(tmp_path):
    """Composed signs lie in no file."""
    path = write(tmp_path, {"a.svg": SQUARE}) / "a.svg"

    assert np.array_equal(render_design(SQUARE, 64), render_design(path, 64))
    assert np.array_equal(outline_of(SQUARE), outline_of(path))
    with raises(DataError, problem="cannot be drawn", subject="an SVG document"):
        render_design("<svg", 64)


def test_svg_and_png_of_one_drawing_look_the_same(tmp_path):
    """A format is no design."""
    write(tmp_path, {"a.svg": SQUARE})
    write(tmp_path, {"b.png": png(render_design(tmp_path / "a.svg", 300))})

    difference = render_design(tmp_path / "a.svg", 64).astype(int) - render_design(tmp_path / "b.png", 64)

    assert np.abs(difference).mean() < 1


@given(height=st.integers(1, 90), width=st.integers(1, 90), size=st.integers(1, 80))
def test_png_of_any_shape_fits_into_the_middle_of_the_square(tmp_path_factory, height, width, size):
    """Height and width keep their proportion, the longer one fills the square."""
    path = tmp_path_factory.mktemp("templates") / "a.png"
    path.write_bytes(png(np.full((height, width, 4), 255)))

    rendered = render_design(path, size)

    left, top, right, bottom = extent(rendered)
    assert rendered.shape == (size, size, 4)
    assert max(right - left, bottom - top) == size
    assert right - left == pytest.approx(max(1, size * width / max(height, width)), abs=1)
    assert bottom - top == pytest.approx(max(1, size * height / max(height, width)), abs=1)
    assert abs(left - (size - right)) <= 1
    assert abs(top - (size - bottom)) <= 1


@pytest.mark.parametrize("attributes", ["", 'width="20" height="40"', 'width="30mm" height="60mm"'])
def test_svg_keeps_its_shape(tmp_path, attributes):
    """A drawing twice as high as wide stays so, whatever size it says it has."""
    tall = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 20" {attributes}><path d="M0 0h10v20h-10z"/></svg>'

    left, top, right, bottom = extent(render_design(write(tmp_path, {"a.svg": tall}) / "a.svg", 64))

    assert (top, bottom) == (0, 64)
    assert (left, right) == pytest.approx((16, 48), abs=1)


def test_colour_of_transparent_pixels_does_not_show(tmp_path):
    """A green that nobody sees in the original is not seen at the sign's edge when it is scaled, up or down."""
    for size in (30, 200):
        content = png(plate(100, 100, border=13, ground=(0, 255, 0, 0)))
        sign = render_design(write(tmp_path, {"a.png": content}) / "a.png", size).astype(int)

        seen = sign[:, :, 3] > 8
        assert sign[seen][:, 1].max() <= 4


def test_outline_is_the_hull_of_what_is_opaque(tmp_path):
    """Four corners for a square that fills 6 of 8 units; homogeneous, in sides from the centre."""
    square = SQUARE.replace("0 0 10 10", "0 0 8 8").replace("M1 1h8v8h-8z", "M1 1h6v6h-6z")

    outline = outline_of(write(tmp_path, {"a.svg": square}) / "a.svg")

    assert outline.shape == (3, 4)
    assert outline[2].tolist() == [1] * 4
    np.testing.assert_allclose(np.abs(outline[:2]), 0.375)


def test_faint_template_has_an_outline_too(tmp_path):
    """Where nothing is half opaque, the most opaque part counts."""
    faint = plate(64, 64, border=16)
    faint[:, :, 3] //= 4

    outline = outline_of(write(tmp_path, {"a.png": png(faint)}) / "a.png")

    np.testing.assert_allclose(np.abs(outline[:2]), 0.25, atol=2 / 256)


def test_a_template_that_was_changed_is_drawn_anew(tmp_path):
    """As in a notebook, where one edits it and draws again."""
    path = write(tmp_path, {"a.svg": SQUARE}) / "a.svg"
    before, outline = render_design(path, 64), outline_of(path)
    path.write_text(SQUARE.replace("M1 1h8v8h-8z", "M1 1h4v8h-4z"))

    assert not np.array_equal(render_design(path, 64), before)
    assert not np.array_equal(outline_of(path), outline)
