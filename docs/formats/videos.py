"""Signs found in videos."""

from formats.page import Fields, Format, Table
from formats.predictions import CLASS
from roadsigns.inference.prediction import Prediction
from roadsigns.video.signs import SeenBox, VideoSign

VIDEO_SIGN: Fields = {
    "path": ("text", "The video, as it was named."),
    **CLASS,
    "box": ("list of 4 numbers", "Where it is in the best frame, in pixels to a tenth: x1, y1, x2, y2."),
    "time": ("text or null, if there is one", "With `--gpx`: when it was last seen, in UTC (ISO 8601)."),
    "longitude": ("number or null, if there is one", "With `--gpx`: where the camera then was, in degrees (WGS 84)."),
    "latitude": ("number or null, if there is one", "The same."),
    "error": ("text, if there is one", "Why the video could not be read to its end. It then stands with `path` alone."),
}
SEEN_BOX: Fields = {"box": ("list of 4 numbers", "In pixels, to a tenth: x1, y1, x2, y2.")}

FORMATS = (
    Format(
        "Signs of videos as JSON",
        "`roadsigns detect drive.mp4 --json` and `.jsonl` files: one object for each sign, one on a line. CSV and "
        "Parquet have the same fields as columns, but for `boxes`; `x1` to `y2` are those of `box`.",
        [
            Table(
                "VideoSign",
                [VideoSign, Prediction],
                (
                    *("path", "first_seconds", "last_seconds", "best_frame", "box", "frames", "boxes", "score"),
                    *("class_id", "name", "name_de", "sign_number", "probability", "decision", "known_score"),
                    *("unknown_kind", "candidates", "top_k", "time", "longitude", "latitude", "error"),
                ),
                VIDEO_SIGN,
            ),
            Table("SeenBox", [SeenBox], by_hand=SEEN_BOX),
        ],
    ),
    Format(
        "Signs of videos as GeoJSON",
        "`roadsigns detect drive.mp4 --gpx ride.gpx --out signs.geojson`: a `FeatureCollection` (RFC 7946). Each sign "
        "is a `Feature` whose `geometry` is a `Point`, or null where its place is not known. Its `properties` are "
        "the fields of `VideoSign` but for `boxes`, `longitude` and `latitude`.",
        [],
    ),
)
