"""The page looks at the parts of a picture that Python looks at."""

import pytest

from roadsigns.detection.find import scales_of
from roadsigns.detection.tiles import padded, tiles_of

ASK = """async (sizes) => {
  const { padded, tilesOf } = await import(new URL("page/tiles.js", location));
  const { scalesOf } = await import(new URL("page/find.js", location));
  const along = ({ start, length, low, high }) => [start, length, padded(length), low, high];
  return sizes.map(([height, width]) => [
    tilesOf(height, width).map(({ across, down, whole }) => [along(across), along(down), whole]),
    scalesOf(height, width),
  ]);
}"""
SIZES = [(1, 1), (32, 33), (800, 1360), (1080, 1920), (1920, 1921), (2160, 3840), (3000, 4000), (400, 9000), (5, 7001)]


def test_tiles_and_scales_are_those_of_python(phone):
    """For pictures of all sorts, from a pixel to panoramas."""
    answers = phone.evaluate(ASK, SIZES)

    for size, (tiles, scales) in zip(SIZES, answers, strict=True):
        expected = [
            [
                *([span.start, span.length, padded(span.length), span.low, span.high] for span in tile[:2]),
                tile.whole,
            ]
            for tile in tiles_of(*size)
        ]
        assert tiles == expected
        assert scales == pytest.approx(scales_of(*size))
