"""Spatial transformer: the network itself chooses which part of the image it reads, and straightens it.

    images -> localisation network -> theta -> affine grid -> bilinear sampler -> the rest of the network

Jaderberg et al. 2015, "Spatial Transformer Networks". Written in `keras.ops`, so TensorFlow, JAX and PyTorch run it.
The sampler is our own, of gathered and weighted pixels: Keras's `ops.image.affine_transform` has no gradient for the
transform on TensorFlow.

Coordinates are those of `GridSample` in ONNX and PyTorch with `align_corners=False`: x to the right and y down, from -1
at the outer edge of the first pixel to 1 at the outer edge of the last. Outside the image its edge pixels repeat, as in
`preprocessing/crop_transform.py`: zeros would draw an edge that no sign has.
"""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers, ops

from roadsigns.errors import ModelError

__all__ = [
    "IDENTITY",
    "AffineSampler",
    "affine_grid",
    "output_points",
    "sample_bilinear",
    "spatial_transformer",
]

# Theta that leaves the image as it is, row by row.
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
THETA_SIZE = len(IDENTITY)
# Adam moves every weight by nearly the same amount, whatever the gradient. Theta moves all pixels at once, so it needs
# smaller steps.
THETA_SCALE = 0.1
# Of the localisation network's three convolutions, and the units of its hidden layer.
CHANNELS = (16, 28, 48, 64)
IMAGES_RANK = 4


def output_points(height: int, width: int) -> npt.NDArray[np.float32]:
    """Return the centres of the pixels of an output, row by row.

    Returns:
        x in row 0 and y in row 1, from -1 to 1, shape (2, height * width), float32.
    """
    x, y = ((2 * np.arange(side) + 1 - side) / side for side in (width, height))
    return np.stack([np.tile(x, height), np.repeat(y, width)]).astype(np.float32)


def affine_grid(theta: Any, *, height: int, width: int) -> Any:
    """Map the pixels of an output to points of the input (Jaderberg et al. 2015, eq. 1).

    Args:
        theta: The matrices ((a, b, c), (d, e, f)) row by row, shape (batch, 6), float32: the pixel at (x, y) shows the
            point (a x + b y + c, d x + e y + f), in the module's coordinates.
        height: Height of the output in pixels.
        width: Width of the output in pixels.

    Returns:
        x in row 0 and y in row 1, shape (batch, 2, height * width), float32.
    """
    x, y = (ops.convert_to_tensor(row) for row in output_points(height, width))
    rows = ops.reshape(theta, (-1, 2, 3, 1))
    return rows[:, :, 0] * x + rows[:, :, 1] * y + rows[:, :, 2]


def sample_bilinear(images: Any, points: Any) -> Any:
    """Sample images bilinearly (Jaderberg et al. 2015, eq. 5), with gradients for images and points.

    Args:
        images: Shape (batch, height, width, channels), float32, both sides at least 2.
        points: x in row 0 and y in row 1, in the module's coordinates, shape (batch, 2, count), float32. A point
            outside the image shows the nearest edge pixel and gets no gradient.

    Returns:
        Shape (batch, count, channels), float32.
    """
    height, width, channels = images.shape[1:]
    left, right_share = _pixel_before(points[:, 0], width)
    above, below_share = _pixel_before(points[:, 1], height)
    image = ops.expand_dims(ops.arange(ops.shape(images)[0], dtype="int32"), 1)
    first = (image * height + above) * width + left
    pixels = ops.reshape(images, (-1, channels))

    def between(index: Any) -> Any:
        return (1 - right_share) * ops.take(pixels, index, axis=0) + right_share * ops.take(pixels, index + 1, axis=0)

    return (1 - below_share) * between(first) + below_share * between(first + width)


