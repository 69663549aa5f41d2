"""Audits of data."""

from formats.page import Fields, Format, Table
from roadsigns.audit.audit import Audit
from roadsigns.audit.suspect import Suspect

SUSPECT: Fields = {
    "level": ('`"error"` or `"warning"`', "Whether it is certain, or a suspicion."),
    "paths": (
        "list of text",
        "The suspected image first, or the clearest of a track; then those to look at beside it. Empty for a class.",
    ),
    "name": ("text", "The name of the given class; empty where there is none."),
    "suggested_class_id": ("whole number or null", "The class that is suggested instead."),
    "suggested_name": ("text", "Its name; empty where there is none."),
}
SUSPECT_COLUMNS: Fields = {
    "path": ("text or empty", "The suspected image, or the clearest of a track; empty for a class."),
    "track": ("text or empty", "The physical sign that it is about."),
    "class_id": ("whole number or empty", "The label that the data give."),
    "name": ("text or empty", "Its name."),
    "suggested_class_id": ("whole number or empty", "The class that is suggested instead."),
    "suggested_name": ("text or empty", "Its name."),
    "probability": ("number or empty", "Of the suggested class, by the network."),
    "given_probability": ("number or empty", "Of the given class, by the network."),
    "score": ("number", "How suspicious it is among those of its rule; the rows of a rule begin with the worst."),
    "rule": ("text", "The number of its rule, such as `RS401`."),
    "kind": ("text", "The name of its rule."),
    "level": ("text", "`error` if it is certain, `warning` if it is suspected."),
    "images": ("whole number", "How many images it is about."),
    "x1": ("whole number or empty", "Left side of the box in pixels; empty where it is about no box."),
    "y1": ("whole number or empty", "Upper side of the box."),
    "x2": ("whole number or empty", "Right side of the box, exclusive."),
    "y2": ("whole number or empty", "Lower side of the box, exclusive."),
    "other_paths": ("text or empty", "Images to look at beside it, one a line."),
    "reason": ("text", "What speaks for it, and what to do."),
}

FORMATS = (
    Format(
        "Audits of data",
        "`roadsigns audit --json`, and `audit.json` in its `--out` folder.",
        [
            Table(
                "Audit",
                [Audit],
                (
                    *("data", "content", "images", "predicted", "accuracy", "predictions", "notes"),
                    *("errors", "warnings", "suspects"),
                ),
            ),
            Table(
                "Suspect",
                [Suspect],
                (
                    *("rule", "kind", "level", "paths", "track", "images", "box", "class_id", "name"),
                    *("suggested_class_id", "suggested_name", "probability", "given_probability", "score", "reason"),
                ),
                SUSPECT,
            ),
        ],
    ),
    Format(
        "Suspects of an audit",
        "`suspects.csv` in that folder.",
        [Table(by_hand=SUSPECT_COLUMNS, header="column")],
    ),
)
