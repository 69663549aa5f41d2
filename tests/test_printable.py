"""Names of files as they can be shown."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.printable import as_text, is_text, printable, shortened


@pytest.mark.parametrize("text", ["Wildwechsel 20 %", "größer", "停", ""])
def test_text_stays_as_it_is(text):
    """In any language."""
    assert printable(text) == text


@given(name=st.binary(max_size=40))
def test_any_file_name_becomes_one_printable_line(name):
    """Bytes that are not text, line breaks and a terminal's orders among them."""
    shown = printable(os.fsdecode(name))

    assert shown.isprintable()
    shown.encode("utf-8")


@given(st.binary(max_size=30).filter(lambda name: b"\0" not in name))
def test_any_file_name_becomes_text_that_utf_8_can_hold(name):
    text = as_text(os.fsdecode(name))

    assert text.encode() == name.decode(errors="backslashreplace").encode()


def test_text_is_what_utf_8_can_hold():
    assert is_text("Süd…")
    assert not is_text(os.fsdecode(b"s\xfcd"))


def test_long_text_loses_its_middle():
    """Its ends tell it apart; what is short enough stays."""
    assert shortened("speed limit 30", 14) == "speed limit 30"
    assert shortened("signs/of/all/seasons/00027.png", 16) == "signs…/00027.png"
    assert len(shortened("x" * 10_000, 60)) == 60
