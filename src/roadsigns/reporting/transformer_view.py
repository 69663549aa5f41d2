"""Where a network with a spatial transformer looks: each image, the frame chosen in it, and what is seen through it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roadsigns.bulk.entries import Entry
from roadsigns.errors import DataError, ImageError, ModelError, RunError
from roadsigns.inference.engines.keras_engine import cool
from roadsigns.inference.load_network import load_network
from roadsigns.model_files.model_file import find_model, read_metadata
from roadsigns.preprocessing.decode import decode_image, read_image
from roadsigns.preprocessing.prepare import Float32Image, Preparation, prepare
from roadsigns.printable import printable
from roadsigns.reporting.plots import DPI, GREY, figure_at

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MAX_IMAGES", "TransformerView", "draw_views", "view_transformer", "write_transformer_view"]

# A page of 20 rows of 10, 3,400 by 3,600 pixels, is about what a person can read.
MAX_IMAGES = 200
MOST_COLUMNS = 10
# In pixels. The border is for what of a frame lies outside its image.
SIDE, BORDER, GAP, CAPTION, HEAD, EDGE = 128, 14, 8, 26, 34, 12
LETTERS = 34
ORANGE_FRAME = "#FF8C00"
CORNERS = np.array([[-1, 1, 1, -1], [-1, -1, 1, 1], [1, 1, 1, 1]], np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class TransformerView:
    """Where a network looked in one image.

    Attributes:
        name: Of the image.
        image: As the network was given it, RGB in [0, 1], shape (side, side, 3), float32.
        theta: The matrix of the frame, shape (2, 3), see `roadsigns.models.spatial_transformer`.
        seen: What is seen through the frame, like `image`.
        read: Name of the class that was read.
        probability: Its probability.
    """

    name: str
    image: Float32Image
    theta: npt.NDArray[np.float64]
    seen: Float32Image
    read: str
    probability: float

    @property
    def corners(self) -> npt.NDArray[np.float64]:
        """The frame's corners as shares of the image's sides, shape (2, 4), from the upper left one, clockwise."""
        return (self.theta @ CORNERS + 1) / 2


def write_transformer_view(model: str | Path, entries: Iterable[Entry], path: Path) -> list[str]:
    """Draw where a model looks in some images.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        entries: The images, at most `MAX_IMAGES` of them.
        path: Ends in .png. A file of that name is replaced.

    Returns:
        What is wrong with the images that could not be read, which are left out.

    Raises:
        ModelError: If there is no such model, or it has no spatial transformer.
        DataError: If there are too many images, or none that can be read.
        RunError: If `path` is no PNG file's, or cannot be written.
        MissingExtraError: If Keras or matplotlib is not installed.
    """
    if path.suffix.lower() != ".png" or not path.parent.is_dir():
        raise RunError(f"{path} cannot be written: expected a name that ends in .png, in a folder that exists.")
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
    try:
        draw_views(views, path, title=f"{printable(str(model))}: where it looks, and what it sees there")
    except OSError as error:
        raise RunError(
            f"The picture {path} cannot be written: {error.strerror or error}. Name another file with --out."
        ) from error
    return problems


def view_transformer(
    network: Any, images: Float32Image, *, names: Sequence[str], classes: Sequence[str], temperature: float = 1.0
) -> list[TransformerView]:
    """Ask a network where it looks.

    Args:
        network: One with a spatial transformer.
        images: RGB in [0, 1], shape (count, side, side, 3), float32, at least one.
        names: Of the images.
        classes: Names of the classes, in label order.
        temperature: Of the model; its probabilities are told as `predict` tells them.

    Raises:
        ModelError: If the network has no spatial transformer.
    """
    from keras import Model, ops

    sampler = _sampler(network, network.name)
    thetas, probabilities = Model(network.inputs[0], [sampler.input[1], network.outputs[0]])(images)
    # What the network itself samples has its contrast normalised; for people the same frame is laid on the colours.
    seen = ops.convert_to_numpy(sampler([images, thetas]))
    thetas, probabilities = (np.asarray(ops.convert_to_numpy(values)) for values in (thetas, probabilities))
    probabilities = cool(np.asarray(probabilities, np.float32), temperature)
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
    """Draw a page: each image with its frame, beside it what is seen through that; a dot marks the upper left corner.

    Args:
        views: In the order wanted, at least one.
        path: Ends in .png.
        title: Above all.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    across, down = 2 * (SIDE + BORDER) + GAP + 2 * BORDER, SIDE + 2 * BORDER + CAPTION
    columns = max(1, min(MOST_COLUMNS, round((len(views) * down / across) ** 0.5)))
    rows = -(-len(views) // columns)
    width, height = max(480, 2 * EDGE + columns * across), HEAD + rows * down + EDGE
    with figure_at(path, width=width / DPI, height=height / DPI, axes_fitted=False) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        axes.text(EDGE, EDGE, title, ha="left", va="top", fontsize=9, parse_math=False)
        for index, view in enumerate(views):
            row, column = divmod(index, columns)
            _draw_view(axes, view, EDGE + column * across, HEAD + row * down)
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.axis("off")


def _draw_view(axes: "Axes", view: TransformerView, left: int, top: int) -> None:
    from matplotlib.patches import Polygon, Rectangle

    x, y, beside = left + BORDER, top + BORDER, left + 3 * BORDER + SIDE + GAP
    for pixels, start in ((view.image, x), (view.seen, beside)):
        axes.imshow(pixels.clip(0, 1), extent=(start, start + SIDE, y + SIDE, y), interpolation="nearest")
    corners = np.array([[x], [y]]) + SIDE * view.corners
    cell = Rectangle((left, top), SIDE + 2 * BORDER, SIDE + 2 * BORDER, transform=axes.transData)
    for drawn in (
        axes.add_patch(Polygon(corners.T, closed=True, fill=False, edgecolor=ORANGE_FRAME, linewidth=1.8)),
        axes.plot(*corners[:, :1], "o", color=ORANGE_FRAME, markersize=5)[0],
    ):
        drawn.set_clip_path(cell)
    name = printable(view.name)
    shown = name if len(name) <= LETTERS else f"…{name[1 - LETTERS :]}"
    caption = f"{shown}\n{printable(view.read)[:LETTERS]} {100 * view.probability:.1f} %"
    axes.text(
        x, y + SIDE + BORDER, caption, ha="left", va="top", fontsize=6, color=GREY, linespacing=1.1, parse_math=False
    )


def _sampler(network: Any, name: str) -> Any:
    from roadsigns.models.spatial_transformer import AffineSampler

    for layer in network.layers:
        if isinstance(layer, AffineSampler):
            return layer
    raise ModelError(
        f"{name} has no spatial transformer: it looks at the whole image always. Expected a model whose network has "
        "one, such as `roadsigns train --recipe spatial-transformer` leaves."
    )


def _prepared(entries: Iterable[Entry], preparation: Preparation) -> tuple[list[str], Float32Image, list[str]]:
    names, images, problems = list[str](), list[Float32Image](), list[str]()
    for entry in entries:
        if len(images) == MAX_IMAGES:
            raise DataError(f"There are more than {MAX_IMAGES} images, more than fit on a page. Name fewer.")
        try:
            images.append(prepare(_pixels(entry), preparation, entry.box))
            names.append(entry.name)
        except ImageError as error:
            problems.append(str(error) if entry.name in str(error) else f"{entry.name}: {error}")
    if not images:
        raise DataError(f"None of {len(problems)} images can be read. {problems[0]}")
    return names, np.stack(images), problems


def _pixels(entry: Entry) -> Any:
    if isinstance(entry.image, ImageError):
        raise entry.image
    return decode_image(entry.image, name=entry.name) if isinstance(entry.image, bytes) else read_image(entry.image)
