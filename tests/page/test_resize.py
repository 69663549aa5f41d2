"""Pictures made larger and smaller are those of OpenCV."""

import base64

import cv2
import numpy as np
import pytest

RESIZE = """async ({ rgba, from, to, way }) => {
  const resize = await import(new URL("page/resize.js", location));
  const data = Uint8ClampedArray.from(atob(rgba), (letter) => letter.charCodeAt(0));
  const resized = resize[way]({ data, width: from[0], height: from[1] }, ...to);
  let text = "";
  resized.data.forEach((level) => { text += String.fromCharCode(level); });
  return btoa(text);
}"""


def in_the_browser(page, pixels, size, way):
    """A picture resized by the page, RGB."""
    rgba = np.dstack([pixels, np.full_like(pixels[:, :, 0], 255)])
    text = base64.b64encode(rgba.tobytes()).decode()
    answer = page.evaluate(RESIZE, {"rgba": text, "from": pixels.shape[1::-1], "to": size, "way": way})
    return np.frombuffer(base64.b64decode(answer), np.uint8).reshape(size[1], size[0], 4)[:, :, :3]


@pytest.mark.parametrize(
    ("sides", "size", "way"),
    [
        ((160, 120), (56, 42), "shrink"),
        ((100, 61), (35, 21), "shrink"),
        ((90, 60), (45, 30), "shrink"),
        ((64, 48), (128, 96), "enlarge"),
        ((61, 33), (107, 58), "enlarge"),
        ((5, 4), (10, 8), "enlarge"),
    ],
)
def test_resized_pictures_are_those_of_opencv(phone, sides, size, way):
    """Levels differ by at most 1: OpenCV computes some in whole numbers."""
    pixels = np.random.default_rng(0).integers(0, 256, (sides[1], sides[0], 3), dtype=np.uint8)
    interpolation = cv2.INTER_AREA if way == "shrink" else cv2.INTER_LINEAR

    resized = in_the_browser(phone, pixels, size, way)

    expected = cv2.resize(pixels, size, interpolation=interpolation)
    assert np.abs(resized.astype(int) - expected).max() <= 1
