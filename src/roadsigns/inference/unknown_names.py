"""Words for what an image of none of the classes shows."""

from roadsigns.inference.prediction import Prediction

__all__ = ["UNKNOWN_NAMES", "unknown_name"]

# By the kinds of unknown.
UNKNOWN_NAMES = {
    "prohibition": "another prohibition",
    "danger": "another danger sign",
    "mandatory": "another mandatory sign",
    "other sign": "another sign",
    "no sign": "no sign",
}


def unknown_name(prediction: Prediction) -> str:
    """Return what stands in place of a name where the decision is "unknown"."""
    return UNKNOWN_NAMES[prediction.unknown_kind or "other sign"]
