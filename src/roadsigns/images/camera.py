"""A made-up car camera: exposure, colour cast, haze, defocus, motion blur, colour fringes and sensor noise."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.images.backdrop import FloatImage
from roadsigns.images.decode import UInt8Image

__all__ = ["Camera", "choose_camera", "expose", "shake"]

# In pixels. Shorter motion is not seen; longer motion leaves nothing that a person would have labelled.
MIN_MOTION, MAX_MOTION = 1.5, 25.0


@dataclass(frozen=True, slots=True)
class Camera:
    """How a scene is seen.

    Attributes:
        sign_gain: Light on the sign's face; 1 makes white just 255.
        backdrop_gain: Light on what is behind. A sign against the sky is dark, one under trees bright.
        cast: Factors of red, green and blue.
        haze: Stray light added everywhere, 0 to 1.
        defocus: Standard deviation of the blur, as a fraction of the sign's side.
        motion: Length of the motion blur, as a fraction of the sign's side.
        motion_degrees: Its direction.
        fringe: By how many pixels red and blue are displaced against green.
        noise: Standard deviation of the noise in white, in levels of 255.
    """

    sign_gain: float
    backdrop_gain: float
    cast: tuple[float, float, float]
    haze: float
    defocus: float
    motion: float
    motion_degrees: float
    fringe: tuple[float, float]
    noise: float


def choose_camera(rng: np.random.Generator) -> Camera:
    """Choose light and lens for one track.

    The spread of the gains is set so that the mean level inside the box has the percentiles of the real training
    images: 5 % at 21, 50 % at 74, 95 % at 176 (every 60th image of Final_Training).
    """
    sign_gain = float(np.clip(np.exp(rng.normal(np.log(0.5), 0.75)), 0.07, 2.4))
    # Half of the light falls on both.
    backdrop_gain = float(np.clip(np.sqrt(sign_gain) * np.exp(rng.normal(np.log(0.75), 0.8)), 0.04, 4.0))
    warmth, tint = rng.normal(0, 0.06), rng.normal(0, 0.03)
    return Camera(
        sign_gain=sign_gain,
        backdrop_gain=backdrop_gain,
        cast=(1.0 + warmth, 1.0 + tint, 1.04 - warmth),
        haze=float(rng.choice([0.0, rng.uniform(0, 0.15)])),
        defocus=float(rng.gamma(2.0, 0.0045)),
        motion=float(rng.choice([0.0, rng.exponential(0.045)])),
        motion_degrees=float(rng.normal(0, 30)),
        fringe=(float(rng.normal(0, 0.25)), float(rng.normal(0, 0.25))),
        noise=float(rng.uniform(0.5, 5.0)),
    )


def shake(camera: Camera, rng: np.random.Generator) -> Camera:
    """Vary a track's camera a little, as from one frame to the next."""
    brighter = float(np.exp(rng.normal(0, 0.07)))
    return replace(
        camera,
        sign_gain=camera.sign_gain * brighter,
        backdrop_gain=camera.backdrop_gain * brighter,
        defocus=camera.defocus * float(rng.uniform(0.6, 1.5)),
        motion=camera.motion * float(rng.uniform(0.0, 2.0)),
        motion_degrees=camera.motion_degrees + float(rng.normal(0, 15)),
    )


def expose(
    sign: FloatImage, backdrop: FloatImage, *, camera: Camera, sign_side: float, rng: np.random.Generator
) -> UInt8Image:
    """Photograph a sign before its backdrop.

    Args:
        sign: RGB and alpha, colours already multiplied by alpha, shape (height, width, 4), float32, 0 to 1.
        backdrop: RGB, shape (height, width, 3), float32, 0 to 1.
        camera: How.
        sign_side: The sign's side in pixels, which blur is relative to.
        rng: Source of the noise.

    Returns:
        RGB, shape (height, width, 3), uint8.
    """
    cast = np.array(camera.cast, np.float32)
    light = sign[:, :, :3] * (camera.sign_gain * cast)
    light += backdrop * (1 - sign[:, :, 3:]) * (camera.backdrop_gain * cast)
    # The sensor saturates after the lens has blurred, so light is cut at white only afterwards.
    light = _blur(light, camera, sign_side)
    light = light * (1 - camera.haze) + camera.haze * min(1.0, camera.backdrop_gain)
    light = _displace_colours(light, camera.fringe)
    return _sense(light, camera.noise, rng)


def _sense(light: FloatImage, noise: float, rng: np.random.Generator) -> UInt8Image:
    """Record one colour per pixel and fill in the others, which colours the edges of small signs as in GTSRB."""
    mosaic = light[:, :, 1].copy()
    mosaic[::2, ::2] = light[::2, ::2, 0]
    mosaic[1::2, 1::2] = light[1::2, 1::2, 2]
    # Shot noise grows with the root of the light; the floor is the sensor's own.
    grain = rng.standard_normal(mosaic.shape, dtype=np.float32) * noise * np.sqrt(0.04 + np.clip(mosaic, 0, 1))
    levels = np.clip(np.rint(255 * mosaic + grain), 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(levels, cv2.COLOR_BayerRGGB2RGB), dtype=np.uint8)


def _blur(light: FloatImage, camera: Camera, sign_side: float) -> FloatImage:
    # Even a sharp lens spreads a point over a pixel.
    sigma = 0.35 + camera.defocus * sign_side
    light = np.asarray(cv2.GaussianBlur(light, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), dtype=np.float32)
    length = min(camera.motion * sign_side, MAX_MOTION)
    if length < MIN_MOTION:
        return light
    kernel = _motion_kernel(length, camera.motion_degrees)
    return np.asarray(cv2.filter2D(light, -1, kernel, borderType=cv2.BORDER_REPLICATE), dtype=np.float32)


def _motion_kernel(length: float, degrees: float) -> npt.NDArray[np.float32]:
    side = 2 * int(np.ceil(length / 2)) + 1
    kernel = np.zeros((side, side), np.float32)
    # Sixteenths of a pixel, so that short blurs have a direction too.
    centre, unit = side // 2, 16
    reach = unit * length / 2 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    start, end = (tuple((unit * centre + sign * reach).round().astype(int).tolist()) for sign in (-1, 1))
    cv2.line(kernel, start, end, 1.0, 1, cv2.LINE_AA, shift=4)
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)


def _displace_colours(light: FloatImage, fringe: tuple[float, float]) -> FloatImage:
    height, width = light.shape[:2]
    displaced = light.copy()
    for channel, shift in ((0, fringe), (2, (-fringe[0], -fringe[1]))):
        move = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
        plane = np.ascontiguousarray(light[:, :, channel])
        displaced[:, :, channel] = cv2.warpAffine(plane, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return displaced
