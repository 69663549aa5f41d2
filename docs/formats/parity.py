"""The check that an export agrees with its model."""

from formats.page import Fields, Format, Table, fields_of
from roadsigns.exports.parity.check import ParityCheck
from roadsigns.exports.parity.metrics import Parity

PARITY: Fields = {
    "allowed_unequal_labels": ("whole number", "The most labels that may differ."),
    "allowed_unequal_decisions": ("whole number", "The most decisions that may differ."),
    "allowed_difference": ("number or null", "The most that a probability may differ; null for no limit."),
}

FORMATS = (
    Format(
        "Parity of an export",
        "`roadsigns parity --json`.",
        [
            Table(
                "ParityCheck",
                [ParityCheck, Parity],
                ("file", "model", "data", "agrees", *fields_of(Parity), *PARITY, "undecodable"),
                PARITY,
            )
        ],
    ),
)
