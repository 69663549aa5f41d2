"""A trained model in use: load once, predict many.

from roadsigns import Recognizer

recognizer = Recognizer.load()
for prediction in recognizer.predict(["a.png", "b.png"]):
    print(prediction.name, prediction.probability)
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from roadsigns.classes import SignClass
from roadsigns.errors import ImageError, ModelError
from roadsigns.images.decode import UInt8Image, decode_image, read_image, to_rgb
from roadsigns.images.prepare import PREPARATIONS, Float32Image, prepare
from roadsigns.inference.model_file import DEFAULT_MODEL, ModelMetadata, find_model, load_network, read_metadata

if TYPE_CHECKING:
    import keras

__all__ = ["BATCH", "ClassProbability", "ImageLike", "Prediction", "Recognizer"]

ImageLike: TypeAlias = str | os.PathLike[str] | bytes | Image.Image | UInt8Image
BoxLike: TypeAlias = tuple[int, int, int, int]
Float32Array = npt.NDArray[np.float32]

# Images computed together. More are no faster on a CPU, and prepared ones take 28 kB each.
BATCH = 256


@dataclass(frozen=True, slots=True)
class ClassProbability:
    """How probable one class is."""

    class_id: int
    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one image shows.

    Attributes:
        class_id: The most probable class.
        name: Its name.
        probability: Its probability, 0 to 1.
        top_k: The most probable classes, best first; the first is the prediction itself.
    """

    class_id: int
    name: str
    probability: float
    top_k: tuple[ClassProbability, ...]


