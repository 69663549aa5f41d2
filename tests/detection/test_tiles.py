"""Parts of a picture that the network looks at."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.detection.tiles import LARGEST_TILE, LONGEST_BOX, SIDES, padded, tiles_of

LENGTHS = st.integers(1, 20_000)


def owns(tile, x, y):
    return tile.across.low < x < tile.across.high and tile.down.low < y < tile.down.high


def inside(tile, box):
    x1, y1, x2, y2 = box
    across, down = tile.across, tile.down
    return (
        across.start <= x1
        and x2 <= across.start + across.length
        and down.start <= y1
        and y2 <= down.start + down.length
    )


@given(LENGTHS, LENGTHS, st.floats(1, LONGEST_BOX), st.floats(1, LONGEST_BOX), st.floats(0, 1), st.floats(0, 1))
def test_every_box_is_seen_whole_by_each_tile_that_owns_it(height, width, across, down, right, below):
    """And at least one does, wherever the box is."""
    across, down = min(across, width), min(down, height)
    x, y = right * (width - across), below * (height - down)

    owners = [tile for tile in tiles_of(height, width) if owns(tile, x + across / 2, y + down / 2)]

    assert owners
    # To a thousandth of a pixel, for these are floats.
    assert all(inside(tile, (x + 1e-3, y + 1e-3, x + across - 1e-3, y + down - 1e-3)) for tile in owners)


@given(LENGTHS, st.floats(0, 1), st.floats(0, 1))
def test_what_is_left_of_a_cut_sign_is_owned_by_no_tile_that_cuts_it(width, place, share):
    """Unless it is longer than boxes of tiles are."""
    for tile in tiles_of(100, width):
        start, length, low, high = tile.across
        for cut, inwards in ((start, 1), (start + length, -1)):
            visible = share * LONGEST_BOX * place
            if 0 < cut < width:
                assert not low < cut + inwards * visible / 2 < high


@given(LENGTHS, LENGTHS)
def test_tiles_lie_in_the_picture_and_few_of_them_cover_it(height, width):
    """Each pixel; none is larger than the largest."""
    tiles = tiles_of(height, width)

    for spans, side in (({tile.across for tile in tiles}, width), ({tile.down for tile in tiles}, height)):
        ordered = sorted(spans)
        assert ordered[0].start == 0
        assert ordered[-1].start + ordered[-1].length == side
        for one, other in pairwise(ordered):
            assert one.start < other.start < one.start + one.length
        assert all(span.length <= LARGEST_TILE for span in spans)
        # Overlaps and sizes cost no more than a third, but for pictures just too large for one tile.
        assert len(spans) == 1 or sum(span.length for span in spans) < 4 / 3 * side + 600
    assert all(tile.whole for tile in tiles) == (len(tiles) == 1)


@pytest.mark.parametrize("size", [(800, 1360), (720, 1280), (1080, 1920), (1, 1)])
def test_common_pictures_are_one_tile(size):
    assert len(tiles_of(*size)) == 1


@given(st.integers(1, LARGEST_TILE))
def test_padding_is_small(side):
    """At most a sixth, or 31 pixels."""
    assert padded(side) % 32 == 0
    assert 0 <= padded(side) - side <= max(31, side / 6)
    assert padded(side) in SIDES
