"""A picture of what a spatial transformer does: each image, the window chosen in it, and the image seen through it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roadsigns.bulk.entries import Entry
from roadsigns.errors import DataError, ImageError, ModelError
from roadsigns.files import check_output_file, output_errors
from roadsigns.inference.engines.keras_engine import apply_temperature
from roadsigns.inference.load_network import load_network
from roadsigns.model_files.model_file import find_model, read_metadata
from roadsigns.preprocessing.decode import decode_image, read_image
from roadsigns.preprocessing.prepare import Preparation, prepare
from roadsigns.printable import printable
from roadsigns.reporting.sheet_cells import sheet_at, show_image, write_text
from roadsigns.reporting.style import DPI, HEADING, LIGHT, LINE, MARKS, TINY
from roadsigns.reporting.words import keep_end, letters_in, shorten, width_of
from roadsigns.types import Float32Array
from roadsigns.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MAX_IMAGES", "TransformerView", "draw_views", "view_transformer", "write_transformer_view"]

# A page of 20 rows of 10 has 3,400 by 3,600 pixels: about what people can read.
MAX_IMAGES = 200
MAX_COLUMNS = 10
# In pixels. The border shows the part of a window that lies outside its image.
SIDE, BORDER, GAP, CAPTION, HEAD, EDGE = 128, 14, 8, 30, 38, 12
MIN_WIDTH = 640
CORNERS = np.array([[-1, 1, 1, -1], [-1, -1, 1, 1], [1, 1, 1, 1]], np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class TransformerView:
    """The window that a spatial transformer chose in one image.

    Attributes:
        name: Name of the image.
        image: The network's input, RGB in [0, 1], shape (side, side, 3), float32.
        theta: The affine matrix of the window, shape (2, 3); see `roadsigns.models.spatial_transformer`.
        seen: The image seen through the window, like `image`.
        predicted: Name of the predicted class.
        probability: Its probability.
    """

    name: str
    image: Float32Array
    theta: npt.NDArray[np.float64]
    seen: Float32Array
    predicted: str
    probability: float

    @property
    def corners(self) -> npt.NDArray[np.float64]:
        """Corners of the window as fractions of the image's sides, shape (2, 4), clockwise from the upper left one."""
        return (self.theta @ CORNERS + 1) / 2


def write_transformer_view(model: str | Path, entries: Iterable[Entry], path: Path) -> list[str]:
    """Draw the windows that a model's spatial transformer chooses in some images.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        entries: The images, at most `MAX_IMAGES` of them.
        path: Ends in .png. A file of that name is replaced.

    Returns:
        The problems of images that cannot be read, which are left out.

    Raises:
        ModelError: If there is no such model, or it has no spatial transformer.
        DataError: If there are too many images, or none that can be read.
        OutputError: If `path` is not a PNG file's name, or cannot be written.
        MissingExtraError: If Keras or matplotlib is not installed.
    """
    check_output_file(path, suffix=".png")
    file = find_model(model)
    metadata = read_metadata(file)
    network = load_network(file)
    _sampler(network, str(model))
    names, images, problems = _prepared(entries, metadata.as_preparation())
    views = view_transformer(
        network,
        images,
        names=names,
        classes=[sign.name for sign in metadata.classes],
        temperature=metadata.temperature,
    )
    with output_errors(path, "Name another file with --out."):
        draw_views(views, path, title=f"{printable(str(model))}: the window it chooses, and the image seen through it")
    return problems


def view_transformer(
    network: Any, images: Float32Array, *, names: Sequence[str], classes: Sequence[str], temperature: float = 1.0
) -> list[TransformerView]:
    """Run a network and return the windows that its spatial transformer chooses.

    Args:
        network: One with a spatial transformer.
        images: RGB in [0, 1], shape (count, side, side, 3), float32, at least one.
        names: Those of the images.
        classes: Names of the classes, in label order.
        temperature: That of the model, so that the probabilities are those of `predict`.

    Raises:
        ModelError: If the network has no spatial transformer.
    """
    from keras import Model, ops

    sampler = _sampler(network, network.name)
    thetas, probabilities = Model(network.inputs[0], [sampler.input[1], network.outputs[0]])(images)
    # The network samples an image with normalised contrast; for people the same window is sampled from the colours.
    seen = ops.convert_to_numpy(sampler([images, thetas]))
    thetas, probabilities = (np.asarray(ops.convert_to_numpy(values)) for values in (thetas, probabilities))
    probabilities = apply_temperature(np.asarray(probabilities, np.float32), temperature)
    best = probabilities.argmax(axis=1)
    return [
        TransformerView(
            name, image, np.asarray(theta, np.float64).reshape(2, 3), inside, classes[label], float(row[label])
        )
        for name, image, theta, inside, row, label in zip(
            names, images, thetas, seen, probabilities, best.tolist(), strict=True
        )
    ]


