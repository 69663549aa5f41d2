"""The input of a classifier's report. Every source fills it: a model and data, a cross-validation, a CSV file."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from roadsigns.evaluation.intervals import number_tracks
from roadsigns.evaluation.metrics import Metrics
from roadsigns.html_report.measured import HardConditions, UnknownSigns
from roadsigns.html_report.report import About
from roadsigns.html_report.section import NotMeasured
from roadsigns.html_report.sign_images import SignImages
from roadsigns.inference.decide import DecisionRule
from roadsigns.types import UNKNOWN_KINDS, LabelledImage, Sample, UInt8Image

__all__ = ["HeatMapPicture", "ReportInput"]


@dataclass(frozen=True, slots=True, eq=False)
class HeatMapPicture:
    """What decided an image, as a picture.

    Attributes:
        index: Of the image.
        prepared: The sign as the network sees it, RGB, shape (height, width, 3), uint8.
        overlay: The heat map drawn over it, likewise.
        method: How it was computed, such as "gradient".
    """

    index: int
    prepared: UInt8Image
    overlay: UInt8Image
    method: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ReportInput:
    """What the sections of a classifier's report are computed from. All arrays are in the order of `rows`.

    Attributes:
        about: Names of model, data and classes.
        rows: The images: name, truth and track.
        class_ids: The most probable classes, best first, int32, shape (images, top_k), top_k at least 1.
        top_probabilities: Their probabilities, float64, same shape; None where only classes are known.
        metrics: Over all images.
        source: Where the images come from, such as "GTSRB" or "drawn signs, seed 3"; empty where nothing says so.
        official_test: Whether these are the official test images of the data set.
        seen: Whether the model is known to have been trained on these signs, so that no figure is comparable.
        probabilities: Of all classes, float32, shape (images, num_classes); None where they are unknown.
        unknown: Of the kinds of unknown, float32, shape (images, kinds); None where the model has none.
        rule: The model's thresholds; None where there is no model.
        samples: The image files with their boxes; None where there are none.
        images: Access to the images; None where there are none.
        undecodable: Names of the images that do not decode. They count in no figure.
        against: The predictions of another model for the same images; None where it was not asked for.
        unknown_signs: How well unknown signs are told from these; empty where that was not measured.
        hard: How hard conditions are read; None where that was not measured.
        weights_sha256: Checksum of the model's weights; empty where there is no model.
        heat_maps: What decided some images; why nothing is explained; or None where nothing is to be.
        explained_by: What the heat maps are of, where that is not one model, such as "the model of its fold".
    """

    about: About
    rows: tuple[LabelledImage, ...]
    class_ids: npt.NDArray[np.int32]
    top_probabilities: npt.NDArray[np.float64] | None
    metrics: Metrics
    source: str = ""
    official_test: bool = False
    seen: bool = False
    probabilities: npt.NDArray[np.float32] | None = None
    unknown: npt.NDArray[np.float32] | None = None
    rule: DecisionRule | None = None
    samples: tuple[Sample, ...] | None = None
    images: SignImages | None = None
    undecodable: tuple[str, ...] = ()
    against: "ReportInput | None" = None
    unknown_signs: tuple[UnknownSigns, ...] = ()
    hard: HardConditions | None = None
    weights_sha256: str = ""
    heat_maps: tuple[HeatMapPicture, ...] | NotMeasured | None = field(default=None, repr=False)
    explained_by: str = ""

    @property
    def labels(self) -> npt.NDArray[np.int32]:
        """The true class ids, shape (images,)."""
        return np.fromiter((row.class_id for row in self.rows), np.int32, len(self.rows))

    @property
    def predicted(self) -> npt.NDArray[np.int32]:
        """The most probable class ids, shape (images,)."""
        return self.class_ids[:, 0]

    @property
    def wrong(self) -> npt.NDArray[np.bool_]:
        """Which images are misread, shape (images,)."""
        return np.asarray(self.predicted != self.labels)

    @property
    def confidence(self) -> npt.NDArray[np.float64] | None:
        """The probability of the predicted class, shape (images,); None where it is unknown."""
        return None if self.top_probabilities is None else self.top_probabilities[:, 0]

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the columns of `unknown` are called; empty where there are none."""
        return () if self.unknown is None else UNKNOWN_KINDS[: self.unknown.shape[1]]

    @property
    def tracks(self) -> npt.NDArray[np.intp] | None:
        """The number of each image's track, shape (images,); None where no track is known."""
        return number_tracks([row.track_key for row in self.rows])
