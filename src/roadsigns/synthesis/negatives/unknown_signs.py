"""Signs that are none of GTSRB's 43 classes: the table of real ones as drawings."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from roadsigns.synthesis.negatives.sign_parts import FOLDER, Part, bases, compose
from roadsigns.types import UNKNOWN_KINDS

__all__ = ["SIGN_KINDS", "UnknownSign", "marks_of", "restyle", "unknown_signs"]

# All kinds of unknown but "no sign".
SIGN_KINDS = UNKNOWN_KINDS[:-1]


@dataclass(frozen=True, slots=True)
class UnknownSign:
    """A sign that is none of the classes.

    Attributes:
        sign_id: Such as "de-260"; of invented signs "invented".
        title: What it says, with its number in the catalogue or its country.
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
    return tuple(_compose(sign_id, entry, entry["base"]) for sign_id, entry in _table().items())


def restyle(sign: UnknownSign, rng: np.random.Generator) -> UnknownSign:
    """Return a sign of `unknown_signs` on another base of its family, such as one with a thin rim, if there is one."""
    entry = _table()[sign.sign_id]
    family = bases()[entry["base"]].family
    relatives = [name for name, base in bases().items() if family and base.family == family]
    if not relatives:
        return sign
    return _compose(sign.sign_id, entry, relatives[int(rng.integers(len(relatives)))])


def marks_of(sign: UnknownSign) -> frozenset[str]:
    """Return the pictograms and texts on a sign of `unknown_signs`."""
    parts = _table()[sign.sign_id].get("parts", ())
    return frozenset(part[mark] for part in parts for mark in ("draw", "text") if mark in part)


@cache
def _table() -> Mapping[str, dict[str, Any]]:
    return tomllib.loads((FOLDER / "signs.toml").read_text(encoding="utf-8"))


def _compose(sign_id: str, entry: dict[str, Any], base_name: str) -> UnknownSign:
    base = bases()[base_name]
    svg = compose(
        entry["title"],
        base,
        [Part(**part) for part in entry.get("parts", ())],
        shapes=entry.get("shapes", ()),
        ground=entry.get("ground", ""),
        ink=entry.get("ink", ""),
    )
    return UnknownSign(sign_id, entry["title"], base.kind, svg)
