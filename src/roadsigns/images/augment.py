"""Seeded random changes of prepared images, for training only."""

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import Field

from roadsigns.settings import Settings

__all__ = ["Augmentation", "affine_matrices", "augment"]


class Augmentation(Settings):
    """Ranges of the tutorial's random affine change; each value is drawn uniformly, for each image anew.

    Attributes:
        rotation_degrees: From minus this to plus this.
        shift: Both ways, along each axis, as a fraction of the side.
        zoom: Each axis by a factor of 1 minus this to 1 plus this, independently; above 1 the sign shrinks.
        shear_degrees: Angle of the shear, from minus this to plus this. The tutorial's 0.1 were radians in the Keras of
            its year (5.73 degrees) and would be degrees, next to nothing, in today's.
    """

    rotation_degrees: float = Field(default=0.0, ge=0, le=180)
    shift: float = Field(default=0.0, ge=0, lt=1)
    zoom: float = Field(default=0.0, ge=0, lt=1)
    shear_degrees: float = Field(default=0.0, ge=0, lt=90)

    @property
    def changes_nothing(self) -> bool:
        """Whether every range is empty."""
        return not (self.rotation_degrees or self.shift or self.zoom or self.shear_degrees)


def affine_matrices(
    augmentation: Augmentation, *, count: int, image_size: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Draw `count` maps from an output pixel (x, y, 1) to the input point (x, y) it shows, shape (count, 2, 3).

    Rotation, shift, shear and zoom about the centre, in the order and with the matrices of Keras's ImageDataGenerator.
    """
    angle = np.deg2rad(rng.uniform(-1, 1, count) * augmentation.rotation_degrees)
    shift = rng.uniform(-1, 1, (2, count)) * augmentation.shift * image_size
    shear = np.deg2rad(rng.uniform(-1, 1, count) * augmentation.shear_degrees)
    zoom = 1 + rng.uniform(-1, 1, (2, count)) * augmentation.zoom
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


def augment(
    images: npt.NDArray[np.float32], augmentation: Augmentation, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Change each image at random.

    Args:
        images: RGB, shape (count, image_size, image_size, 3), float32.
        augmentation: The ranges.
        rng: Where the randomness comes from.

    Returns:
        New images of the same shape; bilinear, the edge repeated outside.
    """
    if augmentation.changes_nothing:
        return images
    count, image_size = images.shape[:2]
    changed = np.empty_like(images)
    matrices = affine_matrices(augmentation, count=count, image_size=image_size, rng=rng)
    for image, matrix, target in zip(images, matrices, changed, strict=True):
        cv2.warpAffine(
            image,
            matrix,
            (image_size, image_size),
            dst=target,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
    return changed
