"""The page of a class sheet: nothing overlaps, and a person can read it."""

from itertools import pairwise

import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.reporting.sheet_layout import LONGEST_SIDE, plan_page


@pytest.mark.parametrize(("classes", "real", "drawn"), [(1, 1, 0), (1, 8, 8), (6, 8, 8), (43, 8, 8), (43, 3, 0)])
def test_every_image_has_a_place_of_its_own(classes, real, drawn):
    """Inside the page, at a size to be seen; no cell touches another."""
    page = plan_page(classes, real=real, drawn=drawn)
    lefts = [page.real_left(place) for place in range(real)] + [page.drawn_left(place) for place in range(drawn)]
    corners = [page.corner(index) for index in range(classes)]

    assert max(page.width, page.height) <= LONGEST_SIDE
    assert page.cell >= 64
    assert all(right - left >= page.cell for left, right in pairwise(lefts))
    assert max(x for x, _ in corners) + lefts[-1] + page.cell <= page.width
    assert max(y for _, y in corners) + page.cell <= page.height
    assert len(set(corners)) == classes
    for x, y in corners:
        below = [other for left, other in corners if left == x and other > y]
        assert all(other - y > page.cell for other in below)
        right = [left for left, other in corners if other == y and left > x]
        assert all(left - x >= lefts[-1] + page.cell for left in right)


def test_many_classes_stand_in_columns():
    """All of GTSRB's with 8 and 8 images: nearer to a square than to a strip."""
    page = plan_page(43, real=8, drawn=8)

    assert page.columns > 1
    assert 0.5 < page.width / page.height < 2


def test_more_than_a_page_holds_is_refused():
    """With what to do: 300 classes of 16 images would be dots."""
    with raises(DataError, hint="--class"):
        plan_page(300, real=8, drawn=8)
