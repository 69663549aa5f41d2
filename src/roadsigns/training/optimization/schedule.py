"""The learning rate as a function of the step."""

from typing import Any

import keras
from keras import ops

__all__ = ["DroppingRate", "OneCycleRate"]


@keras.saving.register_keras_serializable("roadsigns")
class DroppingRate(keras.optimizers.schedules.LearningRateSchedule):
    """The tutorial's rate: times `drop_factor` every so many steps, over 1 + `decay_per_step` times the step.

    Keras of 2017 had the decay per step as an argument of SGD; Keras 3 has not. A function of the optimiser's own step
    count needs no state, so a resumed run continues at the right rate.
    """

    def __init__(self, rate: float, *, drop_factor: float, steps_per_drop: int, decay_per_step: float) -> None:
        super().__init__()
        self.rate = rate
        self.drop_factor = drop_factor
        self.steps_per_drop = steps_per_drop
        self.decay_per_step = decay_per_step

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step, float32, counted from 0."""
        drops = ops.cast(ops.floor_divide(ops.cast(step, "int32"), self.steps_per_drop), "float32")
        dropped = self.rate * ops.power(ops.cast(self.drop_factor, "float32"), drops)
        return dropped / (1 + self.decay_per_step * ops.cast(step, "float32"))

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the schedule."""
        return {
            "rate": self.rate,
            "drop_factor": self.drop_factor,
            "steps_per_drop": self.steps_per_drop,
            "decay_per_step": self.decay_per_step,
        }


@keras.saving.register_keras_serializable("roadsigns")
class OneCycleRate(keras.optimizers.schedules.LearningRateSchedule):
    """Evenly up to a peak and evenly down to nearly nothing (Smith and Topin 2017, without the last, slow part)."""

    START, END = 0.1, 0.005

    def __init__(self, peak: float, *, steps: int, warm_up: float) -> None:
        super().__init__()
        self.peak = peak
        self.steps = steps
        self.warm_up = warm_up

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step, float32, counted from 0."""
        along = ops.cast(step, "float32") / self.steps
        up = self.START + (1 - self.START) * along / self.warm_up
        down = (1 - along) / (1 - self.warm_up)
        return self.peak * ops.maximum(ops.minimum(up, down), self.END)

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the schedule."""
        return {"peak": self.peak, "steps": self.steps, "warm_up": self.warm_up}
