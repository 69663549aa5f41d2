"""Box columns of tables, in the spellings that people's tools write."""

import decimal
import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.box_columns import find_box_columns, whole_number
from roadsigns.types import Box

CORNERS = [
    "x1,y1,x2,y2",
    "xmin,ymin,xmax,ymax",
    "minx,miny,maxx,maxy",
    "left,top,right,bottom",
    "xtl,ytl,xbr,ybr",
    "x0,y0,x1,y1",
]
SIZES = [
    f"{corner},{size}"
    for corner in ("x,y", "left,top", "xmin,ymin", "x1,y1", "x0,y0")
    for size in ("w,h", "width,height")
]
GTSRB = "Roi.X1,Roi.Y1,Roi.X2,Roi.Y2"


def found(header):
    return find_box_columns(header.split(","))


@st.composite
def respelled(draw, names):
    """The same names in any case, with signs between their letters, and perhaps bbox_ before them."""
    prefix = draw(st.sampled_from(["", "bbox_", "bbox.", "Box ", "bounding_box_"])) if names != GTSRB else ""
    case = draw(st.sampled_from([str, str.upper, str.lower, str.title, str.swapcase]))
    between = draw(st.sampled_from(["", "_", ".", " ", "-"]))
    return [case(prefix + name[0] + between + name[1:]) for name in names.split(",")]


@given(data=st.data())
def test_every_spelling_is_understood_in_any_case_and_order(data):
    """Wherever the columns stand among others."""
    names = data.draw(st.sampled_from([*CORNERS, *SIZES, GTSRB]))
    ours = data.draw(respelled(names))
    header = data.draw(st.permutations(["path", "label", *ours]))

    columns = find_box_columns(header)

    assert columns is not None
    assert list(columns.names) == ours
    assert [header[place] for place in columns.places] == ours
    assert (columns.is_size, columns.inclusive) == (names in SIZES, names == GTSRB)


@pytest.mark.parametrize("header", CORNERS)
def test_corners_are_read_with_an_exclusive_far_corner(header):
    assert found(header).box(["3", "4", "30", "40"]) == Box(3, 4, 30, 40)


@pytest.mark.parametrize("header", SIZES)
def test_sizes_are_added_to_the_near_corner(header):
    assert found(header).box(["3", "4", "30", "40"]) == Box(3, 4, 33, 44)


def test_gtsrbs_far_corner_belongs_to_the_box():
    """As its documentation says."""
    assert found(GTSRB).box(["3", "4", "30", "40"]) == Box(3, 4, 31, 41)


@pytest.mark.parametrize(
    "header", ["filename,width,height,class,xmin,ymin,xmax,ymax", f"Width,Height,{GTSRB},ClassId,Path"]
)
def test_size_of_the_image_beside_corners_is_no_part_of_the_box(header):
    """As in TensorFlow's and GTSRB's tables."""
    assert not found(header).is_size


@pytest.mark.parametrize("header", ["", "path,label", "path,width,height", "image,w,h", "path,label,fox,boxer,country"])
def test_table_without_boxes_has_none(header):
    """An image has a width and a height too."""
    assert found(header) is None


@pytest.mark.parametrize(
    ("header", "suspects"),
    [
        ("path,bbox", "bbox"),
        ("path,coordinates", "coordinates"),
        ("path,xtl,ytl,xbr", "xtl, ytl, xbr"),
        ("path,Bounding Box,label", "Bounding Box"),
        ("path,cx,cy,w,h", "cx, cy"),
        ("path,x_center,y_center,width,height", "x_center, y_center"),
        ("path,x1,y1", "x1, y1"),
        ("path,x,y", "x, y"),
        ("path,xmin,ymin,xmax,y_max_", None),
        ("path,xmin,xmax", "xmin, xmax"),
        ("path,Roi.X1,Roi.Y1,Roi.X2", "Roi.X1, Roi.Y1, Roi.X2"),
        ("path,x0,y0", "x0, y0"),
        ("path,x0,y0,x1", "x0, y0, x1"),
        ("path,x0,x1,y1,w,h", "x0, x1, y1"),
        # The width and height of the image would be taken for those of the sign.
        ("path,width,height,xmin,ymin,xmax", "xmin, ymin, xmax"),
        ("path,width,height,left,top,bottom", "left, top, bottom"),
    ],
)
def test_columns_that_look_like_boxes_are_refused_where_they_are_not_understood(header, suspects):
    """A box ignored in silence is a wrong answer."""
    if suspects is None:
        assert found(header) is not None
        return
    with pytest.raises(ValueError, match=f"^columns that look like a box \\({suspects}\\)"):
        found(header)


