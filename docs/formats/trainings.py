"""What a training leaves."""

from formats.page import Fields, Format, Table
from roadsigns.training.loop import EpochMetrics
from roadsigns.training.result import ImageCounts, TrainingResult, ValidationMetrics

RUN_FOLDER: Fields = {
    "model.keras": ("Keras", "The saved model: the best epoch or the last one, float32, with its metadata."),
    "recipe.toml": ("TOML", "The [recipe](recipes.md), with all overrides."),
    "history.csv": ("CSV", "[One row for each epoch](#epochmetrics)."),
    "curves.png": ("PNG", "The same as a plot; needs the extra `report`."),
    "figures.json": ("JSON", "[What the training did](#trainingresult)."),
    "environment.json": ("JSON", "Seed, command, machine, device, versions, precision and checksum of the data."),
    "checkpoint.npz": ("NumPy", "The state to resume from; removed when the run is complete."),
}

FORMATS = (
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
)
