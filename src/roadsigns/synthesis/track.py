"""One drawn sign seen from a car that drives towards it: the frames of a track, each with its box."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.errors import DataError
from roadsigns.synthesis.backdrop import FloatImage, paint_backdrop
from roadsigns.synthesis.camera import choose_camera, expose, shake
from roadsigns.synthesis.designs import Designs
from roadsigns.synthesis.rendering import Design, outline_of, render_design
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.signpost import REACH, build_signpost
from roadsigns.types import Box, UInt8Image

__all__ = ["draw_design", "draw_track"]

# Sides that signs are rendered at; a track takes the smallest that its largest frame does not have to enlarge.
SIDES = (48, 64, 96, 128, 192)
# Halvings of the picture of a signpost; a frame takes the one whose size is nearest.
LEVELS = 4
BACKDROP_SIZE = 96
# Of a sign's middle, what its light is reckoned from.
SAMPLES_A_SIDE = 24
SMALLEST_WIDTH, LARGEST_WIDTH = 25.0, 220.0

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pose:
    """How a sign is turned, in degrees, and from how many of its sides away the camera looks."""

    roll: float
    pitch: float
    yaw: float
    shear: float
    distance: float


class _Landing(NamedTuple):
    """Where a sign lands: from the sign (in sides from its centre) to the image (in pixels from its corner)."""

    homography: Matrix
    box: Box
    width: int
    height: int


def draw_track(
    class_id: int, *, designs: Designs, drawing: Drawing, frames: int, rng: np.random.Generator
) -> list[tuple[UInt8Image, Box]]:
    """Draw one physical sign, larger from frame to frame.

    Args:
        class_id: A class that has a design.
        designs: Of the signs.
        drawing: How they are worn, lit and seen.
        frames: How many pictures, at least 1.
        rng: The source of all randomness; the same state gives the same track.

    Returns:
        `frames` pairs of RGB, shape (height, width, 3), uint8, 25 to about 230 pixels a side, and the sign's box in it.

    Raises:
        DataError: If the class has no design, or frames is less than 1.
    """
    design = designs.choose(class_id, rng, abroad=drawing.abroad, rare_designs=drawing.rare_designs)
    turned = designs.turned.get(class_id, 0.0)
    return draw_design(design, turned=turned, neighbours=designs, drawing=drawing, frames=frames, rng=rng)


def draw_design(
    design: Design,
    *,
    turned: float = 0.0,
    neighbours: Designs,
    drawing: Drawing,
    frames: int,
    rng: np.random.Generator,
) -> list[tuple[UInt8Image, Box]]:
    """Draw one physical sign of a design, which may be of no class, larger from frame to frame.

    Args:
        design: An SVG or PNG file, or the text of an SVG document.
        turned: The probability that it is screwed on at any angle.
        neighbours: Signs that may stand above or below it.
        drawing: How it is worn, lit and seen.
        frames: How many pictures, at least 1.
        rng: The source of all randomness; the same state gives the same track.

    Returns:
        As `draw_track`; signs that are narrower than high or flatter than wide have images with a side below 25 pixels.

    Raises:
        DataError: If the design cannot be drawn, or frames is less than 1.
    """
    if frames < 1:
        raise DataError(f"'frames' is {frames}.", expected="at least 1 frame per track")
    sides = _sign_sides(frames, drawing, rng)
    side = next((side for side in SIDES if side >= sides[-1]), SIDES[-1])
    beside = neighbours.choose(int(rng.choice(neighbours.drawable)), rng, abroad=drawing.abroad)
    neighbour = render_design(beside, side)
    sign = _mount(render_design(design, side), turned, rng)
    signpost = build_signpost(sign, neighbour, drawing, rng)
    backdrop = paint_backdrop(BACKDROP_SIZE, drawing, rng)
    camera = choose_camera(_middle_of(signpost), float(backdrop.mean()), drawing, rng)
    pose = _choose_pose(drawing, rng)
    pyramid = _pyramid(signpost)
    track = []
    for sign_side in sides:
        landing = _land(outline_of(design), _sway(pose, drawing, rng), sign_side, drawing, rng)
        seen = _look_at(pyramid, landing, sign_side)
        behind = _crop_backdrop(backdrop, landing, sign_side, rng)
        picture = expose(seen, behind, camera=shake(camera, drawing, rng), sign_side=sign_side, rng=rng)
        track.append((picture, landing.box))
    return track


def _sign_sides(frames: int, drawing: Drawing, rng: np.random.Generator) -> list[float]:
    """Sides of the sign in pixels, growing, so that image widths are spread as in GTSRB.

    Real tracks: first frame 27 / 30 / 35, last frame 69 / 94 / 124 pixels wide at the quartiles.
    """
    first = SMALLEST_WIDTH + rng.exponential(drawing.first_width)
    last = np.exp(rng.normal(np.log(drawing.last_width), drawing.last_width_spread))
    last = float(np.clip(last, max(36.0, 1.2 * first), max(LARGEST_WIDTH, 1.2 * first)))
    # At constant speed the distance falls evenly, and the side is its inverse.
    along = (np.arange(frames) + 0.5) / frames
    widths = 1 / (1 / first + (1 / last - 1 / first) * along)
    box, least, margin = 1 + 2 * drawing.box_slack, 2 * drawing.margin_pixels, 2 * drawing.margin
    return [max(8.0, float(min((width - least) / box, width / (box + margin)))) for width in widths]


def _mount(sign: UInt8Image, turned: float, rng: np.random.Generator) -> UInt8Image:
    """Screw a sign on the way up that it is drawn, or at an angle."""
    if rng.random() >= turned:
        return sign
    side = len(sign)
    centre = ((side - 1) / 2, (side - 1) / 2)
    turn = cv2.getRotationMatrix2D(centre, rng.uniform(-60, 60), 1.0)
    return np.asarray(cv2.warpAffine(sign, turn, (side, side)), dtype=np.uint8)


def _middle_of(signpost: FloatImage) -> npt.NDArray[np.float32]:
    """Reflectances of the middle half of the sign, 0 to 1, shape (samples, 3), float32."""
    size = len(signpost)
    reach = size / REACH / 4
    places = np.linspace(size / 2 - reach, size / 2 + reach, SAMPLES_A_SIDE).astype(int)
    middle = signpost[np.ix_(places, places)].reshape(-1, 4)
    solid = middle[middle[:, 3] > 0.5]  # noqa: PLR2004 - more of the sign than of what is behind
    return (solid[:, :3] / solid[:, 3:]) if len(solid) else np.ones((1, 3), np.float32)


def _choose_pose(drawing: Drawing, rng: np.random.Generator) -> Pose:
    return Pose(
        roll=float(rng.normal(0, drawing.roll_degrees)),
        pitch=_bounded(rng.normal(0, drawing.pitch_degrees)),
        yaw=_bounded(rng.normal(0, drawing.yaw_degrees)),
        shear=_bounded(rng.normal(0, drawing.shear_degrees)),
        distance=float(drawing.min_distance * rng.uniform(1, 2.7)),
    )


def _bounded(degrees: float) -> float:
    """Limit angles to 65 degrees: beyond, no sign can be read."""
    return float(np.clip(degrees, -65, 65))


def _sway(pose: Pose, drawing: Drawing, rng: np.random.Generator) -> Pose:
    roll, pitch, yaw = rng.normal(0, drawing.pose_jitter_degrees, size=3).tolist()
    return replace(pose, roll=pose.roll + roll, pitch=_bounded(pose.pitch + pitch), yaw=_bounded(pose.yaw + yaw))


def _land(outline: Matrix, pose: Pose, sign_side: float, drawing: Drawing, rng: np.random.Generator) -> _Landing:
    """Find where a turned sign lands, and the image that holds it with GTSRB's margin."""
    homography = _project(pose, sign_side)
    landed = homography @ outline
    points = landed[:2] / landed[2]
    # People draw boxes by eye, and not tightly.
    gaps = drawing.box_slack * sign_side * rng.uniform(0, 2, size=(2, 2))
    low, high = points.min(axis=1) - gaps[0], points.max(axis=1) + gaps[1]
    margin = max(drawing.margin_pixels, round(drawing.margin * sign_side))
    # GTSRB has a pixel less at the right and bottom than at the left and top.
    left, top, right, bottom = (rng.integers(0, 2, size=4) + margin - np.array([0, 0, 1, 1])).tolist()
    shift = np.array([left, top]) - low + rng.uniform(0, 0.9, size=2)
    x1, y1 = np.floor(low + shift).astype(int).tolist()
    x2, y2 = np.ceil(high + shift).astype(int).tolist()
    homography[:2] += np.outer(shift, homography[2])
    return _Landing(homography, Box(x1, y1, x2, y2), int(x2 + max(right, 0)), int(y2 + max(bottom, 0)))


