"""Geometric augmentation: seeded random affine transforms of training images; and the ranges of all augmentation.

Changes of pixel values are in `roadsigns.augmentation.photometric`.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from roadsigns.settings import Settings
from roadsigns.user_functions import is_reference

__all__ = ["Augmentation", "affine_matrices"]

# In degrees, either way.
STRONG_ROTATION = 40.0


def _require_function(name: str) -> str:
    if name and not is_reference(name):
        expected = "'my_module:augment', a module and a function in it"
        raise PydanticCustomError("literal_error", "{expected}", {"expected": expected})
    return name


class Augmentation(Settings):
    """Ranges of random changes to training images. Each value is sampled anew for each image; 0 turns a change off."""

    former_names: ClassVar[Mapping[str, str]] = {
        "motion_blur": "motion_blur_probability",
        "low_resolution": "low_resolution_probability",
        "covered": "occlusion_probability",
        "shadows": "shadow_probability",
        "exposed": "exposure_probability",
        "flips": "flip_probability",
    }

    rotation_degrees: float = Field(default=0.0, ge=0, le=180, description="Largest rotation, in either direction.")
    strong_rotation_probability: float = Field(
        default=0.0, ge=0, le=1, description="Probability of a rotation by up to 40 degrees instead."
    )
    shift: float = Field(
        default=0.0, ge=0, lt=1, description="Largest translation along each axis, as a fraction of the side."
    )
    zoom: float = Field(
        default=0.0, ge=0, lt=1, description="Each axis is scaled by its own factor, from 1 - zoom to 1 + zoom."
    )
    # The tutorial's 0.1 were radians in the Keras of its year (5.73 degrees), and would be degrees in today's.
    shear_degrees: float = Field(default=0.0, ge=0, lt=90, description="Largest shear, in either direction.")
    scale: float = Field(
        default=0.0, ge=0, le=2, description="Both axes are scaled by one factor, from exp(-scale) to exp(scale)."
    )
    hue_degrees: float = Field(
        default=0.0,
        ge=0,
        le=180,
        description="Largest rotation of the hue, in either direction, for half of the images.",
    )
    saturation: float = Field(
        default=0.0, ge=0, le=3, description="The saturation factor is between exp(-saturation) and exp(saturation)."
    )
    brightness: float = Field(
        default=0.0, ge=0, le=3, description="The brightness factor is between exp(-brightness) and exp(brightness)."
    )
    contrast: float = Field(
        default=0.0,
        ge=0,
        le=3,
        description="The contrast factor about the image's mean is between exp(-contrast) and exp(contrast).",
    )
    motion_blur_probability: float = Field(default=0.0, ge=0, le=1, description="Probability of motion blur.")
    motion_pixels: float = Field(
        default=6.0, ge=2, le=50, description="Longest motion blur, in pixels of the network's input."
    )
    low_resolution_probability: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Probability that the image is reduced to 33 to 80 % of its side and enlarged again.",
    )
    occlusion_probability: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Probability of a patch of one colour over the image, with sides of 15 to 45 % of the image's.",
    )
    shadow_probability: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Probability of a shadow with a straight edge, which leaves 30 to 80 % of the light.",
    )
    exposure_probability: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Probability of a different exposure: 0.06 to 2.5 times the light on the sensor, with its noise.",
    )
    stripe_probability: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Probability of dark stripes in any direction, which leave 10 to 80 % of the light.",
    )
    veil_probability: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Probability of a veil, light or dark, even or in patches: fog, drops, snow or dirt on the lens.",
    )
    blot_probability: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Probability of blots, opaque and of any shape, over 3 to 35 % of the image: leaves, paint, paper.",
    )
    noise: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        description="Largest standard deviation of the noise, as a fraction of white; each image has its own.",
    )
    defocus_probability: float = Field(
        default=0.0, ge=0, le=1, description="Probability of a blur by 1 to 5 % of the image's side."
    )
    sensor_noise_probability: float = Field(
        default=0.0, ge=0, le=1, description="Probability of noise with a standard deviation of 3 to 45 of 255 levels."
    )
    defective_pixels_probability: float = Field(
        default=0.0, ge=0, le=1, description="Probability that up to 15 % of the pixels are black or white."
    )
    jpeg_probability: float = Field(
        default=0.0, ge=0, le=1, description="Probability of JPEG compression at a quality of 8 to 69."
    )
    flip_probability: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Probability of a flip or half turn, for classes where that gives a valid sign (perhaps another).",
    )
    function: Annotated[str, AfterValidator(_require_function)] = Field(
        default="",
        description="A function of your own that changes images after all other changes, such as my_module:augment; "
        "empty for none.",
    )

    @property
    def moves_nothing(self) -> bool:
        """Whether every image keeps its place."""
        return not (
            self.rotation_degrees
            or self.strong_rotation_probability
            or self.shift
            or self.zoom
            or self.shear_degrees
            or self.scale
        )

    @property
    def keeps_colours(self) -> bool:
        """Whether every image keeps its colours."""
        return not (self.hue_degrees or self.saturation or self.brightness or self.contrast)


def affine_matrices(
    augmentation: Augmentation, *, count: int, image_size: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Draw `count` maps from an output pixel (x, y, 1) to the input point (x, y) it shows, shape (count, 2, 3).

    Rotation, shift, shear and zoom about the centre, in the order and with the matrices of Keras's ImageDataGenerator,
    and a scale that both axes share.
    """
    degrees = rng.uniform(-1, 1, count) * augmentation.rotation_degrees
    if augmentation.strong_rotation_probability:
        strong = rng.random(count) < augmentation.strong_rotation_probability
        degrees = np.where(strong, rng.uniform(-1, 1, count) * STRONG_ROTATION, degrees)
    angle = np.deg2rad(degrees)
    shift = rng.uniform(-1, 1, (2, count)) * augmentation.shift * image_size
    shear = np.deg2rad(rng.uniform(-1, 1, count) * augmentation.shear_degrees)
    zoom = 1 + rng.uniform(-1, 1, (2, count)) * augmentation.zoom
    if augmentation.scale:
        zoom *= np.exp(rng.uniform(-1, 1, count) * augmentation.scale)
    zero, one = np.zeros(count), np.ones(count)

    def stack(rows: list[list[npt.NDArray[np.float64]]]) -> npt.NDArray[np.float64]:
        return np.moveaxis(np.array(rows), 2, 0)

    rotate = stack([[np.cos(angle), -np.sin(angle), zero], [np.sin(angle), np.cos(angle), zero], [zero, zero, one]])
    move = stack([[one, zero, shift[0]], [zero, one, shift[1]], [zero, zero, one]])
    slant = stack([[one, -np.sin(shear), zero], [zero, np.cos(shear), zero], [zero, zero, one]])
    scale = stack([[zoom[0], zero, zero], [zero, zoom[1], zero], [zero, zero, one]])
    centre = (image_size - 1) / 2
    to_centre = np.array([[1, 0, centre], [0, 1, centre], [0, 0, 1]])
    from_centre = np.array([[1, 0, -centre], [0, 1, -centre], [0, 0, 1]])
    matrices: npt.NDArray[np.float64] = (to_centre @ rotate @ move @ slant @ scale @ from_centre)[:, :2]
    return matrices
