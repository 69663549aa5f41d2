"""Images as small pictures inside the page, as many as there is room for."""

import base64
import io
from collections.abc import Callable, Iterable

import cv2
import numpy as np
from PIL import Image

from roadsigns.html_report.sign_images import SignImages, crop_to
from roadsigns.preprocessing.brighten import brighten
from roadsigns.types import Box, UInt8Image

__all__ = ["MAX_BYTES", "data_uri", "thumbnails"]

# Of all pictures of a page together, as base64: the page stays below 5 MB.
MAX_BYTES = 3_500_000
# Pixels: a little more than a sign has on the page, for screens with fine pixels.
SIDE = 80
MARGIN = 0.15
QUALITY = 70


def thumbnails(
    indices: Iterable[int],
    images: SignImages | None,
    *,
    max_bytes: int = MAX_BYTES,
    done: Callable[[], object] = lambda: None,
) -> dict[int, str]:
    """Return pictures of the signs as data URIs by index, until the bytes are used up.

    Args:
        indices: Which images, the most wanted first.
        images: Where they are read; None for nowhere.
        max_bytes: Of all together.
        done: Called after each.

    Returns:
        No entry for an image that cannot be read, and none for those that there is no room for.
    """
    pictures: dict[int, str] = {}
    left = max_bytes
    for index in indices:
        found = images.read(index) if images else None
        if found is not None:
            uri = data_uri(_small(*found, side=getattr(images, "side", SIDE)))
            left -= len(uri)
            if left < 0:
                break
            pictures[index] = uri
        done()
    return pictures


def data_uri(image: UInt8Image) -> str:
    """Return an image, RGB, shape (height, width, 3), uint8, as the address of a picture that lies in the page."""
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(image)).save(stream, "WEBP", quality=QUALITY, method=2)
    return f"data:image/webp;base64,{base64.b64encode(stream.getvalue()).decode()}"


def _small(image: UInt8Image, box: Box | None, *, side: int) -> UInt8Image:
    sign = crop_to(image, box, margin=MARGIN)
    height, width = sign.shape[:2]
    scale = side / max(height, width)
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        sign = np.asarray(cv2.resize(sign, size, interpolation=cv2.INTER_AREA), np.uint8)
    return brighten(sign)