@pytest.mark.parametrize(
    "header",
    [
        "x1,y1,x2,y2,xmin,ymin,xmax,ymax",
        "x1,y1,x2,y2,bbox_x1,bbox_y1,bbox_x2,bbox_y2",
        f"{GTSRB},left,top,right,bottom",
    ],
)
def test_several_boxes_are_refused(header):
    """Which of them is the sign's is not known."""
    with pytest.raises(ValueError, match=f"^several boxes \\({header.replace(',', ', ')}\\)"):
        found(header)


@pytest.mark.parametrize("row", [["", "", "", ""], [None] * 4, [math.nan] * 4, ["nan", "NaN", " ", ""], [], [""]])
def test_empty_fields_are_the_whole_image(row):
    """As CSV, Parquet and pandas have them; a row may be short."""
    assert found("x1,y1,x2,y2").box(row) is None


@pytest.mark.parametrize(
    "row", [["300.0", "4.0", "310.0", "14.0"], [300.0, 4.0, 310.0, 14.0], [" 300", "4 ", "310", "14"]]
)
def test_pandas_floats_are_whole_numbers(row):
    """It writes columns with gaps so."""
    assert found("x1,y1,x2,y2").box(row) == Box(300, 4, 310, 14)


@given(empty=st.sets(st.integers(0, 3), min_size=1, max_size=3), kind=st.sampled_from(["", None, math.nan]))
def test_partly_empty_box_is_refused(empty, kind):
    """With the columns that are empty."""
    header = ["x1", "y1", "x2", "y2"]
    row = [kind if place in empty else str(place) for place in range(4)]

    with pytest.raises(ValueError, match=f"^{', '.join(header[place] for place in sorted(empty))} is empty"):
        find_box_columns(header).box(row)


@pytest.mark.parametrize("cell", ["0.5", "3,5", "abc", "", "1e400", "inf", "nan", "2147483647", "-2147483647", "0x10"])
def test_text_that_is_no_whole_number_is_refused_in_words(cell):
    """A fraction is probably part of a width of 1. The largest does not fit 32 bits."""
    with pytest.raises(ValueError, match="is not a whole number"):
        whole_number(cell)


@pytest.mark.parametrize("cell", [0.5, math.inf, math.nan, None, decimal.Decimal("3.5"), b"3", [3], 2**31 - 1])
def test_value_that_is_no_whole_number_is_refused_in_words(cell):
    """As a Parquet file may hold it."""
    with pytest.raises(ValueError, match="is not a whole number"):
        whole_number(cell)


@given(number=st.integers(-(2**31) + 2, 2**31 - 2))
def test_whole_numbers_are_read_in_every_form(number):
    for cell in (number, float(number), str(number), f" {number}", f"{number}.0", decimal.Decimal(number)):
        assert whole_number(cell) == number


def test_box_that_ends_beyond_any_image_is_refused():
    """Both numbers are whole, their sum does not fit 32 bits."""
    with pytest.raises(ValueError, match="is not a whole number"):
        found("x,y,w,h").box([2**31 - 2, 0, 2**31 - 2, 1])


def test_spellings_are_distinct():
    """A header that has the columns of two is refused, or which counts would be chance."""
    for one, other in itertools.combinations(CORNERS, 2):
        with pytest.raises(ValueError, match=r"^several boxes"):
            find_box_columns(list(dict.fromkeys([*one.split(","), *other.split(",")])))
