"""Draw docs/images/corruptions.png: a drawn sign in every kind of corruption, at severities 1 to 5.

python docs/pictures/corruptions_picture.py
"""

from pathlib import Path

import numpy as np
from PIL import Image

from roadsigns.reporting.sheet_cells import paste, sheet_at, write_text
from roadsigns.reporting.style import DPI, SMALL
from roadsigns.robustness.corruption import SEVERITIES
from roadsigns.robustness.corruptions import graded_corruptions
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track

# 70 km/h, in a middle frame.
CLASS_ID, FRAME, FRAMES, SEED = 4, 6, 10, 7
# In pixels.
SIDE, GAP, NAME, BLOCK_GAP, EDGE = 40, 2, 104, 14, 8
BLOCKS = 3


def main() -> None:
    """Lay the kinds out in three blocks, a row for each."""
    rng = np.random.default_rng(SEED)
    image, box = draw_track(CLASS_ID, designs=official_designs(), drawing=Drawing(), frames=FRAMES, rng=rng)[FRAME][:2]
    kinds = graded_corruptions()
    rows = -(-len(kinds) // BLOCKS)
    block = NAME + len(SEVERITIES) * (SIDE + GAP) + BLOCK_GAP
    width, height = 2 * EDGE + BLOCKS * block - BLOCK_GAP, 2 * EDGE + rows * (SIDE + GAP)
    canvas = np.full((height, width, 3), 255, np.uint8)
    path = Path(__file__).parents[1] / "images" / "corruptions.png"
    with sheet_at(path, width=width, height=height, per_inch=DPI, canvas=canvas) as axes:
        for number, kind in enumerate(kinds):
            left, top = EDGE + number // rows * block, EDGE + number % rows * (SIDE + GAP)
            write_text(axes, kind.name, left, top + SIDE / 2 - 7, size=SMALL)
            for severity in SEVERITIES:
                version = kind.apply(image, box, severity, np.random.default_rng(SEED))
                paste(canvas, version, left + NAME + (severity - 1) * (SIDE + GAP), top, SIDE)
    with Image.open(path) as page:
        page.convert("RGB").save(path, optimize=True)


main()
