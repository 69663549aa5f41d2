"""What decided: a heat map of a prepared image, by gradients where the engine has them, else by hiding parts of it."""

from typing import Protocol

import numpy as np

from roadsigns.arguments import as_int
from roadsigns.errors import ImageError
from roadsigns.explanation.gradient import gradient_evidence
from roadsigns.explanation.heat_map import HeatMap, scaled
from roadsigns.explanation.occlusion import occlusion_evidence
from roadsigns.inference.decide import DecisionRule
from roadsigns.inference.engine import CropBatch, Differentiable, Engine
from roadsigns.preprocessing.prepare import WHITE, Preparation, to_unit
from roadsigns.types import Float32Array, SignClass, UInt8Image

__all__ = ["Explainable", "as_crop", "explain"]


class Explainable(Protocol):
    """The part of `Recognizer` that is explained."""

    @property
    def engine(self) -> Engine:
        """Maps crops to probabilities."""

    @property
    def rule(self) -> DecisionRule:
        """When a sign is called uncertain or unknown."""

    @property
    def classes(self) -> tuple[SignClass, ...]:
        """In label order."""

    @property
    def preparation(self) -> Preparation:
        """How images become the network's input."""

    def outputs(self, crops: CropBatch) -> Float32Array:
        """See `Recognizer.outputs`."""


def explain(recognizer: Explainable, prepared: UInt8Image | Float32Array, *, class_id: int | None = None) -> HeatMap:
    """Return which pixels of a prepared image speak for a class.

    Networks in Keras are explained by gradients, those in ONNX Runtime and OpenVINO by occlusion. Both look at the
    log-odds of the class, log(p / (1 - p)), p being its probability among the classes. Whether the image shows one of
    them at all is another question, which the map does not answer.

    Args:
        recognizer: The model.
        prepared: The image as the network sees it, see `roadsigns.preprocessing.prepare.prepare_crop`: RGB, shape
            (image_size, image_size, 3), uint8, or float32 in [0, 1].
        class_id: The class; None for the most probable one, which for an unknown sign is the most similar one.

    Raises:
        ImageError: If the image has another shape or type.
        DataError: If there is no such class.
        TypeError: If `class_id` is no whole number.
    """
    crop = as_crop(recognizer, prepared)
    num_classes = len(recognizer.classes)
    if class_id is None:
        class_id = int(recognizer.outputs(crop[np.newaxis])[0, :num_classes].argmax())
    else:
        class_id = as_int(class_id, "class_id", least=0, most=num_classes - 1)
    if isinstance(recognizer.engine, Differentiable):
        return HeatMap(scaled(gradient_evidence(recognizer.engine, to_unit(crop), class_id)), class_id, "gradient")
    evidence = occlusion_evidence(recognizer.outputs, crop, class_id, num_classes=num_classes)
    return HeatMap(scaled(evidence), class_id, "occlusion")


def as_crop(recognizer: Explainable, prepared: UInt8Image | Float32Array) -> UInt8Image | Float32Array:
    """Return a prepared image in the type that the network takes.

    Raises:
        ImageError: If it has another shape or type.
    """
    preparation = recognizer.preparation
    size = preparation.image_size
    is_levels = isinstance(prepared, np.ndarray) and prepared.dtype == np.uint8
    is_unit = isinstance(prepared, np.ndarray) and prepared.dtype == np.float32
    if not (is_levels or is_unit) or prepared.shape != (size, size, 3):
        shown = f"has shape {prepared.shape} and type {prepared.dtype}" if isinstance(prepared, np.ndarray) else ""
        found = shown or f"is of type {type(prepared).__name__}"
        raise ImageError(
            f"The prepared image {found}.",
            expected=f"shape {(size, size, 3)} and type uint8, or float32 from 0 to 1",
            hint="Prepare it with roadsigns.preprocessing.prepare.prepare_crop.",
        )
    if np.dtype(preparation.crop_type) == prepared.dtype:
        return prepared
    return to_unit(prepared) if is_levels else np.rint(prepared * np.float32(WHITE)).astype(np.uint8)
