"""The fields of a sign of a video in JSON, CSV and Parquet."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from roadsigns.bulk.entries import Entry
from roadsigns.bulk.fields import example_prediction, failed_fields, flatten, prediction_fields
from roadsigns.bulk.stream import Result
from roadsigns.detection.detected import FloatBox
from roadsigns.errors import ImageError
from roadsigns.printable import as_text
from roadsigns.types import SignClass
from roadsigns.video.signs import Place, VideoSign

__all__ = ["VideoFields"]


@dataclass(frozen=True, slots=True)
class VideoFields:
    """The fields of a sign: `path`, those of `VideoSign`, perhaps its place, or `path` and `error`. One row for each.

    Attributes:
        classes: Of the model that names the signs, in label order.
        top_k: How many classes a sign lists.
        with_places: Whether signs have `time`, `longitude` and `latitude`.
    """

    classes: tuple[SignClass, ...]
    top_k: int
    with_places: bool = False

    def as_json(self, result: Result[VideoSign]) -> dict[str, Any]:
        """Return a sign as JSON values."""
        if isinstance(result.outcome, ImageError):
            return failed_fields(result.name, result.outcome)
        sign = result.outcome
        fields = {"path": as_text(result.name), **prediction_fields(sign.as_dict(), self.classes)}
        if self.with_places:
            place = sign.place
            fields.update(
                time=None if place is None else place.time.astimezone(UTC).isoformat(timespec="milliseconds"),
                longitude=None if place is None else place.longitude,
                latitude=None if place is None else place.latitude,
            )
        return fields

    def rows(self, result: Result[VideoSign]) -> list[dict[str, Any]]:
        """Return the cells of one row, without the boxes of all frames."""
        fields = self.as_json(result)
        fields.pop("boxes", None)
        return [flatten(fields)]

    def example(self) -> dict[str, Any]:
        """Return a row with all the cells that a row can have, in their order, with values of their types."""
        prediction = example_prediction(self.classes, self.top_k)
        place = Place(datetime.now(UTC), 0.0, 0.0)
        sign = VideoSign(0.0, 0.0, 0, FloatBox(0.0, 0.0, 1.0, 1.0), 1, (), 1.0, prediction, place)
        (row,) = self.rows(Result(Entry("", b""), sign))
        return {**row, "error": ""}
