"""Signs found in photographs."""

from formats.page import Fields, Format, Table
from formats.predictions import CLASS, PATH, PREDICTION_COLUMNS
from roadsigns.detection.detected import DetectedImage, DetectedSign
from roadsigns.inference.prediction import Prediction

DETECTED: Fields = {
    **PATH,
    "error": ("text, if there is one", "Why the image could not be read. It then has no other field but `path`."),
}
DETECTED_SIGN: Fields = {
    **CLASS,
    "box": ("list of 4 numbers", "Where it is in pixels, to a tenth: x1, y1, x2, y2; x2 and y2 exclusive."),
}
DETECTED_COLUMNS: Fields = {
    **PATH,
    "width": ("whole number or empty", "Of the upright image, in pixels; empty if it could not be read."),
    "height": ("whole number or empty", "The same."),
    "x1": ("number or empty", "Left side of the sign's box in pixels; empty if no sign was found."),
    **{name: ("number or empty", PREDICTION_COLUMNS[name][1]) for name in ("y1", "x2", "y2")},
    "score": ("number or empty", "How sure the detector is that a sign is there, 0 to 1."),
    **{
        name: (kind if "empty" in kind else f"{kind} or empty", meaning)
        for name, (kind, meaning) in PREDICTION_COLUMNS.items()
        if name not in {"path", "x1", "y1", "x2", "y2", "error"}
    },
    "error": ("text or empty", "Why the image could not be read."),
}
COCO_ANNOTATION: Fields = {
    "id": ("whole number", "From 1."),
    "image_id": ("whole number", "The `id` of its image; `file_name` leads there from the file's folder."),
    "category_id": ("whole number", "The class id; one more than the last for `unknown` signs."),
    "bbox": ("list of 4 numbers", "Left, top, width and height in pixels."),
    "area": ("number", "Of the box, in pixels."),
    "iscrowd": ("0", "A box is one sign."),
    "score": ("number", "Of the detector, 0 to 1; not part of COCO's format."),
    "decision": ("text or null", "`known`, `uncertain` or `unknown`; not part of COCO's format."),
    "probability": ("number", "Of the class; not part of COCO's format."),
}

FORMATS = (
    Format(
        "Signs of photographs as JSON",
        "`roadsigns detect --json` and `.jsonl` files: one object for each image, one on a line.",
        [
            Table("DetectedImage", [DetectedImage], ("path", "width", "height", "signs", "error"), DETECTED),
            Table(
                "DetectedSign",
                [DetectedSign, Prediction],
                (
                    *("box", "score", "class_id", "name", "name_de", "sign_number", "probability", "decision"),
                    *("known_score", "unknown_kind", "candidates", "top_k"),
                ),
                DETECTED_SIGN,
            ),
        ],
    ),
    Format(
        "Signs of photographs as a table",
        "`roadsigns detect --out signs.csv` or `signs.parquet`: one row for each sign. An image without signs, and one "
        "that could not be read, has a row without a box.",
        [Table(by_hand=DETECTED_COLUMNS, header="column")],
    ),
    Format(
        "Signs of photographs as COCO's labels",
        "`roadsigns detect --format coco`: one object with `images`, `annotations` and `categories`, whose ids are the "
        "class ids. Images that could not be read are not in it. An annotation has these fields.",
        [Table(by_hand=COCO_ANNOTATION)],
    ),
    Format(
        "Signs of photographs as YOLO's labels",
        "`roadsigns detect --format yolo`: a folder with `classes.txt`, the names of the classes and at last "
        "`unknown`, and a text file for each image. Each of its lines is a sign: the class, and the centre, width and "
        "height of its box as fractions of the image, with spaces between. An image without signs has an empty file, "
        "one that could not be read has none.",
        [],
    ),
)
