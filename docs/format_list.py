"""What the page of file formats describes. To describe another format, add it to `FORMATS`; formats.py does the rest.

tests/documents/test_formats.py compares the tables with files that are really written.
"""

from formats import Fields, Format, Table, fields_of, link

from roadsigns.audit.audit import Audit
from roadsigns.audit.suspect import Suspect
from roadsigns.cross_validation.calibrate import Calibrated
from roadsigns.cross_validation.comparing.comparison import ClassChange, Comparison, TrackChange
from roadsigns.cross_validation.conformal import ConformalSets, JudgedLevel, LeftOutLevel
from roadsigns.cross_validation.known_score import JudgedShare, KnownScores
from roadsigns.cross_validation.left_out.metrics import LeftOutFold, LeftOutMetrics, MeanRejection
from roadsigns.cross_validation.metrics import (
    CorruptedMetrics,
    CorruptionMetrics,
    CrossMetrics,
    FoldMetrics,
    MisreadTrack,
)
from roadsigns.cross_validation.record import CrossRecord
from roadsigns.cross_validation.temperature import Temperature
from roadsigns.dataset_check.check import Check
from roadsigns.dataset_check.class_stats import ClassStats, Spread, TrackStats
from roadsigns.dataset_check.findings import Finding, Item
from roadsigns.dataset_check.planning.commands import PlannedCommand
from roadsigns.dataset_check.planning.counts import ClassCounts, SampledSizes
from roadsigns.dataset_check.planning.doubts import Doubt
from roadsigns.dataset_check.planning.plan import Plan
from roadsigns.datasets.folds import FoldRecord
from roadsigns.datasets.splits import HoldOutRecord
from roadsigns.detection.detected import DetectedImage, DetectedSign
from roadsigns.evaluation.calibration import CalibrationMetrics
from roadsigns.evaluation.conformal import ClassCoverage, SetMetrics
from roadsigns.evaluation.corruptions.result import Cell, CorruptionEvaluation, KindResult
from roadsigns.evaluation.evaluation import Evaluation
from roadsigns.evaluation.fused_tracks import FusedResult, FusedTracks
from roadsigns.evaluation.intervals import BootstrapInterval, Interval
from roadsigns.evaluation.metrics import ClassMetrics, Metrics, SubsetMetrics
from roadsigns.evaluation.rejection.judge import Judgement, OwnThreshold
from roadsigns.evaluation.rejection.metrics import KindRejection, Rejection, RejectionFigures, RejectionInterval
from roadsigns.exports.parity.check import ParityCheck
from roadsigns.exports.parity.metrics import Parity
from roadsigns.inference.prediction import ClassProbability, Prediction
from roadsigns.model_files.conformal_quantiles import ConformalQuantiles
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.model_files.known_thresholds import KnownThresholds
from roadsigns.model_files.metadata import Ancestor, ModelMetadata
from roadsigns.robustness.corruptions import CorruptionId
from roadsigns.sweep.results import SeedResult, SettingResult, SweepResult
from roadsigns.training.loop import EpochMetrics
from roadsigns.training.result import ImageCounts, TrainingResult, ValidationMetrics
from roadsigns.types import SignClass
from roadsigns.video.signs import SeenBox, VideoSign

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
FOLD_COLUMNS: Fields = {
    "image": ("text", "The folder of its class and its file name, such as `00014/00003_00027.ppm`."),
    "class_id": ("whole number", "The label."),
    "track": ("text or empty", "The track, where it is known."),
    "corruption": ("text", "Only in `fold-N-hard.csv`: the name of the image's corruption."),
    "class_1": ("whole number", "The most probable class; up to `class_5`. Empty if the image did not decode."),
    "probability_1": ("number", "Its probability with six digits; up to `probability_5`."),
}
RUN_FOLDER: Fields = {
    "model.keras": ("Keras", "The saved model: the best epoch or the last one, float32, with its metadata."),
    "recipe.toml": ("TOML", "The [recipe](recipes.md), with all overrides."),
    "history.csv": ("CSV", "[One row for each epoch](#epochmetrics)."),
    "curves.png": ("PNG", "The same as a plot; needs the extra `report`."),
    "figures.json": ("JSON", "[What the training did](#trainingresult)."),
    "environment.json": ("JSON", "Seed, command, machine, device, versions, precision and checksum of the data."),
    "checkpoint.npz": ("NumPy", "The state to resume from; removed when the run is complete."),
}
CROSS_FOLDER: Fields = {
    "cross-validation.json": ("JSON", f"What it was begun with: {link('CrossRecord')}."),
    "fold-N.csv": ("CSV", "[The predictions](#predictions-of-a-fold) for the images of a fold; perhaps `.csv.xz`."),
    "fold-N-hard.csv": ("CSV", "The same for these images with corruptions; with `--corruptions`."),
    "fold-N-probabilities.npz": ("NumPy", "The probabilities of all classes, for `roadsigns calibrate`."),
    "fold-N-scores.csv": ("CSV", "How known each of these images looks, a column a score; with `--leave-classes-out`."),
}
LEFT_OUT_RECORD: Fields = {
    "partition": ("text", "With `--leave-classes-out`: the name of the division of the classes."),
    "left_out": (
        "list of lists of whole number",
        "With `--leave-classes-out`: class ids that each fold leaves out.",
    ),
}
LEVEL: Fields = {"level": ("number", "0.95.")}
END: Fields = dict.fromkeys(("auroc", "fpr95", "accepted"), ("list of 2 numbers", "Lower and upper end."))
UNDECODABLE: Fields = {
    "undecodable": ("whole number", "Images that do not decode. They count in no figure."),
    "undecodable_images": (f"list of {link('UndecodableImage')}", "These images."),
}
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
FIGURES = ("auroc", "fpr95", "accepted")
REJECTION = (
    Table(
        "Rejection",
        [Rejection, RejectionFigures],
        (
            *("score", "known_images", "unknown_images", "keep", "threshold", *FIGURES, "by_track", "interval"),
            *("misread", "kinds"),
        ),
    ),
    Table("RejectionFigures", [RejectionFigures]),
    Table("RejectionInterval", [RejectionInterval], ("level", *fields_of(RejectionInterval)), {**LEVEL, **END}),
    Table("KindRejection", [KindRejection]),
)
TRACK_COUNTS: Fields = {
    "tracks": ("whole number or null", "Number of tracks; null where none is known."),
    "tracks_misread_at_least_once": ("whole number or null", "Tracks with one misread frame or more."),
    "mostly_misread_tracks": ("whole number or null", "Tracks with more than half of their frames misread."),
}
METRICS: Fields = {
    **TRACK_COUNTS,
    "bootstrap_interval": (f"{link('BootstrapInterval')} or null", "The same by resampling tracks."),
    "classes": (f"list of {link('ClassMetrics')}", "Every class."),
    "log_loss_lower_bound": (
        "number",
        "Lower bound of the mean of -log(probability of the truth), in nats: only five classes of each image are kept.",
    ),
}
METRIC_KEYS = (
    *("accuracy", "errors", "images", "interval", "bootstrap_interval", "tracks", "tracks_misread_at_least_once"),
    *("mostly_misread_tracks", "subsets", "classes"),
)
COMPLETE: Fields = {"complete": ("true or false", "Whether every fold is finished.")}
MODEL: Fields = {
    "network": ("text", "Name of the model's architecture."),
    "recipe": ("text", "Name of the recipe it was trained by."),
    "epoch": ("whole number", "Epochs of training that its weights have seen."),
    "trained_on": ("text", "The data set it was trained on."),
    "weights_sha256": ("text", "Checksum of its float32 weights as trained."),
}
UNDECODABLE: Fields = {
    "undecodable": ("whole number", "Images that do not decode. They count in no metric."),
    "undecodable_images": (f"list of {link('UndecodableImage')}", "These images."),
}
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
SIDE: Fields = {
    "path": ("text", "As it was asked for."),
    "recipe": ("text or null", "Name of its recipe; null for a single file."),
    **COMPLETE,
    "errors": ("whole number", "Number of misread images."),
    "accuracy": ("number", "Fraction of the images that is read correctly."),
    "tracks_misread_at_least_once": ("whole number", "Tracks with one misread frame or more."),
    "mostly_misread_tracks": ("whole number", "Tracks with more than half of their frames misread."),
}
COMPARISON: Fields = {
    "images": ("whole number", "Number of images."),
    "tracks": ("whole number", "Number of tracks."),
    "a": (link("Side"), "The first."),
    "b": (link("Side"), "The second."),
    "permutations": ("whole number", "Permutations of the sign-flip test."),
}
CALIBRATED: Fields = {
    "out": ("text", "The file of the model."),
    "temperature": ("number", "Fitted on all finished folds."),
    "fold_temperatures": ("object of number", "Fitted on the other folds, by the number of the fold."),
    "bins": ("whole number", "Bins of the expected calibration error."),
}
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
AUDIT: Fields = {
    "data": ("text", "The data, as they were named."),
}
SUSPECT: Fields = {
    "level": ('`"error"` or `"warning"`', "Whether it is certain, or a suspicion."),
    "paths": (
        "list of text",
        "The suspected image first, or the clearest of a track; then those to look at beside it. Empty for a class.",
    ),
    "name": ("text", "The name of the given class; empty where there is none."),
    "suggested_class_id": ("whole number or null", "The class that is suggested instead."),
    "suggested_name": ("text", "Its name; empty where there is none."),
    "box": ("list of 4 whole numbers or null", "In pixels of the image: x1, y1, x2, y2; null where it is about none."),
}
SUSPECT_COLUMNS: Fields = {
    "path": ("text or empty", "The suspected image, or the clearest of a track; empty for a class."),
    "track": ("text or empty", "The physical sign that it is about."),
    "class_id": ("whole number or empty", "The label that the data give."),
    "name": ("text or empty", "Its name."),
    "suggested_class_id": ("whole number or empty", "The class that is suggested instead."),
    "suggested_name": ("text or empty", "Its name."),
    "probability": ("number or empty", "Of the suggested class, by the network."),
    "given_probability": ("number or empty", "Of the given class, by the network."),
    "score": ("number", "How suspicious it is among those of its rule; the rows of a rule begin with the worst."),
    "rule": ("text", "The number of its rule, such as `RS401`."),
    "kind": ("text", "The name of its rule."),
    "level": ("text", "`error` if it is certain, `warning` if it is suspected."),
    "images": ("whole number", "How many images it is about."),
    "x1": ("whole number or empty", "Left side of the box in pixels; empty where it is about no box."),
    "y1": ("whole number or empty", "Upper side of the box."),
    "x2": ("whole number or empty", "Right side of the box, exclusive."),
    "y2": ("whole number or empty", "Lower side of the box, exclusive."),
    "other_paths": ("text or empty", "Images to look at beside it, one a line."),
    "reason": ("text", "What speaks for it, and what to do."),
}
SWEEP: Fields = {
    "complete": (
        "true or false",
        "Whether every fold is finished of every setting that was not ended early; false where one fold alone was "
        "asked for.",
    ),
    "same_images": ("true or false", "Whether all settings that have errors have them on the same folds and seeds."),
}
SWEEP_SETTING: Fields = {
    "setting": ("text", 'What it is called, such as "fast, training.learning_rate=0.01".'),
    "recipe": ("text", "As it was given: a name or a file."),
    "overrides": ("list of text", 'All its values, such as "training.epochs=5".'),
    "values": (
        "object of text",
        "Those of which the sweep has several, by key, as they were given.",
    ),
    "stopped_after_epoch": ("whole number or null", "The epoch after which it was ended early; null where it was not."),
}
SWEEP_COLUMNS: Fields = {
    "setting": SWEEP_SETTING["setting"],
    "recipe": SWEEP_SETTING["recipe"],
    "training.learning_rate": (
        "text",
        "Its value; there is such a column for each key of which the sweep has several values.",
    ),
    "state": ("text", "`finished`, `stopped` or `unfinished`, as in the JSON."),
    "stopped_after_epoch": ("whole number or empty", "The epoch after which it was ended early."),
    "seed": ("whole number", "The seed."),
    "folds": ("whole number", "How many folds are finished."),
    "images": ("whole number", "Images in them, without those that do not decode."),
    "errors": ("whole number or empty", "Misread images."),
    "error_rate": ("number or empty", "Fraction misread."),
    "error_rate_low": ("number or empty", "Lower end of its 95 % interval, which counts tracks."),
    "error_rate_high": ("number or empty", "Upper end of it."),
    "folder": ("text", "The folder of its cross-validation."),
}
PARITY: Fields = {
    "allowed_unequal_labels": ("whole number", "The most labels that may differ."),
    "allowed_difference": ("number or null", "The most that a probability may differ; null for no limit."),
}

