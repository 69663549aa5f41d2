"""A made-up car camera: exposure, colour cast, haze, blur, colour fringes, noise, coarse pixels and JPEG."""

from bisect import bisect_right
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.augmentation.motion_blur import motion_kernel
from roadsigns.synthesis.backdrop import FloatImage, on_three_channels
from roadsigns.synthesis.settings import Drawing
from roadsigns.types import UInt8Image

__all__ = ["Camera", "choose_camera", "draw_brightness", "expose", "photograph", "shake"]

# In pixels. Shorter motion is not seen; longer motion leaves nothing that a person would have labelled.
MIN_MOTION, MAX_MOTION = 1.5, 25.0
MIN_FRINGE = 0.1
# Light on a face that reflects all of it. Above the largest even black paint is bright and no sign is legible, but
# the backdrop may be that bright.
MIN_GAIN, MAX_SIGN_GAIN, MAX_BACKDROP_GAIN = 0.03, 3.0, 6.0
# The bisection for a gain ends at a difference that is not visible.
GAINS = np.geomspace(MIN_GAIN, MAX_SIGN_GAIN, 64, dtype=np.float32)
# How far light above white spills, as a fraction of the sign's side: over a digit's stroke.
BLOOMING_RADIUS = 0.04
SHARPENING_RADIUS = 0.8
COARSEST, WORST_JPEG, BEST_JPEG = 0.35, 15, 90


@dataclass(frozen=True, slots=True)
class Camera:
    """Camera settings for one scene.

    Attributes:
        sign_gain: Light on the sign's face; 1 makes white just 255.
        backdrop_gain: Light on what is behind. A sign against the sky is dark, one under trees bright.
        color_cast: Factors of red, green and blue.
        haze: How much of the picture is stray light, 0 to 1.
        veil: Level of the stray light, 0 to 1.
        gamma: Exponent of the levels, relative to white.
        defocus: Standard deviation of the blur, as a fraction of the sign's side.
        motion: Length of the motion blur, as a fraction of the sign's side.
        motion_degrees: Its direction.
        blooming: How much of the light above white spills over what is beside it.
        chromatic_aberration: By how many pixels red and blue are displaced against green.
        noise: Standard deviation of the noise in white, in levels of 255.
        sharpening: How much of what a blur by a pixel takes away is added once more.
        coarseness: Resolution that is left, 1 for all of it.
        jpeg_quality: 1 to 100; 0 for a picture that was never a JPEG.
    """

    sign_gain: float = 1.0
    backdrop_gain: float = 1.0
    color_cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    haze: float = 0.0
    veil: float = 0.0
    gamma: float = 1.0
    defocus: float = 0.0
    motion: float = 0.0
    motion_degrees: float = 0.0
    blooming: float = 0.0
    chromatic_aberration: tuple[float, float] = (0.0, 0.0)
    noise: float = 0.0
    sharpening: float = 0.0
    coarseness: float = 1.0
    jpeg_quality: int = 0


def draw_brightness(drawing: Drawing, rng: np.random.Generator) -> float:
    """Draw the mean level of a sign's middle, 0 to 1, from the recipe's law (Johnson 1949, system SB)."""
    return float(1 / (1 + np.exp(-(rng.standard_normal() - drawing.brightness_gamma) / drawing.brightness_delta)))


