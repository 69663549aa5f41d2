"""Plans for data."""

from formats.page import Format, Table, fields_of
from roadsigns.dataset_check.planning.commands import PlannedCommand
from roadsigns.dataset_check.planning.counts import ClassCounts, SampledSizes
from roadsigns.dataset_check.planning.doubts import Doubt
from roadsigns.dataset_check.planning.plan import Plan

FORMATS = (
    Format(
        "Plan for data",
        "`roadsigns plan --json`.",
        [
            Table(
                "Plan",
                [Plan],
                (*fields_of(Plan), "training_images", "validation_images", "test_images", "trainable"),
            ),
            Table("ClassCounts", [ClassCounts]),
            Table("SampledSizes", [SampledSizes]),
            Table("Doubt", [Doubt]),
            Table("PlannedCommand", [PlannedCommand]),
        ],
    ),
)
