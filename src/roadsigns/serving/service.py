"""Requests to answers: everything between a body and its JSON."""

import asyncio
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from roadsigns.errors import ImageError
from roadsigns.inference.prediction import Prediction
from roadsigns.page.static import has_drawing
from roadsigns.serving.batcher import Batcher, QueueFullError
from roadsigns.serving.body import BodyReader
from roadsigns.serving.errors import Refusal, explain_image_error
from roadsigns.serving.limits import Limits
from roadsigns.serving.metrics import Metrics
from roadsigns.serving.middleware import note
from roadsigns.serving.uploads import parse_uploads, require_media_type
from roadsigns.serving.worker import Reader, Reading, Recognizes, Upload
from roadsigns.types import SignClass
from roadsigns.version import __version__

__all__ = ["Service"]

UNREADABLE = 422


class Service:
    """One model behind one queue. Belongs to one event loop.

    Args:
        recognizer: Called from several threads.
        name: What the model is called in answers.
        limits: What is taken at once.
    """

    def __init__(self, recognizer: Recognizes, *, name: str, limits: Limits) -> None:
        self.limits = limits
        self.classes = recognizer.classes
        self.stopping = False
        self._metadata = recognizer.metadata
        self._name = name
        self.metrics = Metrics(lambda: self._batcher.unanswered)
        self._bodies = BodyReader(limits)
        self._reader = Reader(recognizer, max_pixels=limits.image_pixels)
        self._batcher: Batcher[Upload, Reading] = Batcher(
            self._reader.read,
            largest=limits.batch,
            wait_seconds=limits.batch_wait_seconds,
            limit=limits.queue,
            observe=self.metrics.batch,
        )
        self._signs = [_sign_values(sign) for sign in recognizer.classes]

    @property
    def busy(self) -> bool:
        """Whether a new image would be refused, or the service is stopping."""
        return self.stopping or self._batcher.full

    async def predict(self, request: Request, *, top_k: int, box: str | None) -> dict[str, Any]:
        """Answer a request with `answers.PredictAnswer`.

        Raises:
            Refusal: If it cannot be answered.
        """
        require_media_type(request)
        if self._batcher.full:
            # Before anything is spent on it: those who are refused must not slow down those who wait.
            raise self._refuse("A request", self._batcher.retry_seconds)
        with self._bodies.hold() as held:
            body = await self._bodies.read(request, held)
            uploads = await parse_uploads(request, body, top_k=top_k, box=box, limits=self.limits)
            note(request.scope, images=len(uploads), bytes=len(body))
            readings = await self._recognize(uploads)
        unread = sum(isinstance(reading, ImageError) for reading in readings)
        self.metrics.images(read=len(readings) - unread, unread=unread)
        if unread == len(readings):
            raise _none_read(readings)
        return {"predictions": [self._values(*pair) for pair in zip(uploads, readings, strict=True)]}

    def describe(self) -> dict[str, Any]:
        """Return `answers.ModelAnswer`."""
        names = ("network", "recipe", "preparation", "image_size", "source", "weights_sha256")
        limits = ("request_bytes", "image_pixels", "images")
        return {
            "model": self._name,
            **{name: getattr(self._metadata, name) for name in names},
            "version": __version__,
            "limits": {name: getattr(self.limits, name) for name in limits},
            "classes": self._signs,
        }

    async def close(self) -> None:
        """Finish what was taken."""
        self.stopping = True
        await self._batcher.close()
        self._reader.close()

    async def _recognize(self, uploads: list[Upload]) -> list[Reading]:
        try:
            results = self._batcher.submit(uploads)
        except QueueFullError as error:
            came = f"{len(uploads)} image{'s' * (len(uploads) > 1)}"
            raise self._refuse(came, error.retry_seconds) from error
        try:
            async with asyncio.timeout(self.limits.answer_seconds):
                return await asyncio.gather(*results)
        except TimeoutError as error:
            raise Refusal(
                503,
                f"A request that was not answered within {self.limits.answer_seconds:g} s.",
                "A machine that is less busy.",
                "Send it again later.",
                headers={"Retry-After": "10"},
            ) from error

    def _refuse(self, came: str, retry_seconds: int) -> Refusal:
        return Refusal(
            429,
            f"{came} while {self._batcher.unanswered} images wait already.",
            f"At most {self.limits.queue} images in work at once.",
            f"Send it again in {retry_seconds} s.",
            headers={"Retry-After": str(retry_seconds)},
        )

    def _values(self, upload: Upload, reading: Reading) -> dict[str, Any]:
        if isinstance(reading, ImageError):
            explanation = explain_image_error(reading)
            error = {"came": explanation.came, "expected": explanation.expected, "to_do": explanation.to_do}
            return {"file": upload.file, "error": error}
        top_k = [
            {**self._signs[entry.class_id], "probability": entry.probability} for entry in reading.top_k[: upload.top_k]
        ]
        return {"file": upload.file, **top_k[0], "top_k": top_k}


def _sign_values(sign: SignClass) -> dict[str, Any]:
    return {
        "class_id": sign.class_id,
        "name": sign.name,
        "name_de": sign.name_de,
        "sign_number": sign.sign_number,
        "drawing": f"/v1/signs/{sign.class_id}.svg" if has_drawing(sign) else None,
    }


def _none_read(readings: Sequence[Prediction | ImageError]) -> Refusal:
    first = next(reading for reading in readings if isinstance(reading, ImageError))
    explanation = explain_image_error(first)
    came = explanation.came
    if len(readings) > 1:
        came = f"{len(readings)} images, none of which can be read. Of the first: {came}"
    return Refusal(UNREADABLE, came, explanation.expected, explanation.to_do)
