"""How well unknown images are told from those of the classes."""

from formats.metrics import LEVEL, UNDECODABLE
from formats.page import Fields, Format, Table, fields_of, link
from roadsigns.evaluation.rejection.judge import Judgement, OwnThreshold
from roadsigns.evaluation.rejection.metrics import KindRejection, Rejection, RejectionFigures, RejectionInterval

FIGURES = ("auroc", "fpr95", "accepted")
UNKNOWN_COLUMNS: Fields = {
    "path": ("text", "The image file, or the street scene of a background window."),
    "x1": ("whole number or empty", "Left side of the window in pixels."),
    "y1": ("whole number or empty", "Upper side of the window."),
    "x2": ("whole number or empty", "Right side of the window, exclusive."),
    "y2": ("whole number or empty", "Lower side of the window, exclusive."),
    "kind": ("text", "The folder that the image lies in, or how large the window is."),
    "class_id": ("whole number", "The class that it is taken for."),
    "name": ("text", "Its name."),
    "probability": ("number", "Its probability."),
    "accepted": ("0 or 1", "Whether the first score accepts it."),
    "unknown_kind": (
        "text or empty",
        "The kind of unknown that it is called; empty where it is accepted, or the model or the score tells none.",
    ),
    "max-softmax": ("number", "The score of that name; a column for each score that was asked for."),
}
JUDGEMENT = (
    Table(
        "Judgement",
        [Judgement],
        ("source", "folder", "scores", "own_threshold", "known_names", *UNDECODABLE),
        {**UNDECODABLE, "scores": (f"list of {link('Rejection')}", "The figures of each score.")},
    ),
    Table("OwnThreshold", [OwnThreshold]),
    Table(
        "Rejection",
        [Rejection, RejectionFigures],
        (
            *("score", "known_images", "unknown_images", "keep", "threshold", *FIGURES, "by_track", "interval"),
            *("misread", "kinds"),
        ),
    ),
    Table("RejectionFigures", [RejectionFigures]),
    Table("RejectionInterval", [RejectionInterval], ("level", *fields_of(RejectionInterval)), LEVEL),
    Table("KindRejection", [KindRejection]),
)

FORMATS = (
    Format(
        "Unknown images",
        "`unknown.csv` and `background.csv` in the folder of a report: one row for each image.",
        [Table(by_hand=UNKNOWN_COLUMNS, header="column")],
    ),
)
