"""Signs that are none of GTSRB's 43 classes: the table of real ones as drawings."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from roadsigns.synthesis.sign_parts import FOLDER, Part, bases, compose

__all__ = ["SIGN_KINDS", "UnknownSign", "unknown_signs"]

SIGN_KINDS = ("prohibition", "danger", "mandatory", "other sign")


@dataclass(frozen=True, slots=True)
class UnknownSign:
    """A sign that is none of the 43.

    Attributes:
        sign_id: Such as "de-260"; of invented signs "invented".
        title: What it says, with its number in the catalogue of its country.
        kind: One of `SIGN_KINDS`.
        svg: The drawing, an SVG document that `rendering.render_design` takes.
    """

    sign_id: str
    title: str
    kind: str
    svg: str


@cache
def unknown_signs() -> tuple[UnknownSign, ...]:
    """Return the drawn signs outside the 43 classes: the rest of the German catalogue, then other European ones."""
    table = tomllib.loads((FOLDER / "signs.toml").read_text(encoding="utf-8"))
    return tuple(_compose(sign_id, entry) for sign_id, entry in table.items())


def _compose(sign_id: str, entry: dict[str, Any]) -> UnknownSign:
    base = bases()[entry["base"]]
    parts = [Part(**part) for part in entry.get("parts", ())]
    svg = compose(
        entry["title"],
        base,
        parts,
        shapes=entry.get("shapes", ()),
        ground=entry.get("ground", ""),
        ink=entry.get("ink", ""),
    )
    return UnknownSign(sign_id, entry["title"], base.kind, svg)
