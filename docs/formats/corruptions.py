"""Evaluations with corruptions."""

from formats.metrics import MODEL, UNDECODABLE
from formats.page import Format, Table
from roadsigns.evaluation.corruptions.result import Cell, CorruptionEvaluation, KindResult

FORMATS = (
    Format(
        "Evaluations with corruptions",
        "`roadsigns evaluate --corruptions --json`, and `figures.json` in the folder of a report. Beside it, "
        "`corruptions.csv` has a row for each kind and severity: `corruption`, `version` and the fields of a cell. Its "
        "first row, `none`, is the uncorrupted images.",
        [
            Table(
                "CorruptionEvaluation",
                [CorruptionEvaluation],
                (
                    *("model", "split", "boxes", "split_label", "leakage", "images", "tracks", "frames", "limit"),
                    *("seed", "accuracy", "ece", "confidence", "mce", "baseline", "baseline_leakage"),
                    *("uncorrupted", "kinds"),
                    *("undecodable", "undecodable_images", "data", "source", "model_file", *MODEL),
                ),
                {**MODEL, **UNDECODABLE},
            ),
            Table("KindResult", [KindResult]),
            Table("Cell", [Cell]),
        ],
    ),
)
