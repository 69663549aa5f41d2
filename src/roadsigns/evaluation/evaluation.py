"""The result of an evaluation: predictions, metrics and their labels."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.datasets.registry import OWN_SOURCE, spec_of
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.evaluation.decided_images import DecidedImages
from roadsigns.evaluation.fused_tracks import FusedTracks
from roadsigns.evaluation.leakage import EvaluationSplit
from roadsigns.evaluation.metrics import Metrics
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.robustness.box_noise import BOX_LABELS, BoxUse
from roadsigns.types import Sample

__all__ = ["Evaluation", "label_of_split", "name_of_data", "origin_as_dict"]

SEEN = "SEEN IN TRAINING"


def label_of_split(
    split: EvaluationSplit, metadata: ModelMetadata, samples: Sequence[Sample], *, boxes: BoxUse, seen: bool
) -> str:
    """Return what must stand beside every metric: the split, the boxes, and whether the signs were trained on."""
    if split == "validation" and metadata.split:
        name = metadata.split.label(samples)
    else:
        name = {"test": "test images", "all": "all labelled images"}[split]
    return ", ".join(filter(None, (name, BOX_LABELS[boxes], SEEN if seen else "")))


def name_of_data(data: Path, source: str) -> str:
    """Return what to call a data set: the source of people's own data is the same word for all of them."""
    return data.name or str(data) if source == OWN_SOURCE else source


def origin_as_dict(
    undecodable: Sequence[tuple[Sample, str]], data: Path, source: str, model_file: Path, metadata: ModelMetadata
) -> dict[str, object]:
    """Return the images that do not decode, the data and the model as JSON holds them."""
    return {
        "undecodable": len(undecodable),
        "undecodable_images": [{"path": str(sample.path), "problem": message} for sample, message in undecodable],
        "data": str(data),
        "source": source,
        "model_file": str(model_file),
        "network": metadata.network,
        "recipe": metadata.recipe,
        "epoch": metadata.epoch,
        "trained_on": metadata.source,
        "weights_sha256": metadata.weights_sha256,
    }


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """The predictions of a model for a data set, and their metrics.

    Attributes:
        model: As it was given, a run folder or a file; a built-in model by its full name.
        model_file: The file of the model.
        metadata: That of the model.
        data: The data folder.
        source: Where the data come from, such as "GTSRB".
        split: Which of its images.
        boxes: Which boxes the model was given.
        leakage: Whether the model was trained on these images or on frames of these signs, as far as tracks are known;
            None where that is unknown, because the images have no tracks, may come from the same source as its
            training images, and the model does not remember those.
        metrics: All metrics.
        samples: The images, without those that do not decode.
        labels: Class ids, shape (images,).
        probabilities: Float32, shape (images, num_classes).
        unknown: Of the kinds of unknown, float32, shape (images, kinds); without columns where the model has none.
        undecodable: The images that do not decode, with the reason. They count in no metric.
        decisions: How many images the model calls known, uncertain and unknown, all of which show signs of its
            classes; empty where it has no thresholds.
        fused_tracks: How signs are read by several of their frames; None where that was not asked for.
    """

    model: str
    model_file: Path
    metadata: ModelMetadata
    data: Path
    source: str
    split: EvaluationSplit
    boxes: BoxUse
    leakage: bool | None
    metrics: Metrics
    samples: tuple[Sample, ...]
    labels: npt.NDArray[np.int32]
    probabilities: npt.NDArray[np.float32]
    unknown: npt.NDArray[np.float32]
    undecodable: tuple[tuple[Sample, str], ...]
    decisions: tuple[DecidedImages, ...] = ()
    fused_tracks: FusedTracks | None = None

    @property
    def spec(self) -> DatasetSpec:
        """The data set whose classes the model knows."""
        return spec_of(self.metadata.classes)

    @property
    def leaky_split(self) -> bool:
        """Whether these are validation images that were held out one by one, so that their signs trained as well."""
        return self.split == "validation" and self.metadata.split is not None and self.metadata.split.by == "random"

    @property
    def split_label(self) -> str:
        """What must stand beside every metric: the split, the boxes, and whether the signs were trained on."""
        return label_of_split(self.split, self.metadata, self.samples, boxes=self.boxes, seen=bool(self.leakage))

    @property
    def title(self) -> str:
        """Model, data and the label of the split."""
        return f"{self.model} on {name_of_data(self.data, self.source)}, {self.split_label}"

    @property
    def class_names(self) -> list[str]:
        """In label order."""
        return [sign.name for sign in self.metadata.classes]

    def as_dict(self) -> dict[str, object]:
        """Return everything but arrays as JSON holds it: fractions, not percent; None where there is nothing."""
        return {
            "model": self.model,
            "split": self.split,
            "boxes": self.boxes,
            "split_label": self.split_label,
            "leakage": self.leakage,
            "leaky_split": self.leaky_split,
            **self.metrics.as_dict(self.class_names),
            "decisions": [asdict(one) for one in self.decisions],
            "human_accuracy": self.spec.human_accuracy,
            **origin_as_dict(self.undecodable, self.data, self.source, self.model_file, self.metadata),
            **({"fused_tracks": self.fused_tracks.as_dict()} if self.fused_tracks else {}),
        }
