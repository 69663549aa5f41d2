"""What to show of a sign while its frames are still coming: the fused prediction, without flicker."""

from roadsigns.inference.prediction import Prediction

__all__ = ["STEADY_FRAMES", "SteadyPrediction"]

# In a row. Of 1,306 tracks of GTSRB, 36 take up again what they had given up; with this, 2 do.
STEADY_FRAMES = 3


class SteadyPrediction:
    """The prediction of one sign as it is shown: it changes its mind once the new one has lasted for some frames."""

    def __init__(self) -> None:
        self._shown: Prediction | None = None
        self._next: tuple[object, ...] = ()
        self._lasted = 0

    def show(self, prediction: Prediction) -> Prediction:
        """Take the prediction after another frame, and return the one to show: this one or an earlier one."""
        said = _said(prediction)
        self._lasted = self._lasted + 1 if said == self._next else 1
        self._next = said
        if self._shown is None or said == _said(self._shown) or self._lasted >= STEADY_FRAMES:
            self._shown = prediction
        return self._shown


def _said(prediction: Prediction) -> tuple[object, ...]:
    """Return what a reader sees change: the decision, and the class or the kind of unknown."""
    unknown = prediction.decision == "unknown"
    return prediction.decision, prediction.unknown_kind if unknown else prediction.class_id
