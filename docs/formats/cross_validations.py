"""Cross-validations: their folder and their results."""

from formats.metrics import METRIC_KEYS, METRICS
from formats.page import Fields, Format, Table, link
from roadsigns.cross_validation.left_out.metrics import LeftOutFold, LeftOutMetrics, MeanRejection
from roadsigns.cross_validation.metrics import (
    CorruptedMetrics,
    CorruptionMetrics,
    CrossMetrics,
    FoldMetrics,
    MisreadTrack,
)
from roadsigns.cross_validation.record import CrossRecord
from roadsigns.evaluation.metrics import Metrics
from roadsigns.robustness.corruptions import CorruptionId

CROSS_FOLDER: Fields = {
    "cross-validation.json": ("JSON", f"What it was begun with: {link('CrossRecord')}."),
    "fold-N.csv": ("CSV", "[The predictions](#predictions-of-a-fold) for the images of a fold; perhaps `.csv.xz`."),
    "fold-N-hard.csv": ("CSV", "The same for these images with corruptions; with `--corruptions`."),
    "fold-N-probabilities.npz": ("NumPy", "The probabilities of all classes, for `roadsigns calibrate`."),
    "fold-N-hard-probabilities.npz": ("NumPy", "The same for the images with corruptions."),
    "fold-N-scores.csv": ("CSV", "How known each of these images looks, a column a score; with `--leave-classes-out`."),
}
LEFT_OUT_RECORD: Fields = {
    "partition": ("text", "With `--leave-classes-out`: the name of the division of the classes."),
    "left_out": (
        "list of lists of whole number",
        "With `--leave-classes-out`: class ids that each fold leaves out.",
    ),
}
FOLD_COLUMNS: Fields = {
    "image": ("text", "The folder of its class and its file name, such as `00014/00003_00027.ppm`."),
    "class_id": ("whole number", "The label."),
    "track": ("text or empty", "The track, where it is known."),
    "corruption": ("text", "Only in `fold-N-hard.csv`: the name of the image's corruption."),
    "class_1": ("whole number", "The most probable class; up to `class_5`. Empty if the image did not decode."),
    "probability_1": ("number", "Its probability with six digits; up to `probability_5`."),
}
COMPLETE: Fields = {"complete": ("true or false", "Whether every fold is finished.")}
CROSS: Fields = {
    "folder": ("text", "The folder of the cross-validation."),
    "all_images": ("whole number", "Images in all folds."),
    "all_folds": ("whole number", "Number of folds."),
    "by": ('`"track"` or `"group"`', "What stays together in one fold."),
    "seed": ("whole number", "Random seed."),
    "recipe": ("text", "Name of the recipe."),
    "source": ("text", 'Where the data come from, such as "GTSRB".'),
    "data_sha256": ("text", "Checksum of the data."),
    "roadsigns": ("text", "Version of the package that began it."),
}

FORMATS = (
    Format(
        "Folder of a cross-validation",
        "What `roadsigns cross-validate` leaves in its `--out` folder.",
        [
            Table(by_hand=CROSS_FOLDER, header="file"),
            Table("CrossRecord", [CrossRecord], by_hand=LEFT_OUT_RECORD),
            Table("CorruptionId", [CorruptionId]),
        ],
    ),
    Format(
        "Predictions of a fold",
        "`fold-N.csv` and `fold-N-hard.csv` in that folder, perhaps packed: `.csv.xz`.",
        [Table(by_hand=FOLD_COLUMNS, header="column")],
    ),
    Format(
        "Cross-validations",
        "`roadsigns cross-validate --json`.",
        [
            Table(
                "CrossMetrics",
                [CrossMetrics, Metrics],
                (
                    *("folder", "complete", *METRIC_KEYS, "log_loss_lower_bound", "truth_outside_top_k"),
                    *("mostly_misread", "folds", "undecodable", "corrupted", "epoch_chosen_on_these_images"),
                    *("all_images", "all_folds", "by", "seed", "recipe", "source", "data_sha256", "roadsigns"),
                ),
                {**METRICS, **COMPLETE, **CROSS},
            ),
            Table(
                "CorruptedMetrics",
                [CorruptedMetrics, Metrics],
                (
                    *("complete", *METRIC_KEYS, "log_loss_lower_bound", "truth_outside_top_k"),
                    *("corruptions", "undecodable"),
                ),
                {**METRICS, **COMPLETE},
            ),
            Table("MisreadTrack", [MisreadTrack]),
            Table("FoldMetrics", [FoldMetrics]),
            Table("CorruptionMetrics", [CorruptionMetrics]),
        ],
    ),
    Format(
        "Classes left out",
        "`roadsigns cross-validate --leave-classes-out --json`.",
        [
            Table(
                "LeftOutMetrics",
                [LeftOutMetrics],
                (
                    *("folder", "complete", "partition", "keep", "mean", "folds"),
                    *("all_folds", "seed", "recipe", "source", "data_sha256", "roadsigns"),
                ),
                {**COMPLETE, **CROSS, **LEFT_OUT_RECORD},
            ),
            Table("MeanRejection", [MeanRejection]),
            Table("LeftOutFold", [LeftOutFold]),
        ],
    ),
)
