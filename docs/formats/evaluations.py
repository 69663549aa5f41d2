"""Evaluations of a model."""

from formats.metrics import INTERVALS, METRIC_KEYS, METRICS, MODEL, UNDECODABLE
from formats.page import Format, Table, link
from formats.unknown_images import JUDGEMENT
from roadsigns.evaluation.decided_images import DecidedImages
from roadsigns.evaluation.evaluation import Evaluation
from roadsigns.evaluation.fused_tracks import FusedResult, FusedTracks
from roadsigns.evaluation.metrics import ClassMetrics, Metrics, SubsetMetrics

FORMATS = (
    Format(
        "Evaluations",
        "`roadsigns evaluate --json`, and `figures.json` in the folder of a report.",
        [
            Table(
                "Evaluation",
                [Evaluation, Metrics],
                (
                    *("model", "split", "boxes", "split_label", "leakage", "leaky_split", *METRIC_KEYS, "log_loss"),
                    *(
                        "decisions",
                        "human_accuracy",
                        "undecodable",
                        "undecodable_images",
                        "data",
                        "source",
                        "model_file",
                        *MODEL,
                    ),
                    *("unknown", "fused_tracks"),
                ),
                {
                    **METRICS,
                    **MODEL,
                    "decisions": (
                        f"list of {link('DecidedImages')}",
                        "How many images, which all show signs of its classes, the model calls known, uncertain and "
                        "unknown; empty where it has no thresholds.",
                    ),
                    "human_accuracy": ("number or null", "Accuracy of the average person; null where unknown."),
                    **UNDECODABLE,
                    "unknown": (
                        f"list of {link('Judgement')}, if there are any",
                        "With `--unknown` and `--background`: how well such images are told from these.",
                    ),
                    "fused_tracks": (
                        f"{link('FusedTracks')}, if there are any",
                        "With `--tracks`: how signs are read by several of their frames.",
                    ),
                },
            ),
            *INTERVALS,
            Table("DecidedImages", [DecidedImages]),
            *JUDGEMENT,
            Table("FusedTracks", [FusedTracks]),
            Table("FusedResult", [FusedResult]),
            Table("SubsetMetrics", [SubsetMetrics]),
            Table("ClassMetrics", [ClassMetrics]),
            Table(
                "UndecodableImage",
                by_hand={"path": ("text", "The image file."), "problem": ("text", "Why it does not decode.")},
            ),
        ],
    ),
)
