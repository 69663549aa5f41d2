"""A prediction: the class that an image shows, how sure that is, and whether it shows one of the classes at all."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

__all__ = ["DECISIONS", "ClassProbability", "Decision", "Prediction"]

Decision: TypeAlias = Literal["known", "uncertain", "unknown"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)


@dataclass(frozen=True, slots=True)
class ClassProbability:
    """The probability of one class.

    Attributes:
        class_id: The label, 0 to num_classes - 1.
        name: The class's name.
        probability: 0 to 1.
    """

    class_id: int
    name: str
    probability: float

    def as_dict(self) -> dict[str, Any]:
        """Return the fields, as every output names them: `{"class_id", "name", "probability"}`."""
        # A tenth of the time of dataclasses.asdict, five times per image of the service.
        return {"class_id": self.class_id, "name": self.name, "probability": self.probability}


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one image shows.

    Attributes:
        class_id: The most probable class, whatever the decision.
        name: Its name.
        probability: Its probability, 0 to 1, provided that the image shows one of the classes.
        top_k: The most probable classes, best first; the first is the prediction itself.
        decision: "known": the image shows this class. "uncertain": it shows one of `candidates`. "unknown": it shows
            none of the classes. None where the model has no thresholds to decide by.
        known_score: How sure the model is that the image shows one of the classes, 0 to 1; None where it was trained
            without negatives.
        unknown_kind: What else the image shows, one of `roadsigns.types.UNKNOWN_KINDS`; None unless the decision is
            "unknown".
        candidates: The prediction set: ids of the classes that the image may show, best first. Over all signs of the
            classes like those that the sets were calibrated on, it holds the true class with the promised probability.
            Empty where the model has no such sets.
    """

    class_id: int
    name: str
    probability: float
    top_k: tuple[ClassProbability, ...]
    decision: Decision | None = None
    known_score: float | None = None
    unknown_kind: str | None = None
    candidates: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the fields, as every output names them: tables, JSON, CSV, Parquet, the service and the page.

        Returns:
            `{"class_id": int, "name": str, "probability": float, "decision": str | None, "known_score": float | None,
            "unknown_kind": str | None, "candidates": [int, ...], "top_k": [{"class_id", "name", "probability"}, ...]}`.
        """
        return {
            "class_id": self.class_id,
            "name": self.name,
            "probability": self.probability,
            "decision": self.decision,
            "known_score": self.known_score,
            "unknown_kind": self.unknown_kind,
            "candidates": list(self.candidates),
            "top_k": [each.as_dict() for each in self.top_k],
        }