def _project(pose: Pose, sign_side: float) -> Matrix:
    """A pinhole camera that looks at the centre of a turned plane; shape (3, 3)."""
    roll, pitch, yaw, shear = np.radians([pose.roll, pose.pitch, pose.yaw, pose.shear]).tolist()
    cr, sr, cp, sp, cy, sy = np.cos(roll), np.sin(roll), np.cos(pitch), np.sin(pitch), np.cos(yaw), np.sin(yaw)
    # Roll after pitch after yaw, the third column left out: the sign is flat.
    turned = np.array(
        [
            [cr * cy - sr * sp * sy, -sr * cp, 0.0],
            [sr * cy + cr * sp * sy, cr * cp, 0.0],
            [-cp * sy / (pose.distance * sign_side), sp / (pose.distance * sign_side), 1.0 / sign_side],
        ]
    )
    turned[:, 1] += np.tan(shear) * turned[:, 0]
    return turned * sign_side


def _pyramid(signpost: FloatImage) -> list[FloatImage]:
    """The picture of a signpost and its halves: warping a large picture into a small one would skip pixels."""
    levels = [signpost]
    for _ in range(LEVELS - 1):
        size = len(levels[-1]) // 2
        levels.append(np.asarray(cv2.resize(levels[-1], (size, size), interpolation=cv2.INTER_AREA), np.float32))
    return levels


