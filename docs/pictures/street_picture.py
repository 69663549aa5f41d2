"""Draw docs/images/street.jpg, street-unknown.jpg and street-locations.jpg: the signs that are found in drawn streets,
and how they are found.

python docs/pictures/street_picture.py [DETECTOR]
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from PIL import Image

from roadsigns import Detector
from roadsigns.cli.main import group
from roadsigns.detection.find import suppress
from roadsigns.detection.locations import STRIDES, locations_of, to_boxes
from roadsigns.files import replace_when_done
from roadsigns.preprocessing.decode import read_image
from roadsigns.types import Float32Array, UInt8Image

IMAGES = Path(__file__).parents[1] / "images"
# As README draws it; one with all three decisions; and one whose signs have many sizes.
STREET, UNKNOWN, LOCATIONS = 27, 110, 24
QUALITY = 85
# What the picture of the locations shows, in pixels of the third street; sides divisible by 32.
LEFT, TOP, WIDTH, HEIGHT = 736, 288, 352, 256
ENLARGED, GAP = 2, 8
COLOURS = {8: (255, 220, 0), 16: (255, 50, 220), 32: (0, 220, 255)}
KEPT = (255, 255, 255)


def main() -> None:
    """Draw streets, have them annotated, and look into the network."""
    detector = sys.argv[1] if len(sys.argv) > 1 else "detector"
    for seed, name in ((STREET, "street.jpg"), (UNKNOWN, "street-unknown.jpg")):
        _save(_street(seed, detector)[1], name)
    _save(_locations(_street(LOCATIONS, detector)[0], Detector.load(detector)), "street-locations.jpg")


def _street(seed: int, detector: str) -> tuple[UInt8Image, UInt8Image]:
    """Return a drawn street, and its annotated copy."""
    with TemporaryDirectory() as folder:
        street, seen = Path(folder) / "street", Path(folder) / "seen"
        drawn = ["draw", str(street), "--scenes", "1", "--seed", str(seed)]
        found = ["detect", str(street / "00000.png"), "--annotate", str(seen), "--detector", detector]
        for command in (drawn, found):
            group(command, standalone_mode=False)
        return read_image(street / "00000.png"), read_image(seen / "00000.png")


def _locations(image: UInt8Image, detector: Detector) -> UInt8Image:
    """Return what the locations of a part of the street say, and beside it what is left of that."""
    part = np.ascontiguousarray(image[TOP : TOP + HEIGHT, LEFT : LEFT + WIDTH])
    locations = locations_of(HEIGHT, WIDTH)
    boxes, scores = to_boxes(detector.engine.run(part), locations)
    (sure,) = np.nonzero(scores > detector.min_score)
    sides = (WIDTH * ENLARGED, HEIGHT * ENLARGED)
    said = np.asarray(cv2.resize(part, sides, interpolation=cv2.INTER_CUBIC), np.uint8)
    left = said.copy()
    for stride in STRIDES:
        for index in sure[locations.stride[sure] == stride]:
            _outline(said, boxes[index], COLOURS[stride])
    for index in sure:
        place = (round(ENLARGED * float(locations.x[index])), round(ENLARGED * float(locations.y[index])))
        cv2.circle(said, place, 4, COLOURS[int(locations.stride[index])], cv2.FILLED, cv2.LINE_AA)
    for index in sure[suppress(boxes[sure], scores[sure])]:
        _outline(left, boxes[index], KEPT, width=2)
    return np.concatenate([said, np.full((len(said), GAP, 3), 255, np.uint8), left], axis=1)


def _outline(image: UInt8Image, box: Float32Array, colour: tuple[int, int, int], *, width: int = 1) -> None:
    x1, y1, x2, y2 = np.rint(box * ENLARGED).astype(int).tolist()
    cv2.rectangle(image, (x1, y1), (x2, y2), colour, width)


def _save(image: UInt8Image, name: str) -> None:
    with replace_when_done(IMAGES / name) as temporary:
        Image.fromarray(image).save(temporary, quality=QUALITY, optimize=True)


if __name__ == "__main__":
    main()
