"""The overview of pictures of what decided."""

import os
from pathlib import PurePath

from roadsigns.bulk.explained_page import Pictured, overview_page


def test_any_name_is_an_address_and_a_text():
    """Whatever bytes it holds, and however it looks like HTML or a scheme."""
    name = os.fsdecode(b"<b>\xe4 #1: 'x' & \"y\".png")

    page = overview_page([Pictured(PurePath("x", name), name, "stop <1>")], model="best", written=1, left_out=0)

    assert 'src="x/%3Cb%3E%E4%20%231%3A%20%27x%27%20%26%20%22y%22.png"' in page
    shown = "&lt;b&gt;\N{REPLACEMENT CHARACTER} #1: &#x27;x&#x27; &amp; &quot;y&quot;.png"
    assert f'alt="{shown}: stop &lt;1&gt;"' in page
    assert "<b>" not in page


def test_it_asks_nobody_for_anything():
    page = overview_page([Pictured(PurePath("a.png"), "a.ppm", "stop")], model="best", written=1, left_out=0)

    assert "http" not in page
    assert "<script" not in page


def test_it_names_the_model_and_says_what_the_maps_do_not():
    """They are no proof."""
    page = overview_page([Pictured(PurePath("a.png"), "a.ppm", "stop")], model="runs/<mine>", written=1, left_out=0)

    assert "with runs/&lt;mine&gt;." in page
    assert "not that the class is right" in page
