"""Draw docs/images/explained.png: a drawn sign, and what decided how it is read.

python docs/pictures/explained_picture.py
"""

from pathlib import Path

import numpy as np
from PIL import Image

import roadsigns
from roadsigns.files import replace_when_done
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track

CLASS_ID, SEED = 1, 7


def main() -> None:
    """Draw a sign that is near enough to see, and explain it."""
    rng = np.random.default_rng(SEED)
    image, _ = draw_track(CLASS_ID, designs=official_designs(), drawing=Drawing(), frames=6, rng=rng)[-1]
    explanation = roadsigns.explain(image)
    with replace_when_done(Path(__file__).parents[1] / "images" / "explained.png") as temporary:
        Image.fromarray(explanation.picture()).save(temporary)


main()