def _look_at(pyramid: list[FloatImage], landing: _Landing, sign_side: float) -> FloatImage:
    """Warp a signpost into the image; shape (height, width, 4)."""
    level = round(np.log2(max(1.0, len(pyramid[0]) / (REACH * sign_side))))
    picture = pyramid[min(level, len(pyramid) - 1)]
    step = REACH / len(picture)
    # OpenCV counts from the centre of the first pixel, the homography from its corner.
    offset = (step - REACH) / 2
    from_pixels = np.array([[step, 0, offset], [0, step, offset], [0, 0, 1]])
    matrix = landing.homography @ from_pixels
    matrix[:2] -= 0.5 * matrix[2]
    return np.asarray(cv2.warpPerspective(picture, matrix, (landing.width, landing.height)), dtype=np.float32)


def _crop_backdrop(backdrop: FloatImage, landing: _Landing, sign_side: float, rng: np.random.Generator) -> FloatImage:
    # What is far behind hides more and more as the sign grows.
    share = min(max(0.9 - sign_side / 400, 0.4), 0.9)
    side = round(share * len(backdrop))
    middle = (len(backdrop) - side) / 2
    x, y = (middle + rng.normal(0, 2, size=2)).clip(0, len(backdrop) - side).astype(int).tolist()
    crop = backdrop[y : y + side, x : x + side]
    size = (landing.width, landing.height)
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)
