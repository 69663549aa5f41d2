"""Draw docs/images/unknown-signs-MODEL.png: drawn images of none of the classes, those that it refuses, and mistakes.

python docs/pictures/unknown_signs_picture.py [MODEL]

MODEL is `best` unless it is named. It prints the share of the drawn images that slip through. A model is trained on
such drawings, so it is good at them.
"""

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure, SubFigure
from PIL import Image

from roadsigns import Prediction, Recognizer
from roadsigns.files import replace_when_done
from roadsigns.reporting.sheet_cells import paste
from roadsigns.reporting.style import LIGHT, SMALL, TITLE
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.negatives.invented_signs import invent_sign
from roadsigns.synthesis.negatives.things import invent_thing
from roadsigns.synthesis.negatives.unknown_signs import UnknownSign, unknown_signs
from roadsigns.synthesis.negatives.windows import draw_windows
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_design
from roadsigns.types import Box, UInt8Image

# Signs that GTSRB lacks, of every kind; others follow where one of them is never refused.
SHOWN = (
    "de-350",
    "de-283",
    "de-274-40",
    "de-254",
    "de-101-12",
    "de-120",
    "de-239",
    "de-237",
    "de-274-1",
    "de-314",
    "de-357",
)
COLUMNS, ROWS = 7, 2
# Images of each sign, and of signs that are invented, things and windows.
OF_EACH, INVENTED, THINGS, WINDOWS = 5, 300, 150, 150
FRAMES, SEED = 6, 11
# So that a reader sees what the model saw: the spread of grey levels, the share of pixels that are black or white.
MIN_CONTRAST, MAX_CLIPPED, BLACK, WHITE = 30, 0.1, 8, 247
SIDE, DPI, WRAP = 150, 90, 20
# A palette keeps the file small.
COLOURS = 192


class Drawn(NamedTuple):
    """A drawn image of none of the classes."""

    name: str
    catalogued: bool
    image: UInt8Image
    box: Box


def main() -> None:
    """Draw, read, choose, lay out."""
    model = sys.argv[1] if len(sys.argv) > 1 else "best"
    recognizer = Recognizer.load(model)
    drawn = [*draw_signs(), *draw_others()]
    predictions = recognizer.predict([one.image for one in drawn], boxes=[one.box for one in drawn], top_k=1)
    if predictions[0].decision is None:
        raise SystemExit("This model does not decide what is known. Name one that was trained with negatives.")
    read = [pair for pair in zip(drawn, predictions, strict=True) if is_clear(pair[0])]
    refused = [pair for pair in read if pair[1].decision == "unknown"]
    accepted = [pair for pair in read if pair[1].decision != "unknown"]
    print(f"{len(accepted)} of {len(read)} clear drawn images slip through: {len(accepted) / len(read):.1%}")
    # The surest mistakes first.
    accepted.sort(key=lambda pair: -(pair[1].known_score or 0))
    parts = {"What it refuses": first_of_each(refused), "What slips through": first_of_each(accepted)}
    rows = [-(-len(pairs) // COLUMNS) for pairs in parts.values()]
    figure = Figure(figsize=(1.6 * COLUMNS, 2.75 * sum(rows)), layout="constrained")
    subfigures = figure.subfigures(2, 1, hspace=0.03, height_ratios=[count + 0.2 for count in rows])
    for subfigure, (title, pairs), count in zip(subfigures, parts.items(), rows, strict=True):
        lay_out(subfigure, title, pairs, count)
    path = Path(__file__).parents[1] / "images" / f"unknown-signs-{Path(model).stem}.png"
    with replace_when_done(path) as temporary:
        figure.savefig(temporary, dpi=DPI, format="png")
        with Image.open(temporary) as page:
            page.convert("RGB").quantize(COLOURS).save(temporary, format="png", optimize=True)


def draw_signs() -> Iterator[Drawn]:
    """Draw every sign of the catalogue from near, those to be shown first."""
    signs = {sign.sign_id: sign for sign in unknown_signs()}
    places = {sign_id: place for place, sign_id in enumerate(signs)}
    for sign_id in dict.fromkeys((*SHOWN, *signs)):
        for number in range(OF_EACH):
            yield draw(signs[sign_id].title.split(" (")[0], signs[sign_id].svg, 0, places[sign_id], number)


def draw_others() -> Iterator[Drawn]:
    """Draw things, windows and invented signs."""
    for number in range(THINGS):
        yield draw("a thing, no sign", invent_thing(np.random.default_rng([SEED, 1, number])), 1, number)
    for number in range(WINDOWS):
        rng = np.random.default_rng([SEED, 2, number])
        windows = draw_windows(designs=official_designs(), drawing=Drawing(), count=1, rng=rng)
        yield from (Drawn("a window beside a sign", False, image, box) for image, box in windows)
    for number in range(INVENTED):
        sign: UnknownSign = invent_sign(np.random.default_rng([SEED, 3, number]))
        yield draw("an invented sign", sign.svg, 3, number)


def draw(name: str, svg: str, *seed: int) -> Drawn:
    """Draw the last frame of a track, in which the sign is near."""
    rng = np.random.default_rng([SEED, 9, *seed])
    frames = draw_design(svg, neighbours=official_designs(), drawing=Drawing(), frames=FRAMES, rng=rng)
    return Drawn(name, seed[0] == 0, *frames[-1])


def is_clear(drawn: Drawn) -> bool:
    """Whether a reader sees what it is."""
    grey = drawn.image.mean(axis=2)
    return float(grey.std()) >= MIN_CONTRAST and float(((grey < BLACK) | (grey > WHITE)).mean()) <= MAX_CLIPPED


def first_of_each(pairs: list[tuple[Drawn, Prediction]]) -> list[tuple[Drawn, Prediction]]:
    """The first image of each name, as many as fit: signs of the catalogue, and last what is none."""
    chosen: dict[str, tuple[Drawn, Prediction]] = {}
    for pair in pairs:
        chosen.setdefault(pair[0].name, pair)
    signs, others = ([pair for pair in chosen.values() if pair[0].catalogued is one] for one in (True, False))
    return [*signs[: COLUMNS * ROWS - len(others)], *others]


def lay_out(figure: SubFigure, title: str, pairs: list[tuple[Drawn, Prediction]], rows: int) -> None:
    """Show images in rows: above each what it is, below it what the model says, with the known score."""
    figure.suptitle(title, fontsize=TITLE, fontweight="bold")
    axes = figure.subplots(rows, COLUMNS).ravel()
    for axis in axes[len(pairs) :]:
        axis.axis("off")
    for axis, (drawn, prediction) in zip(axes, pairs, strict=False):
        cell = np.full((SIDE, SIDE, 3), 255, np.uint8)
        paste(cell, drawn.image, 0, 0, SIDE)
        axis.imshow(cell)
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
        axis.set_title("\n".join(textwrap.wrap(drawn.name, WRAP)), fontsize=SMALL)
        unknown = prediction.decision == "unknown"
        said = f"unknown, {prediction.unknown_kind}" if unknown else f"{prediction.decision}, {prediction.name}"
        lines = [*textwrap.wrap(said, WRAP), f"{prediction.known_score:.4f}"]
        axis.set_xlabel("\n".join(lines), fontsize=SMALL, color=LIGHT.text if unknown else LIGHT.wrong)


main()
