"""Draw docs/images/scenes.jpg: drawn street scenes, with the boxes that come with them.

python docs/pictures/scenes_picture.py
"""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from roadsigns.files import replace_when_done
from roadsigns.palette import MARKS, rgb_of
from roadsigns.synthesis.scenes.draw import draw_scene
from roadsigns.synthesis.settings import Drawing
from roadsigns.types import UInt8Image

SEEDS = (503, 557, 510, 508, 405, 535)
COLUMNS, WIDTH, HEIGHT, GAP = 3, 476, 280, 6
OF_CLASSES, OTHER = rgb_of(MARKS.labelled), rgb_of(MARKS.detected)
QUALITY = 85


def main() -> None:
    """Draw, mark, lay out."""
    rows = -(-len(SEEDS) // COLUMNS)
    sheet = np.full((rows * (HEIGHT + GAP) - GAP, COLUMNS * (WIDTH + GAP) - GAP, 3), 255, np.uint8)
    for place, seed in enumerate(SEEDS):
        row, column = divmod(place, COLUMNS)
        y, x = row * (HEIGHT + GAP), column * (WIDTH + GAP)
        sheet[y : y + HEIGHT, x : x + WIDTH] = marked(seed)
    with replace_when_done(Path(__file__).parents[1] / "images" / "scenes.jpg") as temporary:
        Image.fromarray(sheet).save(temporary, quality=QUALITY, optimize=True)


def marked(seed: int) -> UInt8Image:
    """Draw a scene, smaller than it is, with the boxes of all that is seen."""
    image, signs = draw_scene(np.random.default_rng(seed), Drawing())
    scale = np.array([WIDTH / image.shape[1], HEIGHT / image.shape[0]])
    small = np.asarray(cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
    for sign in signs:
        if sign.kind == "hidden":
            continue
        x1, y1 = (np.array(sign.box[:2]) * scale - 2).astype(int).tolist()
        x2, y2 = (np.array(sign.box[2:]) * scale + 2).astype(int).tolist()
        cv2.rectangle(small, (x1 - 1, y1 - 1), (x2 + 1, y2 + 1), rgb_of(MARKS.edge), 1)
        cv2.rectangle(small, (x1, y1), (x2, y2), OF_CLASSES if sign.class_id is not None else OTHER, 1)
    return small


if __name__ == "__main__":
    main()
