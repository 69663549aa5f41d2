"""Recognise traffic signs.

from roadsigns import Recognizer

recognizer = Recognizer.load()
print(recognizer.predict_one("sign.png").name)
"""

import importlib
from typing import TYPE_CHECKING

from roadsigns.version import __version__

if TYPE_CHECKING:
    from roadsigns.inference.prediction import ClassProbability, Prediction
    from roadsigns.inference.recognizer import Recognizer

__all__ = ["ClassProbability", "Prediction", "Recognizer", "__version__"]


def __getattr__(name: str) -> object:
    # Imported when asked for: `import roadsigns` must answer at once.
    if name in {"ClassProbability", "Prediction"}:
        return getattr(importlib.import_module("roadsigns.inference.prediction"), name)
    if name == "Recognizer":
        return importlib.import_module("roadsigns.inference.recognizer").Recognizer
    raise AttributeError(f"module 'roadsigns' has no attribute '{name}'")
