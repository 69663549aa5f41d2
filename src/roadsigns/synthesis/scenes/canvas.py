"""The picture that a scene is painted on, from far to near."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.synthesis.backdrop import FloatImage

__all__ = ["Canvas", "Colour"]

Colour = npt.NDArray[np.float64]
# OpenCV's corners with fractions of a pixel: 1/16.
SHIFT = 4
HALF = 0.5


class Canvas:
    """Light that reaches the camera, and which numbered thing each pixel shows.

    Attributes:
        light: RGB, shape (height, width, 3), float32; 1 makes white, the sky may be brighter.
        owner: The number of what a pixel shows, 0 for what has none, shape (height, width), int16.
        coverage: How much of each pixel is painted, shape (height, width), float32, 0 to 1; None unless asked for.
    """

    def __init__(self, width: int, height: int, *, haze: Colour, visibility: float, coverage: bool = False) -> None:
        self.light: FloatImage = np.zeros((height, width, 3), np.float32)
        self.owner: npt.NDArray[np.int16] = np.zeros((height, width), np.int16)
        self.coverage: FloatImage | None = np.zeros((height, width), np.float32) if coverage else None
        self._haze = haze
        self._visibility = visibility

    def hazed(self, distance: float) -> float:
        """Return how much of what is seen at a distance in metres is haze, 0 to 1."""
        return float(1 - np.exp(-distance / self._visibility))

    def polygon(self, points: npt.ArrayLike, colour: npt.ArrayLike, *, distance: float, opacity: float = 1.0) -> None:
        """Fill a polygon of corners in pixels, shape (corners, 2), with a lit colour."""
        corners = np.asarray(points, np.float64)
        area = self._area(corners)
        if area is None:
            return
        x1, y1, x2, y2 = area
        mask = np.zeros((y2 - y1, x2 - x1), np.uint8)
        # OpenCV counts from the middle of a pixel. Far corners would overflow its integers.
        moved = np.clip((corners - 0.5 - (x1, y1)) * 2**SHIFT, -(2**24), 2**24)
        cv2.fillPoly(mask, [np.rint(moved).astype(np.int32)], 255, cv2.LINE_AA, SHIFT)
        alpha = mask.astype(np.float32) * np.float32(opacity / 255)
        solid = np.asarray(colour, np.float64)
        seen = solid + self.hazed(distance) * (self._haze - solid)
        self._blend(area, [np.float32(part) * alpha for part in seen], alpha, 0)

    def line(self, start: npt.ArrayLike, end: npt.ArrayLike, width: float, colour: Colour, *, distance: float) -> None:
        """Draw a line between two places in pixels; one thinner than a pixel is fainter instead."""
        first, last = np.asarray(start, np.float64), np.asarray(end, np.float64)
        along = last - first
        thick = max(width, 1.0)
        across = thick / 2 * np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-6)
        corners = [first + across, last + across, last - across, first - across]
        self.polygon(corners, colour, distance=distance, opacity=min(1.0, width / thick))

    def lay(
        self,
        picture: FloatImage,
        corners: npt.ArrayLike,
        *,
        light: npt.ArrayLike = 1.0,
        distance: float,
        owner: int = 0,
    ) -> int:
        """Lay a picture into a quadrilateral.

        Args:
            picture: Premultiplied RGB and alpha, shape (height, width, 4), float32.
            corners: Where its top left, top right, bottom right and bottom left corner land, in pixels, shape (4, 2).
            light: On it, one number or a colour.
            distance: In metres.
            owner: The number of what it shows.

        Returns:
            How many pixels it covers.
        """
        places = np.asarray(corners, np.float64)
        area = self._area(places)
        if area is None:
            return 0
        x1, y1, x2, y2 = area
        picture = _shrunk(picture, places)
        height, width = picture.shape[:2]
        source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - np.float32(0.5)
        matrix = cv2.getPerspectiveTransform(source, (places - 0.5 - (x1, y1)).astype(np.float32))
        seen = cv2.warpPerspective(picture, matrix, (x2 - x1, y2 - y1), flags=cv2.INTER_LINEAR)
        red, green, blue, alpha = cv2.split(seen)
        haze = self.hazed(distance)
        colours = [
            plane * np.float32((1 - haze) * lit) + alpha * np.float32(haze * veil)
            for plane, lit, veil in zip((red, green, blue), np.broadcast_to(light, 3), self._haze, strict=True)
        ]
        return self._blend(area, colours, np.asarray(alpha, np.float32), owner)

    def _area(self, corners: npt.NDArray[np.float64]) -> tuple[int, int, int, int] | None:
        """The pixels that corners span, cut off at the picture's border; None outside it."""
        height, width = self.owner.shape
        low, high = np.floor(corners.min(axis=0)) - 1, np.ceil(corners.max(axis=0)) + 1
        x1, y1 = (int(max(part, 0)) for part in low)
        x2, y2 = int(min(high[0], width)), int(min(high[1], height))
        return (x1, y1, x2, y2) if x1 < x2 and y1 < y2 else None

    def _blend(
        self, area: tuple[int, int, int, int], colours: Sequence[FloatImage], alpha: FloatImage, owner: int
    ) -> int:
        x1, y1, x2, y2 = area
        under = self.light[y1:y2, x1:x2]
        bare = 1 - alpha
        under *= cv2.merge([bare, bare, bare])
        under += cv2.merge(list(colours))
        if self.coverage is not None:
            part = self.coverage[y1:y2, x1:x2]
            part *= bare
            part += alpha
        covers = alpha > HALF
        self.owner[y1:y2, x1:x2][covers] = owner
        return int(np.count_nonzero(covers)) if owner else 0


def _shrunk(picture: FloatImage, places: npt.NDArray[np.float64]) -> FloatImage:
    """Halve a picture's sides as often as it takes: warping a large picture into a small place would skip pixels."""
    sides = np.hypot(*(np.roll(places, -1, axis=0) - places).T)
    wanted = max(sides[0], sides[2], 1.0), max(sides[1], sides[3], 1.0)
    height, width = picture.shape[:2]
    size = tuple(
        max(1, round(wish)) if have > 1.5 * wish else have for wish, have in zip(wanted, (width, height), strict=True)
    )
    if size == (width, height):
        return picture
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)
