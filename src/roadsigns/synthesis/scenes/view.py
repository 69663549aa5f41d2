"""The view of a street from a car: where a point of the street lands in the picture."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Points", "View", "choose_view"]

Points = npt.NDArray[np.float64]
# Focal lengths of car cameras and telephones, in widths of the picture.
FOCAL = (0.75, 1.4)
# Nothing nearer is drawn: it would be the car itself.
NEAREST = 2.0


@dataclass(frozen=True, slots=True)
class View:
    """A pinhole camera in a car, level and looking along the street.

    Places are (across, up, along) in metres: across from the middle line of the street, to the right positive; up from
    the ground; along from the camera.

    Attributes:
        width: Of the picture in pixels.
        height: Of the picture in pixels.
        focal: Focal length in pixels.
        horizon: Row of the horizon.
        middle: Column that the camera looks along.
        camera_across: Metres from the middle line of the street to the camera, to the right positive.
        camera_up: Metres from the ground to the camera.
        bend: Curvature of the street per metre, to the right positive.
    """

    width: int
    height: int
    focal: float
    horizon: float
    middle: float
    camera_across: float
    camera_up: float
    bend: float

    def project(self, across: npt.ArrayLike, up: npt.ArrayLike, along: npt.ArrayLike) -> Points:
        """Return where places land, in pixels from the picture's top left corner, shape (places, 2)."""
        right, high = np.asarray(across, np.float64), np.asarray(up, np.float64)
        ahead = np.maximum(np.asarray(along, np.float64), NEAREST / 2)
        x = self.middle + self.focal * (right - self.camera_across + self.bend * ahead**2 / 2) / ahead
        y = self.horizon + self.focal * (self.camera_up - high) / ahead
        columns, rows = np.broadcast_arrays(x, y)
        return np.stack([columns, rows], axis=-1).reshape(-1, 2)

    def pixels(self, metres: float, along: float) -> float:
        """Return how many pixels a length has that faces the camera."""
        return metres * self.focal / along


def choose_view(width: int, height: int, camera_across: float, rng: np.random.Generator) -> View:
    """Choose a camera for a picture of a size in pixels."""
    bend = 0.0 if rng.random() < 0.4 else rng.normal(0, 0.0012)  # noqa: PLR2004 - two streets in five are straight
    return View(
        width=width,
        height=height,
        focal=float(width * rng.uniform(*FOCAL)),
        # GTSDB's camera has it at 0.6 of the height.
        horizon=float(height * np.clip(rng.normal(0.57, 0.05), 0.45, 0.7)),
        middle=float(width * rng.normal(0.5, 0.04)),
        camera_across=camera_across,
        camera_up=float(rng.uniform(1.2, 1.8)),
        bend=float(bend),
    )