def choose_camera(
    sign: npt.NDArray[np.float32], backdrop_level: float, drawing: Drawing, rng: np.random.Generator
) -> Camera:
    """Choose light and lens for one track.

    Args:
        sign: Reflectances of the sign's middle, 0 to 1, any shape, float32.
        backdrop_level: Mean reflectance of what is behind it, 0 to 1.
        drawing: The ranges.
        rng: The source of all randomness.
    """
    level = draw_brightness(drawing, rng)
    behind = level * drawing.backdrop_light * np.exp(rng.normal(0, drawing.backdrop_spread))
    warmth, tint = rng.normal(0, drawing.color_cast), rng.normal(0, drawing.color_cast / 2)
    return Camera(
        sign_gain=_gain_for(level, sign),
        backdrop_gain=float(np.clip(behind / max(backdrop_level, 0.02), MIN_GAIN, MAX_BACKDROP_GAIN)),
        color_cast=(1.0 + warmth, 1.0 + tint, 1.04 - warmth),
        haze=float(rng.choice([0.0, rng.uniform(0, drawing.haze)])),
        # Fog is as bright as what it veils.
        veil=float(min(1.0, (level + behind) / 2)),
        gamma=float(np.exp(rng.normal(0, drawing.gamma))),
        defocus=float(rng.gamma(2.0, drawing.defocus / 2)),
        # Half of the tracks stand still, so the others move twice the mean.
        motion=float(rng.choice([0.0, rng.exponential(drawing.motion)])),
        motion_degrees=float(rng.normal(0, 30)),
        blooming=float(rng.uniform(0, drawing.blooming)),
        chromatic_aberration=(
            float(rng.normal(0, drawing.chromatic_aberration)),
            float(rng.normal(0, drawing.chromatic_aberration)),
        ),
        noise=float(rng.uniform(0.1, 1.0) * drawing.noise),
        sharpening=float(rng.uniform(0, 2) * drawing.sharpening),
    )


def _gain_for(level: float, sign: npt.NDArray[np.float32]) -> float:
    """The light under which the sign has a mean level, white cut off: a bright sign is one whose white is lost."""
    reflectances = sign.reshape(-1)

    def level_under(index: int) -> float:
        return float(np.minimum(GAINS[index] * reflectances, 1).mean())

    # Levels grow with the gain. Searching takes a twentieth of the time of computing them all.
    above = bisect_right(range(len(GAINS)), level, key=level_under)
    around = [max(above - 1, 0), min(above, len(GAINS) - 1)]
    return float(np.interp(level, [level_under(index) for index in around], GAINS[around]))


def shake(camera: Camera, drawing: Drawing, rng: np.random.Generator) -> Camera:
    """Vary a track's camera a little, as from one frame to the next."""
    brighter = float(np.exp(rng.normal(0, drawing.flicker)))
    return replace(
        camera,
        sign_gain=camera.sign_gain * brighter,
        backdrop_gain=camera.backdrop_gain * brighter,
        defocus=camera.defocus * float(rng.uniform(0.6, 1.5)),
        motion=camera.motion * float(rng.uniform(0.0, 2.0)),
        motion_degrees=camera.motion_degrees + float(rng.normal(0, 15)),
        coarseness=float(rng.uniform(COARSEST, 0.9)) if rng.random() < drawing.low_resolution_probability else 1.0,
        jpeg_quality=int(rng.integers(WORST_JPEG, BEST_JPEG)) if rng.random() < drawing.jpeg_probability else 0,
    )


def expose(
    sign: FloatImage, backdrop: FloatImage, *, camera: Camera, sign_side: float, rng: np.random.Generator
) -> UInt8Image:
    """Photograph a sign in front of its backdrop.

    Args:
        sign: RGB and alpha, premultiplied, shape (height, width, 4), float32, 0 to 1.
        backdrop: RGB, shape (height, width, 3), float32, 0 to 1.
        camera: How.
        sign_side: The sign's side in pixels, which blur is relative to.
        rng: Source of the noise.

    Returns:
        RGB, shape (height, width, 3), uint8.
    """
    # Contiguous arrays of equal shape throughout: NumPy takes several times as long to spread one channel over three.
    lit = np.asarray(cv2.cvtColor(sign, cv2.COLOR_RGBA2RGB), np.float32)
    lit *= np.float32(camera.sign_gain)
    alpha = np.asarray(cv2.extractChannel(sign, 3), np.float32)
    lit += backdrop * on_three_channels(np.float32(camera.backdrop_gain) * (1 - alpha))
    return photograph(lit, camera=camera, sign_side=sign_side, rng=rng)


def photograph(light: FloatImage, *, camera: Camera, sign_side: float, rng: np.random.Generator) -> UInt8Image:
    """Photograph light as it reaches the lens.

    Args:
        light: RGB, shape (height, width, 3), float32; 1 makes white, and there may be more.
        camera: How. Its gains are not used.
        sign_side: What blur is relative to, in pixels.
        rng: Source of the noise.

    Returns:
        RGB, shape (height, width, 3), uint8.
    """
    # The sensor saturates after the lens has blurred, so light is cut at white only afterwards.
    blurred = _coarsen(_bloom(_blur(light, camera, sign_side), camera, sign_side), camera.coarseness)
    levels = _sharpen(_sense(_displace_colours(blurred, camera.chromatic_aberration), camera, rng), camera.sharpening)
    return _compress(_develop(levels, camera.gamma), camera.jpeg_quality)


