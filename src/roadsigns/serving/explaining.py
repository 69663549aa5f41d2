"""From uploads to explanations. Runs in the batcher's threads."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from roadsigns.errors import ImageError
from roadsigns.explanation.explanation import Explanation
from roadsigns.preprocessing.decode import decode_image
from roadsigns.serving.worker import Upload

__all__ = ["LARGEST_BATCH", "Explain", "ExplainWorker", "Explained"]

Explained: TypeAlias = Explanation | ImageError
# `explanation.explain_image` of a model. Called from several threads.
Explain: TypeAlias = Callable[..., Explanation]

# An explanation takes some 200 runs of the network, as many as several batches of images.
LARGEST_BATCH = 1


class ExplainWorker:
    """Explains uploads.

    Args:
        explain: Called from several threads.
        max_pixels: Largest image, width times height.
    """

    def __init__(self, explain: Explain, *, max_pixels: int) -> None:
        self._explain = explain
        self._max_pixels = max_pixels

    def explain(self, uploads: Sequence[Upload]) -> list[Explained]:
        """Explain each upload; an image that cannot be read has its error instead."""
        return [self._explain_one(upload) for upload in uploads]

    def _explain_one(self, upload: Upload) -> Explained:
        try:
            image = decode_image(upload.content, max_pixels=self._max_pixels)
            return self._explain(image, box=upload.box, top_k=upload.top_k)
        except ImageError as error:
            return error
