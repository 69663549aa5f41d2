"""An overview of the pictures of what decided: one page that lies beside them, and asks nobody for anything."""

import os
from collections.abc import Sequence
from html import escape
from pathlib import PurePath
from typing import NamedTuple
from urllib.parse import quote

from roadsigns.palette import DARK, LIGHT, Palette
from roadsigns.printable import printable
from roadsigns.wording import counted

__all__ = ["MAX_LISTED", "Pictured", "overview_page"]

# More in one page are slow to scroll through.
MAX_LISTED = 1000

CAUTION = (
    "Bright is what most supports the class that was read. It says where the network looked, not why, not how sure it "
    "is, and not that the class is right."
)
STYLE = """
body { margin: 0 auto; max-width: 90rem; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; }
body { background: var(--ground); color: var(--text); }
p { color: var(--soft); }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1.5rem; }
ul { list-style: none; padding: 0; }
li { min-width: 0; overflow-wrap: anywhere; break-inside: avoid; }
img { display: block; width: 100%; height: auto; border: 1px solid var(--line); border-radius: 0.3rem; }
a { color: inherit; text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
"""


class Pictured(NamedTuple):
    """A picture of what decided.

    Attributes:
        place: Where it lies, relative to the page.
        image: What the results call the image.
        said: What the model said of it, in a few words.
    """

    place: PurePath
    image: str
    said: str


def overview_page(pictures: Sequence[Pictured], *, model: str, written: int, left_out: int) -> str:
    """Return the page as HTML.

    Args:
        pictures: Those that it shows, in this order; at most `MAX_LISTED`.
        model: Which model has predicted the images.
        written: How many pictures lie beside it.
        left_out: How many images were predicted and have no picture.
    """
    shown = "" if len(pictures) == written else f" Below are the first {len(pictures):,}; the others lie beside them."
    without = f" Predicted, and not explained: {counted(left_out, 'more image')}." if left_out else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>What decided the predictions: {counted(written, "image")}</title>
<style>
:root {{ {_variables(LIGHT)} }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}
{STYLE}</style>
</head>
<body>
<h1>What decided the predictions</h1>
<p>{counted(written, "picture")} by roadsigns predict --explain, with {escape(printable(model))}.{shown}{without}</p>
<p>{CAUTION}</p>
<ul>
{"".join(map(_item, pictures))}</ul>
</body>
</html>
"""


def _variables(palette: Palette) -> str:
    colours = {name: getattr(palette, name) for name in ("ground", "text", "soft", "line")}
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def _item(one: Pictured) -> str:
    # A name may hold any bytes; in an address each of them has a place.
    address = quote(os.fsencode(one.place.as_posix()))
    image, said = escape(printable(one.image)), escape(printable(one.said))
    picture = f'<img src="{address}" alt="{image}: {said}" loading="lazy">'
    return f'<li><a href="{address}">{picture}{image}</a></li>\n'
