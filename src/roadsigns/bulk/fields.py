"""The fields of a result, the same in every format: the image, the fields of `Prediction.as_dict`, the error."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from roadsigns.bulk.stream import Result
from roadsigns.errors import ImageError
from roadsigns.inference.decide import DecisionRule, decide
from roadsigns.printable import as_text
from roadsigns.types import Box, SignClass, at_label

__all__ = ["error_of", "flat_example", "flatten", "result_fields"]


def result_fields(result: Result, classes: Sequence[SignClass]) -> dict[str, Any]:
    """Return a result as JSON values: `path`, perhaps `box`, and the prediction's fields or `error`.

    The path is text, see `as_text`. The error is about it, and names another subject only where it has one, such as a
    row of a table.
    """
    fields: dict[str, Any] = {"path": as_text(result.name)}
    if result.box is not None:
        fields["box"] = result.box
    if isinstance(result.outcome, ImageError):
        return {**fields, "error": as_text(error_of(result.outcome, result.name))}
    prediction = result.outcome.as_dict()
    sign = at_label(classes, result.outcome.class_id)
    for name, value in prediction.items():
        fields[name] = value
        if name == "name":
            fields.update(name_de=sign.name_de if sign else "", sign_number=sign.sign_number if sign else "")
    return fields


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


def flat_example(classes: Sequence[SignClass], top_k: int) -> dict[str, Any]:
    """Return a row with all the cells that a row can have, in their order, with values of their types."""
    outputs = np.full((1, len(classes)), 1 / len(classes), np.float32)
    (prediction,) = decide(outputs, DecisionRule(tuple(classes)), top_k=top_k)
    # Values of their types, whatever the model has.
    prediction = replace(prediction, decision="known", known_score=1.0, unknown_kind="", candidates=(0,))
    return {**flatten(result_fields(Result("", Box(0, 0, 1, 1), prediction), classes)), "error": ""}
