"""Sweeps: many cross-validations compared."""

from formats.page import Fields, Format, Table
from roadsigns.sweep.results import SeedResult, SettingResult, SweepResult

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

FORMATS = (
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
)
