"""Recognise traffic signs.

    import roadsigns

    recognizer = roadsigns.load()
    print(recognizer.predict_one("sign.png").name)

What is in `__all__` is public; other modules may change in any release. Names are imported when they are first used:
`import roadsigns` loads neither NumPy nor Keras.
"""

import importlib
from typing import TYPE_CHECKING

from roadsigns.version import __version__

if TYPE_CHECKING:
    from roadsigns.api import (
        augment,
        detect_video,
        draw_dataset,
        evaluate,
        evaluate_corruptions,
        explain,
        load,
        predict,
        prepare,
        read_dataset,
        read_image,
        recipe_text,
        split_dataset,
        tracks_of,
        train,
    )
    from roadsigns.datasets.splits import Split
    from roadsigns.detection.detected import DetectedImage, DetectedSign
    from roadsigns.detection.detector import Detector
    from roadsigns.errors import RoadsignsError
    from roadsigns.evaluation.corruptions.result import CorruptionEvaluation
    from roadsigns.evaluation.evaluation import Evaluation
    from roadsigns.explanation.explanation import Explanation
    from roadsigns.explanation.heat_map import HeatMap
    from roadsigns.inference.prediction import ClassProbability, Prediction
    from roadsigns.inference.recognizer import Recognizer
    from roadsigns.training.detector.result import DetectorResult
    from roadsigns.training.result import TrainingResult
    from roadsigns.types import Box, DataSet, Sample, SignClass
    from roadsigns.video.signs import VideoSign

__all__ = [
    "Box",
    "ClassProbability",
    "CorruptionEvaluation",
    "DataSet",
    "DetectedImage",
    "DetectedSign",
    "Detector",
    "DetectorResult",
    "Evaluation",
    "Explanation",
    "HeatMap",
    "Prediction",
    "Recognizer",
    "RoadsignsError",
    "Sample",
    "SignClass",
    "Split",
    "TrainingResult",
    "VideoSign",
    "__version__",
    "augment",
    "detect_video",
    "draw_dataset",
    "evaluate",
    "evaluate_corruptions",
    "explain",
    "load",
    "predict",
    "prepare",
    "read_dataset",
    "read_image",
    "recipe_text",
    "split_dataset",
    "tracks_of",
    "train",
]

# Where the types live; the functions are in roadsigns.api.
_TYPES = {
    "Box": "roadsigns.types",
    "ClassProbability": "roadsigns.inference.prediction",
    "CorruptionEvaluation": "roadsigns.evaluation.corruptions.result",
    "DataSet": "roadsigns.types",
    "DetectedImage": "roadsigns.detection.detected",
    "DetectedSign": "roadsigns.detection.detected",
    "Detector": "roadsigns.detection.detector",
    "DetectorResult": "roadsigns.training.detector.result",
    "Evaluation": "roadsigns.evaluation.evaluation",
    "Explanation": "roadsigns.explanation.explanation",
    "HeatMap": "roadsigns.explanation.heat_map",
    "Prediction": "roadsigns.inference.prediction",
    "Recognizer": "roadsigns.inference.recognizer",
    "RoadsignsError": "roadsigns.errors",
    "Sample": "roadsigns.types",
    "SignClass": "roadsigns.types",
    "Split": "roadsigns.datasets.splits",
    "TrainingResult": "roadsigns.training.result",
    "VideoSign": "roadsigns.video.signs",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'roadsigns' has no attribute '{name}'")
    return getattr(importlib.import_module(_TYPES.get(name, "roadsigns.api")), name)


def __dir__() -> list[str]:
    return __all__
