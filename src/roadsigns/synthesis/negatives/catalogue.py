"""The catalogue of drawn signs, by name and number: GTSRB's 43, and the others that negatives show."""

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import cache

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.synthesis.negatives.unknown_signs import unknown_signs
from roadsigns.wording import plain_name

__all__ = ["GTSRB_KINDS", "all_names", "gtsrb_sign_id", "name_of", "signs_called", "similar_names"]

# What GTSRB's signs are where they are none of the classes: the index of a class gives one of `UNKNOWN_KINDS`.
KIND_OF_SUBSET = {
    "speed limits": "prohibition",
    "other prohibitions": "prohibition",
    "derestriction": "other sign",
    "mandatory": "mandatory",
    "danger": "danger",
    "unique": "other sign",
}
NO_ENTRY = 17
GTSRB_KINDS: Mapping[int, str] = {
    **{class_id: KIND_OF_SUBSET[subset.name] for subset in GTSRB.subsets for class_id in subset.class_ids},
    # A red disc.
    NO_ENTRY: "prohibition",
}

# "Zebra crossing (sign 350)" and "In 100 m (additional sign 1004-30)" bear a number, "Speed limit 85 (like sign 274)"
# does not.
NUMBERED = re.compile(r"\((?:additional )?sign (\d[\d.]*(?:-\d+)?)")
NUMBER, BEFORE_NUMBER = re.compile(r"\d{3,4}(\.\d)?( \d+)?"), re.compile(r"^(sign|zeichen|vz|z) ?(?=\d{3})")


def gtsrb_sign_id(class_id: int) -> str:
    """Return the id in the catalogue of one of GTSRB's signs, such as "de-206"."""
    return f"de-{GTSRB.classes[class_id].sign_number}"


@cache
def _titles() -> Mapping[str, str]:
    """What each sign says: {id: title}."""
    gtsrb = {
        gtsrb_sign_id(sign.class_id): f"{sign.name[0].upper()}{sign.name[1:]} (sign {sign.sign_number})"
        for sign in GTSRB.classes
    }
    return gtsrb | {sign.sign_id: sign.title for sign in unknown_signs()}


@cache
def _names() -> Mapping[str, frozenset[str]]:
    """What each sign may be called, as `plain_name` gives it: {id: names and numbers}."""
    names = {}
    for sign_id, title in _titles().items():
        number = NUMBERED.search(title)
        name = title.partition(" (")[0]
        names[sign_id] = {sign_id, title, name, _short_name(sign_id), number[1] if number else ""}
    for sign in GTSRB.classes:
        names[gtsrb_sign_id(sign.class_id)].add(sign.name_de)
    return {sign_id: frozenset(plain_name(name) for name in some if name) for sign_id, some in names.items()}


def _short_name(sign_id: str) -> str:
    """What a sign and its other designs are called: "Zebra crossing" of "Zebra crossing, white stripes (France)"."""
    return _titles()[sign_id].partition(" (")[0].partition(",")[0]


def name_of(sign_id: str) -> str:
    """Return what a sign says, with its number or country, such as "Zebra crossing (sign 350)"."""
    return _titles()[sign_id]


def all_names() -> list[str]:
    """Return what each sign says, as `name_of` does: GTSRB's in label order, then the others."""
    return list(_titles().values())


def signs_called(name: str) -> tuple[str, ...]:
    """Return the ids of the signs that a name may mean: none, one, or several designs of one sign.

    Args:
        name: The sign's name in English, with or without what follows a comma in it; in German for GTSRB's signs alone;
            its number in the German catalogue, such as "350", "274-40" or "Zeichen 350", which means "350-20" too, and
            the same signs of other countries; or its id. Case, hyphens and underscores do not matter.
    """
    wanted = BEFORE_NUMBER.sub("", plain_name(name))
    begins = f"{wanted} " if NUMBER.fullmatch(wanted) else None
    called = {
        sign_id
        for sign_id, names in _names().items()
        if wanted in names or (begins and any(one.startswith(begins) and NUMBER.fullmatch(one) for one in names))
    }
    short = {_short_name(sign_id) for sign_id in called}
    return tuple(sign_id for sign_id in _titles() if sign_id in called or _short_name(sign_id) in short)


def similar_names(name: str) -> list[str]:
    """Return a few names of signs that are spelled like one that is none."""
    names: Iterable[str] = {title.partition(" (")[0].casefold() for title in _titles().values()}
    return difflib.get_close_matches(plain_name(name), sorted(names), cutoff=0.6)