def _sense(light: FloatImage, camera: Camera, rng: np.random.Generator) -> UInt8Image:
    """Record one colour per pixel and fill in the others, which colours the edges of small signs as in GTSRB."""
    red, green, blue = (np.float32(factor * (1 - camera.haze)) for factor in camera.color_cast)
    mosaic = light[:, :, 1] * green
    mosaic[::2, ::2] = light[::2, ::2, 0] * red
    mosaic[1::2, 1::2] = light[1::2, 1::2, 2] * blue
    mosaic += np.float32(camera.haze * camera.veil)
    if camera.noise:
        # Shot noise grows with the root of the light; the floor is the sensor's own.
        grain = rng.standard_normal(mosaic.shape, dtype=np.float32)
        mosaic += grain * np.sqrt(np.clip(mosaic, 0, 1) + np.float32(0.04)) * np.float32(camera.noise / 255)
    levels = cv2.convertScaleAbs(np.maximum(mosaic, 0, out=mosaic), alpha=255)
    return np.asarray(cv2.cvtColor(levels, cv2.COLOR_BayerRGGB2RGB), dtype=np.uint8)


def _blur(light: FloatImage, camera: Camera, sign_side: float) -> FloatImage:
    # Even a sharp lens spreads a point over a pixel.
    sigma = 0.35 + camera.defocus * sign_side
    light = np.asarray(cv2.GaussianBlur(light, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), dtype=np.float32)
    length = min(camera.motion * sign_side, MAX_MOTION)
    if length < MIN_MOTION:
        return light
    kernel = motion_kernel(length, camera.motion_degrees)
    return np.asarray(cv2.filter2D(light, -1, kernel, borderType=cv2.BORDER_REPLICATE), dtype=np.float32)


def _bloom(light: FloatImage, camera: Camera, sign_side: float) -> FloatImage:
    """Let what the sensor cannot hold spill over: in an overexposed picture white eats into the digits."""
    if not camera.blooming or light.max() <= 1:
        return light
    above = np.maximum(light - 1, 0)
    sigma = max(BLOOMING_RADIUS * sign_side, 0.5)
    spilled = cv2.GaussianBlur(above, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.scaleAdd(spilled, camera.blooming, light), np.float32)


def _coarsen(light: FloatImage, coarseness: float) -> FloatImage:
    if coarseness == 1:
        return light
    height, width = light.shape[:2]
    small = max(2, round(width * coarseness)), max(2, round(height * coarseness))
    shrunk = cv2.resize(light, small, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _displace_colours(light: FloatImage, fringe: tuple[float, float]) -> FloatImage:
    if max(map(abs, fringe)) < MIN_FRINGE:
        return light
    height, width = light.shape[:2]
    displaced = light.copy()
    for channel, shift in ((0, fringe), (2, (-fringe[0], -fringe[1]))):
        move = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
        plane = np.ascontiguousarray(light[:, :, channel])
        displaced[:, :, channel] = cv2.warpAffine(plane, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return displaced


def _sharpen(image: UInt8Image, strength: float) -> UInt8Image:
    """What every camera does to its pictures: GTSRB's edges overshoot, on its smallest signs too."""
    if not strength:
        return image
    soft = cv2.GaussianBlur(image, (0, 0), SHARPENING_RADIUS, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.addWeighted(image, 1 + strength, soft, -strength, 0), dtype=np.uint8)


def _develop(image: UInt8Image, tone: float) -> UInt8Image:
    if tone == 1:
        return image
    curve = np.rint(255 * (np.arange(256) / 255) ** tone).astype(np.uint8)
    return np.asarray(cv2.LUT(image, curve), dtype=np.uint8)


def _compress(image: UInt8Image, quality: int) -> UInt8Image:
    if not quality:
        return image
    # OpenCV's order is blue first, and JPEG keeps colours more coarsely than brightness.
    _, content = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.ascontiguousarray(decoded[:, :, ::-1])
