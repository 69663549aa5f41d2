"""From uploads to predictions: decoding and recognising a batch. Runs in the batcher's threads."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from roadsigns.errors import ImageError
from roadsigns.explanation.explain import Explainable
from roadsigns.inference.inputs import ImageLike
from roadsigns.inference.prediction import Prediction
from roadsigns.model_files.model_file import ModelMetadata
from roadsigns.preprocessing.decode import decode_image
from roadsigns.serving.batcher import LaterResult
from roadsigns.types import UInt8Image

__all__ = ["Box", "Outcome", "RecognizerLike", "Upload", "Worker"]

Box: TypeAlias = tuple[int, int, int, int]
Outcome: TypeAlias = Prediction | ImageError

# Decoded in the batch's own thread: a crop of a sign, or a small photograph, in at most about 10 ms. A larger image
# would hold up the rest of its batch.
BATCH_PIXELS = 500_000


class RecognizerLike(Explainable, Protocol):
    """The part of `Recognizer` that the service uses."""

    @property
    def metadata(self) -> ModelMetadata:
        """The model file's metadata."""

    def predict_each(
        self, images: Iterable[ImageLike], *, boxes: Iterable[Box | None] | None = None, top_k: int = 1
    ) -> Iterator[Outcome]:
        """See `Recognizer.predict_each`."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One image as it was sent.

    Attributes:
        content: The bytes of an image file.
        box: Where the sign is, (x1, y1, x2, y2) in pixels, x2 and y2 exclusive; None for the whole image.
        top_k: How many classes to return.
        file: The file name that was sent with it.
    """

    content: bytes
    box: Box | None = None
    top_k: int = 1
    file: str | None = None


class Worker:
    """Recognises batches of uploads.

    Args:
        recognizer: Called from several threads.
        max_pixels: Largest image, width times height.
    """

    def __init__(self, recognizer: RecognizerLike, *, max_pixels: int) -> None:
        self._recognizer = recognizer
        self._max_pixels = max_pixels
        # A single thread, so that only one large image is in memory, however many wait: 50 megapixels are 150 MB.
        self._slow = ThreadPoolExecutor(1, thread_name_prefix="large")

    def recognize(self, uploads: Sequence[Upload]) -> list[Outcome | LaterResult[Outcome]]:
        """Recognise a batch. Large images, and what does not decode, get their results later from another thread."""
        images: list[UInt8Image] = []
        places: list[int] = []
        results: list[Outcome | LaterResult[Outcome] | None] = [None] * len(uploads)
        for place, upload in enumerate(uploads):
            try:
                images.append(decode_image(upload.content, max_pixels=BATCH_PIXELS))
                places.append(place)
            except Exception:
                # Whatever it is, it is the fault of this upload, and not of the others; it is raised again there.
                results[place] = self._slow.submit(self._recognize_alone, upload)
        chosen = [uploads[place] for place in places]
        for place, prediction in zip(places, self._predict(images, chosen), strict=True):
            results[place] = prediction
        return [result for result in results if result is not None]

    def close(self) -> None:
        """End the thread."""
        self._slow.shutdown()

    def _recognize_alone(self, upload: Upload) -> Outcome:
        try:
            image = decode_image(upload.content, max_pixels=self._max_pixels)
        except ImageError as error:
            return error
        return self._predict([image], [upload])[0]

    def _predict(self, images: list[UInt8Image], uploads: list[Upload]) -> list[Outcome]:
        if not images:
            return []
        boxes = [upload.box for upload in uploads]
        top_k = max(upload.top_k for upload in uploads)
        return list(self._recognizer.predict_each(images, boxes=boxes, top_k=top_k))
