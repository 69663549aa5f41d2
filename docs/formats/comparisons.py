"""Comparisons of two cross-validations."""

from formats.cross_validations import COMPLETE
from formats.page import Fields, Format, Table
from roadsigns.cross_validation.comparing.comparison import ClassChange, Comparison, TrackChange

SIDE: Fields = {
    "path": ("text", "As it was asked for."),
    "recipe": ("text or null", "Name of its recipe; null for a single file."),
    **COMPLETE,
    "errors": ("whole number", "Number of misread images."),
    "accuracy": ("number", "Fraction of the images that is read correctly."),
    "tracks_misread_at_least_once": ("whole number", "Tracks with one misread frame or more."),
    "mostly_misread_tracks": ("whole number", "Tracks with more than half of their frames misread."),
}
COMPARISON: Fields = {
    "images": ("whole number", "Number of images."),
    "tracks": ("whole number", "Number of tracks."),
    "permutations": ("whole number", "Permutations of the sign-flip test."),
}

FORMATS = (
    Format(
        "Comparisons",
        "`roadsigns compare --json`.",
        [
            Table(
                "Comparison",
                [Comparison],
                (
                    *("corruptions", "images", "tracks", "a", "b", "errors_p", "permutations"),
                    *("mostly_misread_only_by_a", "mostly_misread_only_by_b", "mostly_misread_p"),
                    *("won", "lost", "classes", "note"),
                ),
                COMPARISON,
            ),
            Table("Side", by_hand=SIDE),
            Table("TrackChange", [TrackChange]),
            Table("ClassChange", [ClassChange]),
        ],
    ),
)
