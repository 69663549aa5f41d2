"""One drawn sign seen from a car that drives towards it: the frames of a track, each with its box."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import resvg_py

from roadsigns.classes import GTSRB_CLASSES
from roadsigns.data.samples import Box
from roadsigns.errors import DataError
from roadsigns.images.backdrop import FloatImage, paint_backdrop
from roadsigns.images.camera import choose_camera, expose, shake
from roadsigns.images.decode import UInt8Image
from roadsigns.images.signpost import REACH, build_signpost

__all__ = ["draw_track", "render_sign"]

SIGNS = Path(__file__).parent / "signs"
# Sides that signs are rendered at; a track takes the smallest that its largest frame does not have to enlarge.
SIDES = (64, 128, 192)
BACKDROP_SIZE = 112
HALF_OPAQUE = 128
# Roundabout signs are screwed on at any angle: about a third of GTSRB's stand otherwise than drawn in the regulations.
ROUNDABOUT, TURNED_ROUNDABOUTS = 40, 0.4
# GTSRB leaves "about 10 %, at least 5 pixels" around a sign (Stallkamp et al. 2012, section 3.1).
MARGIN, MIN_MARGIN = 0.1, 5


@dataclass(frozen=True, slots=True)
class Pose:
    """How a sign is turned, in degrees, and from how many of its sides away the camera looks."""

    roll: float
    pitch: float
    yaw: float
    distance: float


@cache
def render_sign(class_id: int, size: int) -> UInt8Image:
    """Render the drawing of a class.

    Args:
        class_id: 0 to 42.
        size: Height and width in pixels.

    Returns:
        RGB and alpha, not multiplied, shape (size, size, 4), uint8, read-only since it is cached.

    Raises:
        DataError: If there is no such class, or size is not positive.
    """
    if not 0 <= class_id < len(GTSRB_CLASSES):
        raise DataError(f"There is no drawing of class {class_id}. Classes are numbered 0 to {len(GTSRB_CLASSES) - 1}.")
    if size < 1:
        raise DataError(f"A sign cannot be rendered with a side of {size} pixels. Give at least 1.")
    png = resvg_py.svg_to_bytes(svg_path=str(SIGNS / f"{class_id:02d}.svg"), width=size, height=size)
    bgra = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED))
    rgba = np.ascontiguousarray(bgra[:, :, [2, 1, 0, 3]], dtype=np.uint8)
    rgba.setflags(write=False)
    return rgba


def draw_track(class_id: int, *, frames: int, rng: np.random.Generator) -> list[tuple[UInt8Image, Box]]:
    """Draw one physical sign, larger from frame to frame.

    Args:
        class_id: 0 to 42.
        frames: How many pictures, at least 1.
        rng: Where all chance comes from; the same state gives the same track.

    Returns:
        `frames` pairs of RGB, shape (height, width, 3), uint8, 25 to about 230 pixels a side, and the sign's box in it.

    Raises:
        DataError: If there is no such class, or frames is less than 1.
    """
    if frames < 1:
        raise DataError(f"A track has at least 1 frame, not {frames}.")
    sides = _sign_sides(frames, rng)
    side = next((side for side in SIDES if side >= sides[-1]), SIDES[-1])
    neighbour = render_sign(int(rng.integers(len(GTSRB_CLASSES))), side)
    signpost = build_signpost(_mount(class_id, side, rng), neighbour, rng)
    backdrop = paint_backdrop(BACKDROP_SIZE, rng)
    camera = choose_camera(rng)
    pose = Pose(
        roll=float(rng.normal(0, 4)),
        pitch=float(rng.normal(0, 7)),
        yaw=float(rng.normal(0, 14)),
        distance=float(rng.uniform(3, 8)),
    )
    track = []
    for sign_side in sides:
        homography, box, width, height = _frame(_outline(class_id), _sway(pose, rng), sign_side, rng)
        seen = _look_at(signpost, homography, width, height, sign_side)
        behind = _crop_backdrop(backdrop, width, height, sign_side, rng)
        track.append((expose(seen, behind, camera=shake(camera, rng), sign_side=sign_side, rng=rng), box))
    return track


def _sign_sides(frames: int, rng: np.random.Generator) -> list[float]:
    """Sides of the sign in pixels, growing, so that image widths are spread as in GTSRB.

    Real tracks: first frame 27 / 30 / 35, last frame 69 / 94 / 124 pixels wide at the quartiles.
    """
    first = 25.0 + rng.exponential(6.5)
    last = float(np.clip(np.exp(rng.normal(np.log(94), 0.37)), max(36.0, 1.2 * first), 220.0))
    # At constant speed the distance falls evenly, and the side is its inverse.
    along = (np.arange(frames) + 0.5) / frames
    widths = 1 / (1 / first + (1 / last - 1 / first) * along)
    return [float(min(width - 2 * MIN_MARGIN, width / (1 + 2 * MARGIN))) for width in widths]


def _mount(class_id: int, side: int, rng: np.random.Generator) -> UInt8Image:
    """Render a sign the way up that it was mounted."""
    sign = render_sign(class_id, side)
    if class_id != ROUNDABOUT or rng.random() >= TURNED_ROUNDABOUTS:
        return sign
    centre = ((side - 1) / 2, (side - 1) / 2)
    turn = cv2.getRotationMatrix2D(centre, rng.uniform(-60, 60), 1.0)
    return np.asarray(cv2.warpAffine(sign, turn, (side, side)), dtype=np.uint8)


@cache
def _outline(class_id: int) -> npt.NDArray[np.float64]:
    """Corners of the hull of a sign, shape (3, corners), homogeneous, in sides from the drawing's centre."""
    size = 256
    alpha = render_sign(class_id, size)[:, :, 3]
    # A pixel is a square: its four corners count, not its centre.
    ys, xs = np.nonzero(alpha >= HALF_OPAQUE)
    corners = np.concatenate([np.stack([xs + dx, ys + dy], axis=1) for dx in (0, 1) for dy in (0, 1)])
    hull = cv2.convexHull(corners.astype(np.int32))[:, 0, :].T
    return np.vstack([hull / size - 0.5, np.ones((1, hull.shape[1]))])