def _pixel_before(coordinate: Any, side: int) -> tuple[Any, Any]:
    """Return the index of the pixel before a point, at most the last but one, and the weight of the pixel after it."""
    place = ops.clip((coordinate * side + (side - 1)) / 2, 0, side - 1)
    # Clipped as an integer too: NaN must not become an index outside the image, which would crash the gather.
    first = ops.clip(ops.cast(ops.floor(place), "int32"), 0, side - 2)
    return first, ops.expand_dims(place - ops.cast(first, place.dtype), -1)


@keras.saving.register_keras_serializable("roadsigns")
class AffineSampler(keras.layers.Layer):
    """Grid and sampler of a spatial transformer (Jaderberg et al. 2015): each image is transformed by its own theta.

    Computes in float32 whatever the network around it computes in: bfloat16 resolves an eighth of a pixel.

    Input shapes: images, (batch, height, width, channels), both sides at least 2; theta, (batch, 6), see `affine_grid`.
    Output shape: that of the images, float32.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "dtype": "float32"})

    def build(self, input_shape: Any) -> None:
        """Check the shapes; the layer has no weights.

        Raises:
            ModelError: If they are not those of images and thetas.
        """
        shapes = tuple(map(tuple, input_shape))
        images, theta = shapes if len(shapes) == 2 else ((), ())  # noqa: PLR2004 - images and theta
        known = len(images) == IMAGES_RANK and None not in images[1:]
        if not known or min(images[1:3]) < 2 or theta[1:] != (THETA_SIZE,):  # noqa: PLR2004 - pixels to read between
            raise ModelError(
                f"The layer '{self.name}' got inputs of shapes {shapes}.",
                expected=f"images (batch, height, width, channels) of at least 2x2 pixels, and thetas (batch, "
                f"{THETA_SIZE})",
            )

    def call(self, inputs: Any) -> Any:
        """Transform the images by their thetas."""
        images, theta = inputs
        height, width, channels = images.shape[1:]
        values = sample_bilinear(images, affine_grid(theta, height=height, width=width))
        return ops.reshape(values, (-1, height, width, channels))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Return the shape of the images."""
        return tuple(input_shape[0])

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds the layer, with its name: the configuration that Keras makes by itself lacks it here."""
        return {**super().get_config(), "name": self.name}


def spatial_transformer(images: Any, *, dtype: Any, channels: tuple[int, int, int, int] = CHANNELS) -> Any:
    """Transform each image as a small localisation network chooses.

    The localisation network sees the image at half its size: a million multiply-adds at 40x40.

    Args:
        images: Tensor of a functional model, shape (batch, side, side, channels), float32, `side` at least 16.
        dtype: Keras dtype or policy of the localisation network. Its last layer, theta and the sampler are float32.
        channels: Of its three convolutions, and the units of its hidden layer.

    Returns:
        Tensor of the same shape, float32. The output of layer "theta" is the window of each image, that of "sampler"
        the resampled image.
    """
    return AffineSampler(name="sampler")([images, _localise(images, dtype, channels)])


def _localise(images: Any, dtype: Any, channels: tuple[int, int, int, int]) -> Any:
    """Return theta for each image, shape (batch, 6), float32."""

    def convolution(filters: int, size: int, strides: int = 1) -> keras.layers.Layer:
        return layers.Conv2D(
            filters,
            size,
            strides=strides,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            dtype=dtype,
        )

    value = layers.AveragePooling2D(2, dtype=dtype)(images)
    first, second, third, hidden = channels
    value = convolution(first, 5, strides=2)(value)
    value = layers.MaxPooling2D(2, dtype=dtype)(convolution(second, 3)(value))
    value = layers.Flatten(dtype=dtype)(convolution(third, 3)(value))
    value = layers.Dense(hidden, activation="relu", dtype=dtype)(value)
    # Start at the identity: a random theta samples outside the image, and the classifier never sees a sign. It is added
    # afterwards, so that weight decay pulls towards the whole image and not towards a single point.
    change = layers.Dense(THETA_SIZE, kernel_initializer="zeros", dtype="float32")(value)
    return layers.Rescaling(THETA_SCALE, offset=list(IDENTITY), dtype="float32", name="theta")(change)
