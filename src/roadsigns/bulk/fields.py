"""The fields of a result, the same in every format: the image, the fields of `Prediction.as_dict`, the error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import numpy as np

from roadsigns.bulk.entries import Entry
from roadsigns.bulk.stream import Result
from roadsigns.errors import ImageError
from roadsigns.inference.decide import DecisionRule, decide
from roadsigns.inference.prediction import Prediction
from roadsigns.printable import as_text
from roadsigns.types import Box, SignClass, at_label

__all__ = [
    "PredictionFields",
    "ResultFields",
    "error_of",
    "example_prediction",
    "failed_fields",
    "flatten",
    "prediction_fields",
]

Found = TypeVar("Found")


class ResultFields(Protocol[Found]):
    """How a result becomes a JSON object, and rows of a table."""

    def as_json(self, result: Result[Found]) -> dict[str, Any]:
        """Return a result as JSON values."""

    def rows(self, result: Result[Found]) -> list[dict[str, Any]]:
        """Return the cells of a result's rows, at least one."""

    def example(self) -> dict[str, Any]:
        """Return a row with all the cells that a row can have, in their order, with values of their types."""


@dataclass(frozen=True, slots=True)
class PredictionFields:
    """The fields of a prediction: `path`, perhaps `box`, and the prediction's or `error`. One row for each.

    Attributes:
        classes: Of the model, in label order.
        top_k: How many classes a prediction lists.
    """

    classes: tuple[SignClass, ...]
    top_k: int

    def as_json(self, result: Result[Prediction]) -> dict[str, Any]:
        """Return a prediction as JSON values."""
        box = {} if result.box is None else {"box": result.box}
        if isinstance(result.outcome, ImageError):
            failed = failed_fields(result.name, result.outcome)
            return {"path": failed["path"], **box, "error": failed["error"]}
        return {"path": as_text(result.name), **box, **prediction_fields(result.outcome.as_dict(), self.classes)}

    def rows(self, result: Result[Prediction]) -> list[dict[str, Any]]:
        """Return the cells of one row."""
        return [flatten(self.as_json(result))]

    def example(self) -> dict[str, Any]:
        """Return a row with all the cells that a row can have, in their order, with values of their types."""
        prediction = example_prediction(self.classes, self.top_k)
        result = Result(Entry("", b"", Box(0, 0, 1, 1)), prediction)
        return {**flatten(self.as_json(result)), "error": ""}


def prediction_fields(prediction: Mapping[str, Any], classes: Sequence[SignClass]) -> dict[str, Any]:
    """Return the fields of `Prediction.as_dict`, or more than those, with what else is known of the class."""
    fields: dict[str, Any] = {}
    sign = at_label(classes, prediction["class_id"])
    for name, value in prediction.items():
        fields[name] = value
        if name == "name":
            fields.update(name_de=sign.name_de if sign else "", sign_number=sign.sign_number if sign else "")
    return fields


def failed_fields(name: str, error: ImageError) -> dict[str, Any]:
    """Return `path` and `error` of an image that could not be read.

    The path is text, see `as_text`. The error is about it, and names another subject only where it has one, such as a
    row of a table.
    """
    return {"path": as_text(name), "error": as_text(error_of(error, name))}


def error_of(error: ImageError, name: str) -> str:
    """Return an error as a sentence that does not repeat the name beside which it stands."""
    return str(error.about(None) if error.subject == name else error)


def flatten(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as the cells of a row: a box has four, each further class of `top_k` has its own, such as `name_2`.

    The first class of `top_k` is left out: it is the prediction itself. Candidates are class ids with spaces between.
    """
    cells: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "box":
            cells.update(zip(Box._fields, value, strict=True))
        elif name == "top_k":
            for place, entry in enumerate(value[1:], 2):
                cells.update({f"{key}_{place}": cell for key, cell in entry.items()})
        elif name == "candidates":
            cells[name] = " ".join(map(str, value))
        else:
            cells[name] = value
    return cells


def example_prediction(classes: Sequence[SignClass], top_k: int) -> Prediction:
    """Return a prediction whose fields all have values of their types, whatever the model has."""
    outputs = np.full((1, len(classes)), 1 / len(classes), np.float32)
    (prediction,) = decide(outputs, DecisionRule(tuple(classes)), top_k=top_k)
    return replace(prediction, decision="known", known_score=1.0, unknown_kind="", candidates=(0,))
