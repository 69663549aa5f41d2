"""Fields and objects that every evaluation has."""

from formats.page import Fields, Table, fields_of, link
from roadsigns.evaluation.intervals import BootstrapInterval, Interval

LEVEL: Fields = {"level": ("number", "0.95.")}
METRICS: Fields = {
    "tracks": ("whole number or null", "Number of tracks; null where none is known."),
    "tracks_misread_at_least_once": ("whole number or null", "Tracks with one misread frame or more."),
    "mostly_misread_tracks": ("whole number or null", "Tracks with more than half of their frames misread."),
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
INTERVALS = (
    Table("Interval", [Interval], ("level", *fields_of(Interval)), LEVEL),
    Table(
        "BootstrapInterval",
        [BootstrapInterval],
        ("level", "unit", *fields_of(BootstrapInterval)),
        {**LEVEL, "unit": ('`"track"`', "What is resampled.")},
    ),
)
