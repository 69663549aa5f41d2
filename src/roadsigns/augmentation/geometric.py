"""Seeded random changes of a network's inputs, for training only: their ranges, and how an image is moved.

What happens to its pixels is in `roadsigns.augmentation.photometric`.
"""

import numpy as np
import numpy.typing as npt
from pydantic import Field

from roadsigns.settings import Settings

__all__ = ["Augmentation", "affine_matrices"]


class Augmentation(Settings):
    """Ranges of random changes; each value is drawn uniformly, for each image anew. 0 leaves a change out.

    Attributes:
        rotation_degrees: From minus this to plus this.
        shift: Both ways, along each axis, as a fraction of the side.
        zoom: Each axis by a factor of 1 minus this to 1 plus this, independently; above 1 the sign shrinks.
        shear_degrees: Angle of the shear, from minus this to plus this. The tutorial's 0.1 were radians in the Keras of
            its year (5.73 degrees) and would be degrees, next to nothing, in today's.
        scale: Both axes by one factor of e to the minus this to e to the plus this.
        hue_degrees: Turn of the hue, for half of the images.
        saturation: Factor of the saturation, e to the minus this to e to the plus this.
        brightness: Factor of the brightness, likewise.
        contrast: Factor of the contrast about the image's mean brightness, likewise.
        motion_blur: Share of images that are blurred along a line.
        motion_pixels: Longest such line, in pixels of the network's input.
        low_resolution: Share of images seen with a third to four fifths of the pixels and enlarged again.
        covered: Share of images with a patch of one colour on them, of 15 to 45 % of the side.
        shadows: Share of images with a straight edge beyond which a shadow leaves 30 to 80 % of the light.
        exposed: Share of images with 0.06 to 2.5 times the light on the sensor, with its noise, cut off at white and
            rounded to 8 bits: what is left of a sign in the dark, and of one in the sun.
        noise: Most noise, a standard deviation as a share of white; each image has another, down to none.
        flips: Share of images that are mirrored or turned by half, of classes where that shows a sign too: its own
            class, or, as with "keep left", another. `DatasetSpec.flips` names them.
    """

    rotation_degrees: float = Field(default=0.0, ge=0, le=180)
    shift: float = Field(default=0.0, ge=0, lt=1)
    zoom: float = Field(default=0.0, ge=0, lt=1)
    shear_degrees: float = Field(default=0.0, ge=0, lt=90)
    scale: float = Field(default=0.0, ge=0, le=2)
    hue_degrees: float = Field(default=0.0, ge=0, le=180)
    saturation: float = Field(default=0.0, ge=0, le=3)
    brightness: float = Field(default=0.0, ge=0, le=3)
    contrast: float = Field(default=0.0, ge=0, le=3)
    motion_blur: float = Field(default=0.0, ge=0, le=1)
    motion_pixels: float = Field(default=6.0, ge=2, le=50)
    low_resolution: float = Field(default=0.0, ge=0, le=1)
    covered: float = Field(default=0.0, ge=0, le=1)
    shadows: float = Field(default=0.0, ge=0, le=1)
    exposed: float = Field(default=0.0, ge=0, le=1)
    noise: float = Field(default=0.0, ge=0, le=0.5)
    flips: float = Field(default=0.0, ge=0, le=1)

    @property
    def moves_nothing(self) -> bool:
        """Whether every image keeps its place."""
        return not (self.rotation_degrees or self.shift or self.zoom or self.shear_degrees or self.scale)

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
    angle = np.deg2rad(rng.uniform(-1, 1, count) * augmentation.rotation_degrees)
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
