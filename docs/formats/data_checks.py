"""Checks of a data folder."""

from formats.page import Fields, Format, Table, link
from roadsigns.dataset_check.check import Check
from roadsigns.dataset_check.class_stats import ClassStats, Spread, TrackStats
from roadsigns.dataset_check.findings import Finding, Item

CHECK: Fields = {
    "data": ("text", "The data folder."),
    "layout": ("text", "How it is laid out."),
    "images": ("whole number", "Number of images."),
    "training_images": ("whole number", "Those to train on."),
    "validation_images": ("whole number", "Those that the data hold out themselves."),
    "test_images": ("whole number", "Those of the test set."),
    "undecodable": ("whole number", "Those that do not decode."),
    "classes": (f"list of {link('ClassStats')}", "Classes in training; empty where there are only test images."),
    "validation_classes": (
        f"list of {link('ClassStats')}",
        "Classes in the data's own validation images; empty where there are none.",
    ),
    "test_classes": (f"list of {link('ClassStats')}", "Classes in the test set; empty where there is none."),
}

FORMATS = (
    Format(
        "Checks of a data folder",
        "`roadsigns check --json`, and `check.json` in its `--out` folder.",
        [
            Table(
                "Check",
                [Check],
                (
                    *("data", "layout", "images", "training_images", "validation_images", "test_images", "undecodable"),
                    *("errors", "warnings", "findings", "classes", "validation_classes", "test_classes", "tracks"),
                ),
                CHECK,
            ),
            Table("Finding", [Finding], ("rule", "kind", "level", "meaning", "count", "items")),
            Table("Item", [Item]),
            Table("ClassStats", [ClassStats]),
            Table("TrackStats", [TrackStats]),
            Table("Spread", [Spread]),
        ],
    ),
)
