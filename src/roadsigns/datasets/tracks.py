"""Tracks in file names: which images show one physical sign, as far as their names tell.

GTSRB names its images TRACK_FRAME, "00023_00007.ppm", and Kaggle's copy CLASS_TRACK_FRAME. Other people's names look
alike and mean something else, so names are believed only where what follows from them can be true.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

__all__ = ["doubt_tracks", "names_its_class", "track_of"]

TRACK_NAME = re.compile(r"(?:(\d+)_)?(\d+)_\d+\.[^.]+")
DATE = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")


def track_of(name: str, class_name: str = "") -> str | None:
    """Return the track in an image's file name.

    Args:
        name: "00023_00007.ppm" is frame 7 of track 23; "00014_00023_00007.png" too, in the class 14.
        class_name: The name of the class, such as "14".

    Returns:
        Such as "00023"; None where there is none.
    """
    match = TRACK_NAME.fullmatch(name)
    if match is None or (match[1] and not names_its_class(name, class_name)):
        return None
    return match[2]


def doubt_tracks(tracks: Iterable[tuple[int, str]]) -> str:
    """Say why the tracks in a data folder's file names cannot be tracks.

    Args:
        tracks: (class id, track) of every image that has one.

    Returns:
        The reason, as a part of a sentence; empty where they can be tracks.
    """
    images: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for class_id, track in tracks:
        images[class_id][track] += 1
    names = {track for counts in images.values() for track in counts}
    if names and all(map(_is_date, names)):
        return "they begin with dates"
    several = [counts for counts in images.values() if sum(counts.values()) > 1]
    # One class alone may well have a single sign.
    if len(several) > 1 and all(len(counts) == 1 for counts in several):
        return "each class would be a single sign"
    return ""


def _is_date(track: str) -> bool:
    match = DATE.fullmatch(track)
    try:
        return match is not None and bool(date(*map(int, match.groups())))
    except ValueError:
        return False


def names_its_class(name: str, class_name: str) -> bool:
    """Whether an image's file name has the form CLASS_TRACK_FRAME, with the number of its class folder."""
    match = TRACK_NAME.fullmatch(name)
    return match is not None and bool(match[1]) and class_name.isdecimal() and int(match[1]) == int(class_name)
