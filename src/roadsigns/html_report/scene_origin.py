"""Where scenes come from, as far as their folder tells: drawn by roadsigns, of GTSDB, or neither."""

from pathlib import Path
from typing import Literal

from roadsigns.archives.paths import is_file
from roadsigns.datasets.reader import DRAWN_MARK
from roadsigns.evaluation.detection.evaluate import FLATTERED, DetectorEvaluation

__all__ = ["SceneOrigin", "notes_on_origin", "origin_of"]

SceneOrigin = Literal["drawn", "gtsdb", "other"]
# Width and height of every scene of GTSDB, in pixels.
GTSDB_SIZE = (1360, 800)
OF_GTSDB = (
    "By layout and size these are scenes of GTSDB, which was filmed on the drives of GTSRB: 29 % of its signs have a "
    "near copy among the images that the built-in recognisers were trained on. What is named right is flattered by "
    "that; what is found is not."
)
DRAWN = (
    "roadsigns drew these scenes itself, as drawn-signs.txt beside them says. The figures are about drawings, and do "
    "not say how the detector does in real streets."
)


def origin_of(evaluation: DetectorEvaluation) -> SceneOrigin:
    """Return where the scenes of an evaluation come from.

    Drawn scenes have the layout and the size of GTSDB too, so their mark is looked for first.
    """
    if is_file(Path(evaluation.data) / DRAWN_MARK):
        return "drawn"
    sizes = {(image.width, image.height) for image in evaluation.detected}
    return "gtsdb" if FLATTERED in evaluation.notes and sizes == {GTSDB_SIZE} else "other"


def notes_on_origin(evaluation: DetectorEvaluation) -> tuple[str, ...]:
    """Return the notes of an evaluation, with the one on GTSDB only where the scenes are of it."""
    own = {"drawn": (DRAWN,), "gtsdb": (OF_GTSDB,), "other": ()}[origin_of(evaluation)]
    return (*own, *(note for note in evaluation.notes if note != FLATTERED))
