"""Predictions of images."""

from formats.page import Fields, Format, Table
from roadsigns.inference.prediction import ClassProbability, Prediction

PATH: Fields = {"path": ("text", "The image, as it was named or found; bytes that are no UTF-8 as `\\xe4`.")}
CLASS: Fields = {
    "name_de": ("text", "Its German name; empty for your own classes."),
    "sign_number": ("text", "Its number in the German regulations; empty for your own classes."),
}
PREDICTION: Fields = {
    **PATH,
    **CLASS,
    "box": ("list of 4 whole numbers, if there is one", "The sign in pixels: x1, y1, x2, y2; x2 and y2 exclusive."),
    "error": ("text, if there is one", "Why the image could not be read. It then has no field of a prediction."),
}
PREDICTION_COLUMNS: Fields = {
    **PATH,
    "x1": ("whole number or empty", "Left side of the box in pixels."),
    "y1": ("whole number or empty", "Upper side of the box."),
    "x2": ("whole number or empty", "Right side of the box, exclusive."),
    "y2": ("whole number or empty", "Lower side of the box, exclusive."),
    "class_id": ("whole number", "The most probable class."),
    "name": ("text", "Its name."),
    **CLASS,
    "probability": ("number", "Its probability."),
    "decision": ("text or empty", "`known`, `uncertain` or `unknown`; empty where the model has no thresholds."),
    "known_score": ("number or empty", "How sure the model is that the image shows one of the classes, 0 to 1."),
    "unknown_kind": ("text or empty", "What else an unknown image shows: prohibition, danger, mandatory, ..."),
    "candidates": ("text", "The class ids of the prediction set, best first, with spaces between; may be empty."),
    "class_id_2": ("whole number", "The second most probable class; with a larger `--top-k` also `class_id_3` ..."),
    "name_2": ("text", "Its name."),
    "probability_2": ("number", "Its probability."),
    "error": ("text or empty", "Why the image could not be read."),
}

FORMATS = (
    Format(
        "Predictions as JSON",
        "`roadsigns predict --json` and `.jsonl` files: one object for each image, one on a line. If a sign is "
        "unknown, the threshold of `known_score` is told once, on standard error.",
        [
            Table(
                "Prediction",
                [Prediction],
                (
                    *("path", "box", "class_id", "name", "name_de", "sign_number", "probability", "decision"),
                    *("known_score", "unknown_kind", "candidates", "top_k", "error"),
                ),
                PREDICTION,
            ),
            Table("ClassProbability", [ClassProbability]),
        ],
    ),
    Format(
        "Predictions as a table",
        "`roadsigns predict --out signs.csv` or `signs.parquet`: one row for each image.",
        [Table(by_hand=PREDICTION_COLUMNS, header="column")],
    ),
)
