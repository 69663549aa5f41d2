"""The fields of a picture in which signs were found: its own, and those of each sign."""

from dataclasses import dataclass
from typing import Any

from roadsigns.bulk.entries import Entry
from roadsigns.bulk.fields import example_prediction, failed_fields, flatten, prediction_fields
from roadsigns.bulk.stream import Result
from roadsigns.detection.detected import DetectedImage, DetectedSign, FloatBox
from roadsigns.errors import ImageError
from roadsigns.printable import as_text
from roadsigns.types import SignClass

__all__ = ["DetectionFields"]


@dataclass(frozen=True, slots=True)
class DetectionFields:
    """The fields of a picture: `path`, `width`, `height` and `signs`, or `path` and `error`. One row for each sign.

    A picture without signs, or that could not be read, has one row without a box.

    Attributes:
        classes: Of the model that names the signs, in label order.
        top_k: How many classes a sign lists.
    """

    classes: tuple[SignClass, ...]
    top_k: int

    def as_json(self, result: Result[DetectedImage]) -> dict[str, Any]:
        """Return a picture as JSON values."""
        if isinstance(result.outcome, ImageError):
            return failed_fields(result.name, result.outcome)
        fields = {"path": as_text(result.name), **result.outcome.as_dict()}
        return {**fields, "signs": [prediction_fields(sign, self.classes) for sign in fields["signs"]]}

    def rows(self, result: Result[DetectedImage]) -> list[dict[str, Any]]:
        """Return the cells of a row for each sign, or of one."""
        fields = self.as_json(result)
        signs = fields.pop("signs", [])
        return [{**fields, **flatten(sign)} for sign in signs] or [fields]

    def example(self) -> dict[str, Any]:
        """Return a row with all the cells that a row can have, in their order, with values of their types."""
        sign = DetectedSign(FloatBox(0.0, 0.0, 1.0, 1.0), 1.0, example_prediction(self.classes, self.top_k))
        (row,) = self.rows(Result(Entry("", b""), DetectedImage(1, 1, (sign,))))
        return {**row, "error": ""}