INTERVALS = (
    Table("Interval", [Interval], ("level", *fields_of(Interval)), LEVEL),
    Table(
        "BootstrapInterval",
        [BootstrapInterval],
        ("level", "unit", *fields_of(BootstrapInterval)),
        {**LEVEL, "unit": ('`"track"`', "What is resampled.")},
    ),
)

FORMATS: tuple[Format, ...] = (
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
    Format("Run folder", "What `roadsigns train` leaves.", [Table(by_hand=RUN_FOLDER, header="file")]),
    Format(
        "Results of a training",
        "`figures.json` in a run folder, and what `roadsigns.train` returns.",
        [
            Table("TrainingResult", [TrainingResult]),
            Table("ImageCounts", [ImageCounts]),
            Table("ValidationMetrics", [ValidationMetrics]),
        ],
    ),
    Format(
        "History of a training",
        "`history.csv` in a run folder.",
        [Table("EpochMetrics", [EpochMetrics], header="column")],
    ),
    Format(
        "Evaluations",
        "`roadsigns evaluate --json`, and `figures.json` in the folder of a report.",
        [
            Table(
                "Evaluation",
                [Evaluation, Metrics],
                (
                    *("model", "split", "boxes", "split_label", "leakage", "leaky_split", *METRIC_KEYS, "log_loss"),
                    *("human_accuracy", "undecodable", "undecodable_images", "data", "source", "model_file", *MODEL),
                    *("unknown", "fused_tracks"),
                ),
                {
                    **METRICS,
                    **MODEL,
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
            Table(
                "Judgement",
                [Judgement],
                ("source", "folder", "scores", "own_threshold", "known_names", *UNDECODABLE),
                {**UNDECODABLE, "scores": (f"list of {link('Rejection')}", "The figures of each score.")},
            ),
            Table("OwnThreshold", [OwnThreshold]),
            *REJECTION,
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
    Format(
        "Unknown images",
        "`unknown.csv` and `background.csv` in the folder of a report: one row for each image.",
        [Table(by_hand=UNKNOWN_COLUMNS, header="column")],
    ),
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
    Format(
        "Comparisons",
        "`roadsigns compare --json`.",
        [
            Table(
                "Comparison",
                [Comparison],
                (
                    *("corruptions", "images", "tracks", "a", "b", "errors_p", "permutations"),
                    *("mostly_misread_only_by_a", "mostly_misread_only_by_b", "mostly_misread_p"),
                    *("won", "lost", "classes", "note"),
                ),
                COMPARISON,
            ),
            Table("Side", by_hand=SIDE),
            Table("TrackChange", [TrackChange]),
            Table("ClassChange", [ClassChange]),
        ],
    ),
    Format(
        "Sweeps",
        "`roadsigns sweep --json`.",
        [
            Table(
                "SweepResult",
                [SweepResult],
                ("source", "complete", "all_folds", "only_fold", "same_images", "settings"),
                SWEEP,
            ),
            Table(
                "SettingResult",
                [SettingResult],
                (
                    *("setting", "recipe", "overrides", "values", "state", "stopped_after_epoch", "images", "errors"),
                    *("error_rate", "error_rate_interval", "epoch_chosen_on_these_images", "seeds"),
                ),
                SWEEP_SETTING,
            ),
            Table(
                "SeedResult",
                [SeedResult],
                ("seed", "folder", "folds", "images", "errors", "error_rate", "error_rate_interval"),
            ),
        ],
    ),
    Format(
        "Sweeps as a table",
        "`sweep.csv` in its folder: one row for each setting and seed.",
        [Table(by_hand=SWEEP_COLUMNS, header="column")],
    ),
    Format(
        "Calibrations",
        "`roadsigns calibrate --json`.",
        [
            Table(
                "Calibrated",
                [Temperature, Calibrated],
                (
                    *("out", "folder", "complete", "recipe", "source", "by", "seed", "images", "temperature"),
                    *("fold_temperatures", "bins", "before", "after", "sets", "known", "other_recipe"),
                ),
                {**CROSS, **COMPLETE, **CALIBRATED},
            ),
            Table("CalibrationMetrics", [CalibrationMetrics]),
            Table(
                "ConformalSets", [ConformalSets, ConformalQuantiles], ("score", "unit", "units", "levels", "left_out")
            ),
            Table("JudgedLevel", [JudgedLevel]),
            Table("SetMetrics", [SetMetrics]),
            Table("ClassCoverage", [ClassCoverage]),
            Table("LeftOutLevel", [LeftOutLevel]),
            Table("KnownScores", [KnownScores, KnownThresholds], ("unit", "units", "shares")),
            Table("JudgedShare", [JudgedShare]),
        ],
    ),
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
    Format(
        "Audits of data",
        "`roadsigns audit --json`, and `audit.json` in its `--out` folder.",
        [
            Table(
                "Audit",
                [Audit],
                (
                    *("data", "content", "images", "predicted", "accuracy", "predictions", "notes"),
                    *("errors", "warnings", "suspects"),
                ),
                AUDIT,
            ),
            Table(
                "Suspect",
                [Suspect],
                (
                    *("rule", "kind", "level", "paths", "track", "images", "box", "class_id", "name"),
                    *("suggested_class_id", "suggested_name", "probability", "given_probability", "score", "reason"),
                ),
                SUSPECT,
            ),
        ],
    ),
    Format(
        "Suspects of an audit",
        "`suspects.csv` in that folder.",
        [Table(by_hand=SUSPECT_COLUMNS, header="column")],
    ),
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
    Format(
        "Model metadata",
        "In every model file: the key `roadsigns` of an ONNX file's `metadata_props`, `roadsigns.json` in a `.keras` "
        "archive. Detectors have the key `roadsigns_detector` instead.",
        [
            Table("ModelMetadata", [ModelMetadata], renamed={"ancestors": "starts"}),
            Table("SignClass", [SignClass]),
            Table("HoldOutRecord", [HoldOutRecord]),
            Table("FoldRecord", [FoldRecord]),
            Table("Ancestor", [Ancestor]),
            Table("KnownThresholds", [KnownThresholds]),
            Table("ConformalQuantiles", [ConformalQuantiles]),
            Table("DetectorMetadata", [DetectorMetadata]),
        ],
    ),
)
