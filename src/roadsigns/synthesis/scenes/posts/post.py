"""A post with its signs, and where they land in the picture."""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.synthesis.rendering import outline_of
from roadsigns.synthesis.scenes.posts.faces import Face
from roadsigns.synthesis.scenes.view import View
from roadsigns.types import Box

__all__ = ["Mounted", "Post", "box_in", "corners_in", "extent", "pole_below", "pole_box"]


@dataclass(frozen=True, slots=True)
class Mounted:
    """A face on a post: its middle and side in metres, and its three angles in degrees."""

    face: Face
    across: float
    up: float
    side: float
    roll: float
    pitch: float
    yaw: float


class Post(NamedTuple):
    """A post with its faces, where it stands along the street, and what it is: metres, reflectance of its metal."""

    faces: tuple[Mounted, ...]
    across: float
    along: float
    overhead: bool
    thickness: float
    shade: float


def extent(face: Face, axis: int) -> float:
    """How much of the drawing's side a face takes: a plate is lower than wide."""
    outline = outline_of(face.design)[axis]
    return float(outline.max() - outline.min())


def pole_box(view: View, post: Post) -> Box:
    """The post below its lowest sign, as far as the ground."""
    return pole_below(view, post.faces[-1], post.along)


def pole_below(view: View, lowest: Mounted, along: float) -> Box:
    """The post below its lowest sign, as far as the ground."""
    x, y = view.project(lowest.across, [lowest.up, 0.0], along).T
    return Box(int(x[0]) - 2, int(y[0]), int(x[0]) + 3, int(y[1]) + 1)


def corners_in(view: View, mounted: Mounted, along: float) -> npt.NDArray[np.float64]:
    """Where the drawing's four corners land, shape (4, 2): top left, top right, bottom right, bottom left."""
    roll, pitch, yaw = np.radians([mounted.roll, mounted.pitch, mounted.yaw])
    x = np.array([-0.5, 0.5, 0.5, -0.5]) * mounted.side
    y = np.array([0.5, 0.5, -0.5, -0.5]) * mounted.side
    # On a post of several signs, each turns about the post.
    x, y = np.cos(roll) * x + np.sin(roll) * y, np.cos(roll) * y - np.sin(roll) * x
    y, z = np.cos(pitch) * y, np.sin(pitch) * y
    x, z = np.cos(yaw) * x + np.sin(yaw) * z, np.cos(yaw) * z - np.sin(yaw) * x
    return view.project(mounted.across + x, mounted.up + y, along + z)


def box_in(view: View, mounted: Mounted, along: float) -> Box:
    """Return the tight box of a face in the picture; it may reach beyond."""
    return _box_around(mounted.face, corners_in(view, mounted, along))


def _box_around(face: Face, corners: npt.NDArray[np.float64]) -> Box:
    """Return the tight box of a face whose drawing's corners land at four places."""
    square = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]], np.float32)
    matrix = cv2.getPerspectiveTransform(square, corners.astype(np.float32))
    landed = matrix @ outline_of(face.design)
    points = landed[:2] / landed[2]
    # Less than a tenth of a pixel is not seen.
    x1, y1 = np.floor(points.min(axis=1) + 0.1).astype(int).tolist()
    x2, y2 = np.ceil(points.max(axis=1) - 0.1).astype(int).tolist()
    return Box(x1, y1, max(x2, x1 + 1), max(y2, y1 + 1))
