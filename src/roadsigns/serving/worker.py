"""Uploads to results: decoding, checking and recognising a batch. Runs in the batcher's threads."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from roadsigns.errors import ImageError
from roadsigns.inference.inputs import ImageLike
from roadsigns.inference.prediction import Prediction
from roadsigns.model_files.model_file import ModelMetadata
from roadsigns.preprocessing.decode import decode_image
from roadsigns.serving.batcher import LaterResult
from roadsigns.types import SignClass, UInt8Image

__all__ = ["Box", "Reader", "Reading", "Recognizes", "Upload"]

Box: TypeAlias = tuple[int, int, int, int]
Reading: TypeAlias = Prediction | ImageError

# What an image is called in an error; the answer names its file beside it.
NAME = "The image"
# Decoded in the batch's own thread: a crop of a sign, or a small photograph, in at most about 10 ms. What is larger
# would hold up those it came with.
BATCH_PIXELS = 500_000


class Recognizes(Protocol):
    """What the service needs of a `Recognizer`."""

    @property
    def metadata(self) -> ModelMetadata:
        """What the model file says of itself."""

    @property
    def classes(self) -> tuple[SignClass, ...]:
        """In label order."""

    def predict_each(
        self, images: Iterable[ImageLike], *, boxes: Iterable[Box | None] | None = None, top_k: int = 1
    ) -> Iterator[Reading]:
        """See `Recognizer.predict_each`."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One image as it came.

    Attributes:
        content: The bytes of an image file.
        box: Where the sign is, (x1, y1, x2, y2) in pixels, x2 and y2 exclusive; None for the whole image.
        top_k: How many classes to tell of.
        file: The file name it came with.
    """

    content: bytes
    box: Box | None = None
    top_k: int = 1
    file: str | None = None


class Reader:
    """Recognises batches of uploads.

    Args:
        recognizer: Called from several threads.
        max_pixels: Largest image.
    """

    def __init__(self, recognizer: Recognizes, *, max_pixels: int) -> None:
        self._recognizer = recognizer
        self._max_pixels = max_pixels
        # One at a time, so that only one large picture is in memory, however many wait: 50 megapixels are 150 MB.
        self._slow = ThreadPoolExecutor(1, thread_name_prefix="large")

    def read(self, uploads: Sequence[Upload]) -> list[Reading | LaterResult[Reading]]:
        """Recognise a batch. What is large, or does not decode, comes later, from a thread of its own."""
        images: list[UInt8Image] = []
        places: list[int] = []
        results: list[Reading | LaterResult[Reading] | None] = [None] * len(uploads)
        for place, upload in enumerate(uploads):
            try:
                images.append(decode_image(upload.content, name=NAME, max_pixels=BATCH_PIXELS))
                places.append(place)
            except ImageError:
                results[place] = self._slow.submit(self._read_alone, upload)
        chosen = [uploads[place] for place in places]
        for place, prediction in zip(places, self._predict(images, chosen), strict=True):
            results[place] = prediction
        return [result for result in results if result is not None]

    def close(self) -> None:
        """End the thread."""
        self._slow.shutdown()

    def _read_alone(self, upload: Upload) -> Reading:
        try:
            image = decode_image(upload.content, name=NAME, max_pixels=self._max_pixels)
        except ImageError as error:
            return error
        return self._predict([image], [upload])[0]

    def _predict(self, images: list[UInt8Image], uploads: list[Upload]) -> list[Reading]:
        if not images:
            return []
        boxes = [upload.box for upload in uploads]
        top_k = max(upload.top_k for upload in uploads)
        return list(self._recognizer.predict_each(images, boxes=boxes, top_k=top_k))