def draw_views(views: Sequence[TransformerView], path: Path, *, title: str) -> None:
    """Draw each image with its window, and beside it the image seen through that; a dot marks the upper left corner.

    Args:
        views: In the order of the rows, at least one.
        path: Ends in .png.
        title: At the top of the page.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    across, down = 2 * (SIDE + BORDER) + GAP + 2 * BORDER, SIDE + 2 * BORDER + CAPTION
    columns = max(1, min(MAX_COLUMNS, round((len(views) * down / across) ** 0.5)))
    rows = -(-len(views) // columns)
    width, height = max(MIN_WIDTH, 2 * EDGE + columns * across), HEAD + rows * down + EDGE
    with sheet_at(path, width=width, height=height, per_inch=DPI) as axes:
        letters = letters_in((width - 2 * EDGE) / DPI, HEADING)
        write_text(axes, shorten(title, letters), EDGE, EDGE, size=HEADING)
        for index, view in enumerate(views):
            row, column = divmod(index, columns)
            _draw_view(axes, view, EDGE + column * across, HEAD + row * down)


def _draw_view(axes: "Axes", view: TransformerView, left: int, top: int) -> None:
    from matplotlib.patches import Polygon, Rectangle
    from matplotlib.patheffects import withStroke

    x, y, beside = left + BORDER, top + BORDER, left + 3 * BORDER + SIDE + GAP
    for pixels, start in ((view.image, x), (view.seen, beside)):
        show_image(axes, pixels.clip(0, 1), start, y, SIDE)
    corners = np.array([[x], [y]]) + SIDE * view.corners
    cell = Rectangle((left, top), SIDE + 2 * BORDER, SIDE + 2 * BORDER, transform=axes.transData)
    for drawn in (
        axes.add_patch(Polygon(corners.T, closed=True, fill=False, edgecolor=MARKS.window, linewidth=LINE)),
        axes.plot(*corners[:, :1], "o", color=MARKS.window, markersize=5)[0],
    ):
        drawn.set_clip_path(cell)
        drawn.set_path_effects([withStroke(linewidth=2 * LINE, foreground=MARKS.edge)])
    letters = letters_in((2 * SIDE + 2 * BORDER + GAP) / DPI, TINY)
    probability = f" {100 * view.probability:.1f} %"
    caption = f"{keep_end(view.name, letters)}\n{shorten(view.predicted, letters - width_of(probability))}{probability}"
    write_text(axes, caption, x, y + SIDE + BORDER, size=TINY, colour=LIGHT.soft)


def _sampler(network: Any, name: str) -> Any:
    from roadsigns.models.spatial_transformer import AffineSampler

    for layer in network.layers:
        if isinstance(layer, AffineSampler):
            return layer
    raise ModelError(
        "The network has no spatial transformer: it always uses the whole image.",
        expected="a model of a recipe such as spatial-transformer",
        subject=name,
    )


def _prepared(entries: Iterable[Entry], preparation: Preparation) -> tuple[list[str], Float32Array, list[str]]:
    names, images, problems = list[str](), list[Float32Array](), list[str]()
    for entry in entries:
        if len(images) == MAX_IMAGES:
            raise DataError(f"There are more than {MAX_IMAGES} images, which do not fit on a page.", hint="Name fewer.")
        try:
            images.append(prepare(_pixels(entry), preparation, entry.box))
            names.append(entry.name)
        except ImageError as error:
            problems.append(str(error if entry.name in str(error) else error.about(entry.name)))
    if not images:
        raise DataError(
            f"None of {counted(len(problems), 'image')} can be read. The first: {problems[0]}",
            expected="at least one image",
        )
    return names, np.stack(images), problems


def _pixels(entry: Entry) -> Any:
    if isinstance(entry.image, ImageError):
        raise entry.image
    return decode_image(entry.image, name=entry.name) if isinstance(entry.image, bytes) else read_image(entry.image)
