"""Draw docs/images/own-signs.png: templates, and signs drawn from them.

python docs/pictures/own_signs_picture.py
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from roadsigns.files import replace_when_done
from roadsigns.reporting.sheet_cells import fit_into
from roadsigns.reporting.style import MARKS, TEXT
from roadsigns.synthesis.designs import Designs, read_templates
from roadsigns.synthesis.rendering import render_design
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track

FOLDER = Path(__file__).parents[1]
SIDE, ROWS, SEED = 110, 3, 3


def main() -> None:
    """Draw a column for each template: itself on top, then signs seen from nearer and nearer."""
    designs = read_templates(FOLDER / "own-signs")
    columns = [(class_id, path) for class_id, files in enumerate(designs.files) for path in files]
    figure = Figure(figsize=(1.2 * len(columns), 1.2 * (ROWS + 1) + 0.3), layout="constrained")
    axes = figure.subplots(ROWS + 1, len(columns))
    for axis in axes.ravel():
        axis.axis("off")
    for column, (class_id, path) in enumerate(columns):
        axes[0, column].imshow(render_design(path, SIDE))
        axes[0, column].set_title(designs.classes[class_id].name, fontsize=TEXT)
        alone = only(designs, class_id, path)
        for row in range(ROWS):
            rng = np.random.default_rng([SEED, column, row])
            image = draw_track(class_id, designs=alone, drawing=Drawing(), frames=ROWS, rng=rng)[row][0]
            axes[row + 1, column].imshow(fit_into(image, SIDE))
    with replace_when_done(FOLDER / "images" / "own-signs.png") as temporary:
        # Grey, so that white edges show.
        figure.savefig(temporary, dpi=90, facecolor=MARKS.unknown)


def only(designs: Designs, class_id: int, path: Path) -> Designs:
    """The same designs with a single one of a class."""
    files = list(designs.files)
    shares = list(designs.shares)
    files[class_id], shares[class_id] = (path,), (1.0,)
    return replace(designs, files=tuple(files), shares=tuple(shares))


main()
