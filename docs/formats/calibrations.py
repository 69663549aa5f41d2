"""Calibrations of a model."""

from formats.cross_validations import COMPLETE, CROSS
from formats.page import Fields, Format, Table
from roadsigns.cross_validation.calibrate import Calibrated
from roadsigns.cross_validation.conformal import ConformalSets, JudgedLevel, LeftOutLevel
from roadsigns.cross_validation.known_score import JudgedShare, KnownScores, LeftOutShare
from roadsigns.cross_validation.temperature import Temperature
from roadsigns.evaluation.calibration import CalibrationMetrics
from roadsigns.evaluation.conformal import ClassCoverage, SetMetrics
from roadsigns.model_files.conformal_quantiles import ConformalQuantiles
from roadsigns.model_files.known_thresholds import KnownThresholds

CALIBRATED: Fields = {
    "out": ("text", "The file of the model."),
    "fitted": ("true or false", "Whether a temperature fits; none does where nothing is misread."),
    "temperature": (
        "number",
        "1 where none fits. Fitted on all finished folds, on images with corruptions where these were predicted.",
    ),
    "corrupted": (
        "object of [CalibrationMetrics](#calibrationmetrics)",
        "`before` and `after` for the images with corruptions; null where it was not fitted on them.",
    ),
    "fold_temperatures": ("object of number", "Fitted on the other folds, by the number of the fold."),
    "bins": ("whole number", "Bins of the expected calibration error."),
}
LEFT_OUT: Fields = {
    "left_out": ("list of [LeftOutShare](#leftoutshare)", "The shares without a threshold, for want of units.")
}

FORMATS = (
    Format(
        "Calibrations",
        "`roadsigns calibrate --json`.",
        [
            Table(
                "Calibrated",
                [Temperature, Calibrated],
                (
                    *("out", "folder", "complete", "recipe", "source", "by", "seed", "images", "temperature", "fitted"),
                    *("fold_temperatures", "bins", "before", "after", "corrupted", "sets", "known", "other_recipe"),
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
            Table("KnownScores", [KnownScores, KnownThresholds], ("unit", "units", "shares", "left_out"), LEFT_OUT),
            Table("JudgedShare", [JudgedShare]),
            Table("LeftOutShare", [LeftOutShare]),
        ],
    ),
)