@dataclass(frozen=True, slots=True)
class Recognizer:
    """A network with what its labels mean. Make one with `Recognizer.load`.

    Attributes:
        network: Maps prepared images to probabilities.
        metadata: What its model file says of it.
    """

    network: "keras.Model"
    metadata: ModelMetadata

    @classmethod
    def load(cls, model: str | Path = DEFAULT_MODEL) -> "Recognizer":
        """Load a model.

        Args:
            model: A run folder, a .keras file, or the name of a built-in model.

        Raises:
            ModelError: If it is none of these, or does not load.
            MissingExtraError: If Keras is not installed.
        """
        path = find_model(model)
        metadata = read_metadata(path)
        if metadata.preparation not in PREPARATIONS:
            raise ModelError(
                f"{path} wants the preparation '{metadata.preparation}', which this version does not have. "
                f"It has {', '.join(PREPARATIONS)}; install the version of roadsigns that made the model."
            )
        network = load_network(path)
        expected = (None, metadata.image_size, metadata.image_size, 3), (None, len(metadata.classes))
        if (network.input_shape, network.output_shape) != expected:
            raise ModelError(
                f"{path} maps {network.input_shape} to {network.output_shape}, not {expected[0]} to {expected[1]}. "
                "Its metadata belongs to another network; train it again or fetch it again."
            )
        return cls(network, metadata)

    @property
    def classes(self) -> tuple[SignClass, ...]:
        """The classes in label order."""
        return self.metadata.classes

    def predict_one(self, image: ImageLike, *, box: BoxLike | None = None, top_k: int = 1) -> Prediction:
        """Predict one image. See `predict`."""
        return self.predict([image], boxes=[box], top_k=top_k)[0]

    def predict(
        self, images: Sequence[ImageLike], *, boxes: Sequence[BoxLike | None] | None = None, top_k: int = 1
    ) -> list[Prediction]:
        """Predict images of any sizes.

        Args:
            images: Paths, the bytes of image files, Pillow images, or arrays: RGB, shape (height, width, 3), uint8.
                Each shows one sign, framed as in GTSRB: about 10 % of background on each side.
            boxes: Where the sign is in each, (x1, y1, x2, y2) in pixels, origin top left, x2 and y2 exclusive; the
                image is then cut to the box and GTSRB's margin. None takes the whole image.
            top_k: How many classes to tell of, at most all.

        Returns:
            In the order of `images`.

        Raises:
            ImageError: For the first image that does not decode or does not hold its box.
        """
        if isinstance(images, str | bytes | os.PathLike | Image.Image):
            raise TypeError(f"predict expects a list of images, got one {type(images).__name__}. Use predict_one.")
        if boxes is not None and len(boxes) != len(images):
            raise ValueError(f"Got {len(boxes)} boxes for {len(images)} images. Give one for each; None for no box.")
        predictions = []
        for prediction in self.predict_each(images, boxes=boxes, top_k=top_k):
            if isinstance(prediction, ImageError):
                raise prediction
            predictions.append(prediction)
        return predictions

    def predict_each(
        self, images: Iterable[ImageLike], *, boxes: Iterable[BoxLike | None] | None = None, top_k: int = 1
    ) -> Iterator[Prediction | ImageError]:
        """Predict images one batch after the other, in memory that does not grow with their number.

        Args:
            images: See `predict`; read when their batch is reached.
            boxes: See `predict`.
            top_k: See `predict`.

        Yields:
            For each image in order, what it shows, or why it could not be read.
        """
        if top_k < 1:
            raise ValueError(f"top_k is {top_k}. Expected at least 1.")
        numbered = enumerate(zip(images, repeat(None) if boxes is None else boxes, strict=False))
        while batch := list(islice(numbered, BATCH)):
            prepared = [self._prepare(image, box, f"Image {number}") for number, (image, box) in batch]
            good = [image for image in prepared if not isinstance(image, ImageError)]
            rows = iter(self.probabilities(np.stack(good)) if good else ())
            for image in prepared:
                yield image if isinstance(image, ImageError) else self._decide(next(rows), top_k)

    def probabilities(self, images: Float32Array) -> Float32Array:
        """Run the network.

        Args:
            images: Prepared, RGB, shape (count, image_size, image_size, 3), float32 in [0, 1].

        Returns:
            Shape (count, num_classes), float32.
        """
        from keras import ops

        # Called directly: `predict` would first trace a function, half a second for a single image.
        batches = (images[start : start + BATCH] for start in range(0, len(images), BATCH))
        parts = [ops.convert_to_numpy(self.network(batch, training=False)) for batch in batches]
        return np.concatenate(parts) if parts else np.empty((0, len(self.classes)), np.float32)

    def _prepare(self, image: ImageLike, box: BoxLike | None, name: str) -> Float32Image | ImageError:
        if isinstance(image, str | os.PathLike):
            name = os.fspath(image)
        try:
            pixels = _pixels(image, name)
            return prepare(pixels, self.metadata.as_preparation(), box)
        except ImageError as error:
            return error if name in str(error) else ImageError(f"{name}: {error}")

    def _decide(self, probabilities: Float32Array, top_k: int) -> Prediction:
        # Stable, so that of equal classes the lower number comes first, as with argmax.
        best = np.argsort(-probabilities, kind="stable")[:top_k].tolist()
        top = tuple(ClassProbability(index, self.classes[index].name, float(probabilities[index])) for index in best)
        return Prediction(top[0].class_id, top[0].name, top[0].probability, top)


def _pixels(image: ImageLike, name: str) -> UInt8Image:
    """Return RGB, shape (height, width, 3), uint8, whatever the image came as."""
    if isinstance(image, np.ndarray):
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:  # noqa: PLR2004 - RGB
            raise ImageError(
                f"{name} is an array of shape {image.shape} and type {image.dtype}. "
                "Expected RGB, shape (height, width, 3), uint8."
            )
        return image
    if isinstance(image, Image.Image):
        try:
            return to_rgb(image)
        except (OSError, SyntaxError, ValueError) as error:
            # Pillow reads the pixels only now.
            raise ImageError(f"{name} does not decode ({error}). Expected a whole image.") from error
    if isinstance(image, bytes):
        return decode_image(image, name=name)
    return read_image(Path(image))
