"""Detector metadata: what the file of a detector says about its network, and how sure it is to be of a sign."""

from dataclasses import asdict, dataclass, replace
from typing import Any

__all__ = ["DetectorMetadata"]


@dataclass(frozen=True, slots=True)
class DetectorMetadata:
    """The metadata of a detector's file.

    Attributes:
        network: Name of the architecture.
        recipe: Name of the recipe.
        source: The data set it was trained on, such as "GTSDB".
        scenes: How many scenes of it were trained on.
        epoch: How many epochs of training the weights have seen.
        split: How scenes were held out, in words; empty where none were.
        folds: Into how many folds the scenes were split; None where none were held out.
        held_out: Which of them was held out, counted from 1; see `roadsigns.datasets.scenes.split_scenes`.
        min_score: From which score a box is reported as a sign, 0 to 1, chosen on held-out scenes; None where that was
            not measured.
        data_sha256: Of the scenes that it was trained on and those held out, see `fingerprint_of_scenes`.
        trained_on: The scenes that it was trained on, see `fingerprint_of_scene`.
        width: Factor of the channels of the architecture.
        weights_sha256: Checksum of the float32 weights as trained, in order; a file may hold them rounded to float16.
    """

    network: str
    recipe: str
    source: str
    scenes: int
    epoch: int
    split: str = ""
    folds: int | None = None
    held_out: int | None = None
    min_score: float | None = None
    data_sha256: str = ""
    trained_on: tuple[str, ...] = ()
    width: float = 1.0
    weights_sha256: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the metadata for JSON, as files hold it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "DetectorMetadata":
        """Return the metadata whose `as_dict` these values are.

        Raises:
            TypeError, ValueError: If a value is missing, unknown, of another type or out of range.
        """
        metadata = cls(**{**values, "trained_on": tuple(values.get("trained_on", ()))})
        if not isinstance(metadata.network, str):
            raise TypeError(f"network is {metadata.network!r}")
        # The comparison is False for NaN, and an error for what is no number.
        if metadata.min_score is not None and not 0 <= metadata.min_score <= 1:
            raise ValueError(f"min_score is {metadata.min_score}")
        return metadata

    def with_checksum(self, weights_sha256: str) -> "DetectorMetadata":
        """Return the same metadata for a network whose weights have this checksum."""
        return replace(self, weights_sha256=weights_sha256)