def _sway(pose: Pose, rng: np.random.Generator) -> Pose:
    roll, pitch, yaw = np.array([pose.roll, pose.pitch, pose.yaw]) + rng.normal(0, 0.8, size=3)
    return Pose(roll=float(roll), pitch=float(pitch), yaw=float(yaw), distance=pose.distance)


def _frame(
    outline: npt.NDArray[np.float64], pose: Pose, sign_side: float, rng: np.random.Generator
) -> tuple[npt.NDArray[np.float64], Box, int, int]:
    """Find where a turned sign lands, and the image that holds it with GTSRB's margin.

    Returns:
        The homography from the sign (in sides from its centre) to the image (in pixels from its corner), the sign's
        box, and the image's width and height.
    """
    homography = _project(pose, sign_side)
    landed = homography @ outline
    low, high = (bound(landed[:2] / landed[2], axis=1) for bound in (np.min, np.max))
    margins = np.maximum(MIN_MARGIN, np.round(MARGIN * sign_side * np.ones(4))) + rng.integers(0, 2, size=4)
    # GTSRB has a pixel less at the right and bottom than at the left and top.
    left, top, right, bottom = (margins - [0, 0, 1, 1]).tolist()
    shift = np.array([left, top]) - low + rng.uniform(0, 0.9, size=2)
    x1, y1 = np.floor(low + shift).astype(int).tolist()
    x2, y2 = np.ceil(high + shift).astype(int).tolist()
    moved = np.array([[1, 0, shift[0]], [0, 1, shift[1]], [0, 0, 1]]) @ homography
    return moved, Box(x1, y1, x2, y2), int(x2 + right), int(y2 + bottom)


def _project(pose: Pose, sign_side: float) -> npt.NDArray[np.float64]:
    """A pinhole camera that looks at the centre of a turned plane; shape (3, 3)."""
    (cr, sr), (cp, sp), (cy, sy) = ((np.cos(a), np.sin(a)) for a in np.radians([pose.roll, pose.pitch, pose.yaw]))
    roll = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    pitch = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    turned = roll @ pitch @ yaw
    return np.array(
        [
            [sign_side * turned[0, 0], sign_side * turned[0, 1], 0],
            [sign_side * turned[1, 0], sign_side * turned[1, 1], 0],
            [turned[2, 0] / pose.distance, turned[2, 1] / pose.distance, 1],
        ]
    )


def _look_at(
    signpost: FloatImage, homography: npt.NDArray[np.float64], width: int, height: int, sign_side: float
) -> FloatImage:
    """Warp a signpost into the image; shape (height, width, 4)."""
    # Shrink first by areas: warping a large picture into a small one skips pixels.
    size = min(len(signpost), round(1.3 * REACH * sign_side))
    shrunk = cv2.resize(signpost, (size, size), interpolation=cv2.INTER_AREA)
    # OpenCV counts from the centre of the first pixel, the homography from its corner.
    from_pixels = np.array(
        [
            [REACH / size, 0, 0.5 * REACH / size - REACH / 2],
            [0, REACH / size, 0.5 * REACH / size - REACH / 2],
            [0, 0, 1],
        ]
    )
    to_pixels = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    return np.asarray(
        cv2.warpPerspective(shrunk, to_pixels @ homography @ from_pixels, (width, height)), dtype=np.float32
    )


def _crop_backdrop(
    backdrop: FloatImage, width: int, height: int, sign_side: float, rng: np.random.Generator
) -> FloatImage:
    # What is far behind hides more and more as the sign grows.
    share = float(np.clip(0.9 - sign_side / 400, 0.4, 0.9))
    side = round(share * len(backdrop))
    middle = (len(backdrop) - side) / 2
    x, y = np.clip(middle + rng.normal(0, 2, size=2), 0, len(backdrop) - side).astype(int).tolist()
    crop = backdrop[y : y + side, x : x + side]
    return np.asarray(cv2.resize(crop, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)
