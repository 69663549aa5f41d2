"""A prediction: the class that an image shows, with its probability and the next most probable classes."""

from dataclasses import dataclass
from typing import Any

__all__ = ["ClassProbability", "Prediction"]


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
    """The class that one image shows.

    Attributes:
        class_id: The most probable class.
        name: Its name.
        probability: Its probability, 0 to 1.
        top_k: The most probable classes, best first; the first is the prediction itself.
    """

    class_id: int
    name: str
    probability: float
    top_k: tuple[ClassProbability, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields, as every output names them: tables, JSON, CSV, Parquet, the service and the page.

        Returns:
            `{"class_id": int, "name": str, "probability": float, "top_k": [{"class_id", "name", "probability"}, ...]}`.
        """
        return {
            "class_id": self.class_id,
            "name": self.name,
            "probability": self.probability,
            "top_k": [each.as_dict() for each in self.top_k],
        }
