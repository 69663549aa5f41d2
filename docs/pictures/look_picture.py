"""Draw docs/images/look.png: where the built-in model looks in drawn signs.

python docs/pictures/look_picture.py

Wants Keras (extra train).
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from roadsigns.bulk.entries import Entry
from roadsigns.files import replace_when_done
from roadsigns.reporting.transformer_view import write_transformer_view
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track

CLASSES = (0, 1, 4, 9, 12, 14, 19, 25, 26, 30, 37, 42)
FRAMES, FRAME, SEED = 6, 4, 2
# A palette keeps the file small.
COLOURS = 192


def main() -> None:
    """Draw a sign of each class, and what `roadsigns look best` shows of them."""
    path = Path(__file__).parents[1] / "images" / "look.png"
    designs = official_designs()
    with TemporaryDirectory() as folder:
        entries = []
        for class_id in CLASSES:
            rng = np.random.default_rng([SEED, class_id])
            image, box = draw_track(class_id, designs=designs, drawing=Drawing(), frames=FRAMES, rng=rng)[FRAME][:2]
            file = Path(folder) / f"{class_id:05d}.png"
            Image.fromarray(image).save(file)
            entries.append(Entry(f"signs/{file.name}", file, box))
        write_transformer_view("best", entries, path)
    with Image.open(path) as page, replace_when_done(path) as temporary:
        page.convert("RGB").quantize(COLOURS).save(temporary, format="png", optimize=True)


main()
