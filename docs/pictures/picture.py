"""Draw docs/images/signs.png: drawn signs, and what the built-in model reads in them.

python docs/pictures/picture.py
"""

from pathlib import Path

import cv2
import numpy as np
from matplotlib.figure import Figure

from roadsigns import Recognizer
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.files import replace_when_done
from roadsigns.reporting.style import LIGHT, TEXT
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track
from roadsigns.types import UInt8Image

CLASSES = (1, 14, 25, 13, 38, 12, 28, 23, 17, 31, 4, 40, 9, 27)
COLUMNS = 7
SEED = 5


def main() -> None:
    """Draw one sign of each class, near enough to see, and read it."""
    images = [draw_nearest(class_id) for class_id in CLASSES]
    figure = Figure(figsize=(12, 4.2), layout="constrained")
    axes = figure.subplots(-(-len(CLASSES) // COLUMNS), COLUMNS).ravel()
    for axis, image, truth, read in zip(axes, images, CLASSES, Recognizer.load().predict(images), strict=True):
        axis.imshow(cv2.resize(image, (160, 160), interpolation=cv2.INTER_CUBIC))
        axis.axis("off")
        right = read.class_id == truth
        title = read.name if right else f"{read.name}\n(it is {GTSRB_CLASSES[truth].name})"
        axis.set_title(f"{title}\n{read.probability:.1%}", fontsize=TEXT, color=LIGHT.text if right else LIGHT.wrong)
    with replace_when_done(Path(__file__).parents[1] / "images" / "signs.png") as temporary:
        figure.savefig(temporary, dpi=90)


def draw_nearest(class_id: int) -> UInt8Image:
    """Draw the last frame of a track, in which the sign is near."""
    rng = np.random.default_rng([SEED, class_id])
    return draw_track(class_id, designs=official_designs(), drawing=Drawing(), frames=6, rng=rng)[-1][0]


main()
