"""Images: read, prepared for a network, changed at random."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from roadsigns.api._expected import OVERRIDES, RECIPE
from roadsigns.arguments import as_float, as_int, as_path, as_text, require_texts, require_type
from roadsigns.errors import DataError, ImageError, RecipeError

if TYPE_CHECKING:
    from roadsigns.types import BoxLike, Float32Array, UInt8Image

__all__ = ["augment", "prepare", "read_image"]

# A side of more pixels than any network here takes; its square still fits into memory.
MAX_SIDE = 4096
IMAGES = "an array of prepared images, shape (count, image_size, image_size, 3), floats in [0, 1]"


def read_image(path: str | Path) -> "UInt8Image":
    """Read an image file: PPM, PNG, JPEG, WebP, BMP, TIFF, GIF or AVIF, turned upright as its camera noted.

    Args:
        path: The file.

    Returns:
        RGB, shape (height, width, 3), uint8.

    Raises:
        ImageError: If it cannot be read or does not decode.

    Examples:
        >>> import roadsigns
        >>> image = roadsigns.read_image(roadsigns.read_dataset("signs").samples[0].path)
        >>> image.shape[2], str(image.dtype)
        (3, 'uint8')
    """
    from roadsigns.preprocessing.decode import read_image as read

    return read(as_path(path, "path", ImageError))


def prepare(
    image: "UInt8Image",
    box: "BoxLike | None" = None,
    *,
    preparation: Literal["tutorial", "box", "stretched-box"] = "stretched-box",
    image_size: int = 48,
    margin: float = 0.1,
) -> "Float32Array":
    """Turn an image into a network's input, as training, evaluation and prediction do.

    Args:
        image: RGB, shape (height, width, 3), uint8.
        box: The sign in pixels, (x1, y1, x2, y2), x2 and y2 exclusive. Without one, the image is taken to show a sign
            with GTSRB's border, about a tenth on each side.
        preparation: "tutorial": brightness equalised, central square resized, as in the Keras tutorial. "box": the
            square around the box. "stretched-box": box and margin stretched to a square.
        image_size: Side of the result in pixels.
        margin: Background around the box: a fraction of the longer side for "box", of each side for "stretched-box".
            "tutorial" has none.

    Returns:
        RGB, shape (image_size, image_size, 3), float32 in [0, 1].

    Raises:
        ImageError: If the image is no such array, is smaller than 2x2 pixels, or does not contain the box.
        DataError: If a number is out of range.
        ModelError: If there is no such preparation.

    Examples:
        >>> import roadsigns
        >>> sample = roadsigns.read_dataset("signs").samples[0]
        >>> roadsigns.prepare(roadsigns.read_image(sample.path), sample.box).shape
        (48, 48, 3)
    """
    from roadsigns.inference.inputs import require_rgb
    from roadsigns.preprocessing.prepare import Preparation
    from roadsigns.preprocessing.prepare import prepare as prepare_image

    side = as_int(image_size, "image_size", least=1, most=MAX_SIDE)
    # At -0.5 nothing is left of the box.
    how = Preparation(preparation, side, as_float(margin, "margin", above=-0.5, below=10))
    return prepare_image(require_rgb(image), how, box)


def augment(
    images: "Float32Array", *, recipe: str | Path = "tutorial-augmented", overrides: Sequence[str] = (), seed: int = 0
) -> "Float32Array":
    """Change prepared images at random, as the training of a recipe does: moved, turned, scaled, recoloured.

    Flips are left out, since they can change the label. So are defocus, noise of the sensor, defective pixels and JPEG,
    which training applies to the original pixels, before it prepares them.

    Args:
        images: RGB, shape (count, image_size, image_size, 3), float32 in [0, 1].
        recipe: Name of a recipe, or path of a .toml file; its `[augmentation]` table is used.
        overrides: Such as "augmentation.rotation_degrees=30".
        seed: At least 0. The same images and seed give the same result.

    Returns:
        New images of the same shape, float32 in [0, 1].

    Raises:
        DataError: If the images are not such an array, or the seed is below 0.
        RecipeError: If the recipe or an override makes no sense.

    Examples:
        >>> import numpy as np, roadsigns
        >>> sample = roadsigns.read_dataset("signs").samples[0]
        >>> copies = np.stack([roadsigns.prepare(roadsigns.read_image(sample.path))] * 5)
        >>> roadsigns.augment(copies).shape
        (5, 48, 48, 3)
    """
    import numpy as np

    from roadsigns.augmentation.geometric import affine_matrices
    from roadsigns.augmentation.own_augmentation import own_augmentation
    from roadsigns.augmentation.photometric import augment_photometric
    from roadsigns.preprocessing.crop_transform import resample
    from roadsigns.recipe import load_recipe
    from roadsigns.user_functions import import_function

    require_texts(overrides, "overrides", expected=OVERRIDES)
    name = as_text(recipe, "recipe", RecipeError, expected=RECIPE)
    ranges = load_recipe(name, overrides).augmentation
    rng = np.random.default_rng(as_int(seed, "seed", least=0))
    require_type(images, "images", np.ndarray, expected=IMAGES)
    if images.dtype.kind != "f" or images.ndim != 4 or images.shape[2:] != (images.shape[1], 3):  # noqa: PLR2004
        raise DataError(f"The images have shape {images.shape} and type {images.dtype}.", expected=IMAGES)
    count, image_size = images.shape[:2]
    if ranges.function:
        import_function(ranges.function, recipe=name)
    own = own_augmentation(ranges.function, image_size=image_size)
    changed = np.array(images, np.float32)
    if not ranges.moves_nothing:
        matrices = affine_matrices(ranges, count=count, image_size=image_size, rng=rng)
        for image, matrix, target in zip(changed.copy(), matrices, changed, strict=True):
            resample(image, matrix, image_size=image_size, out=target)
    changed = augment_photometric(changed, ranges, rng)
    return own(changed, rng) if own else changed
