"""Which settings of a sweep are ended early: asynchronous successive halving.

Li et al. 2020, "A system for massively parallel hyperparameter tuning", in the form of Ray Tune's ASHAScheduler:
whoever comes to a rung goes on if it is among the better half of those that have been there. The first one always is,
so with few settings at a time more than half may go on.
"""

import math
from collections.abc import Hashable
from typing import Generic, TypeVar

__all__ = ["RUNGS", "Halving", "can_be_judged"]

# After which share of their epochs trainings are compared.
RUNGS = (0.25, 0.5)


def can_be_judged(*, epochs: int, validate_every: int) -> bool:
    """Whether a training is validated at a rung: at a quarter of its epochs or later, and before its last epoch."""
    last = (epochs - 1) // validate_every * validate_every
    return last >= max(1, RUNGS[0] * epochs)


Name = TypeVar("Name", bound=Hashable)


class Halving(Generic[Name]):
    """The errors of trainings at the rungs they have come to."""

    def __init__(self) -> None:
        self._errors: list[dict[Name, float]] = [{} for _ in RUNGS]
        self._poor: dict[Name, tuple[int, float]] = {}

    @property
    def poor(self) -> dict[Name, tuple[int, float]]:
        """Those that are not to go on, with the epoch that decided and the error after it."""
        return dict(self._poor)

    def tell(self, name: Name, *, epochs: int, validated: dict[int, float], judge: bool = True) -> None:
        """Tell how far a training has come; what was told before may be told again.

        Args:
            name: Of the training.
            epochs: How many it is to have.
            validated: Its validation error, a fraction, after each epoch that was validated, counted from 1.
            judge: Whether it may be found poor; False for one that went on before this process began.
        """
        for share, errors in zip(RUNGS, self._errors, strict=True):
            epoch = next((epoch for epoch in sorted(validated) if share * epochs <= epoch < epochs), None)
            if epoch is None or name in errors or name in self._poor:
                continue
            errors[name] = validated[epoch]
            better = sum(error < errors[name] for error in errors.values())
            if judge and better >= math.ceil(len(errors) / 2):
                self._poor[name] = epoch, errors[name]
