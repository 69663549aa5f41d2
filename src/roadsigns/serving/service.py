"""Handling of requests: read the body, queue the images, return the predictions as JSON values."""

import asyncio
from typing import Any

from starlette.requests import Request

from roadsigns.errors import ImageError
from roadsigns.page.static import has_drawing
from roadsigns.serving.batcher import Batcher, QueueFullError
from roadsigns.serving.errors import ApiError, explain
from roadsigns.serving.limits import Limits
from roadsigns.serving.metrics import Metrics
from roadsigns.serving.middleware import note
from roadsigns.serving.requests.body import BodyReader
from roadsigns.serving.requests.uploads import parse_uploads, require_media_type
from roadsigns.serving.worker import Outcome, RecognizerLike, Upload, Worker
from roadsigns.types import SignClass, at_label
from roadsigns.version import __version__

__all__ = ["Service"]


class Service:
    """One model behind one queue. Belongs to one event loop.

    Args:
        recognizer: Called from several threads.
        name: The model's name in responses.
        limits: The service's limits.
    """

    def __init__(self, recognizer: RecognizerLike, *, name: str, limits: Limits) -> None:
        self.limits = limits
        self.classes = recognizer.classes
        self.signs = [_sign_values(sign) for sign in recognizer.classes]
        self.stopping = False
        self.metrics = Metrics(lambda: self._batcher.unanswered)
        self._metadata = recognizer.metadata
        self._rule = recognizer.rule
        self._name = name
        self._bodies = BodyReader(limits)
        self._worker = Worker(recognizer, max_pixels=limits.image_pixels)
        self._batcher: Batcher[Upload, Outcome] = Batcher(
            self._worker.recognize,
            largest=limits.batch,
            wait_seconds=limits.batch_wait_seconds,
            limit=limits.queue,
            observe=self.metrics.batch,
        )

    @property
    def full(self) -> bool:
        """Whether the queue has no room for even one image."""
        return self._batcher.full

    async def predict(self, request: Request, *, top_k: int, box: str | None) -> dict[str, Any]:
        """Answer a request with `schemas.PredictResponse`.

        Raises:
            ApiError: If it cannot be answered.
            ClientDisconnect: If the client closes the connection before the end of the body.
        """
        require_media_type(request)
        if self.full:
            # Before anything is spent on it, so that refused requests do not slow down those that wait.
            raise self._queue_full(self._batcher.retry_seconds)
        with self._bodies.hold() as held:
            body = await self._bodies.read(request, held)
            uploads = await parse_uploads(request, body, top_k=top_k, box=box, limits=self.limits)
            note(request.scope, images=len(uploads), bytes=len(body))
            outcomes = await self._recognize(uploads)
        errors = [outcome for outcome in outcomes if isinstance(outcome, ImageError)]
        self.metrics.images(read=len(outcomes) - len(errors), unread=len(errors))
        if len(errors) == len(outcomes):
            raise _none_read(uploads, errors)
        return {"predictions": [self._result(*pair) for pair in zip(uploads, outcomes, strict=True)]}

    def describe(self) -> dict[str, Any]:
        """Return `schemas.ModelResponse`."""
        names = ("network", "recipe", "preparation", "image_size", "source", "weights_sha256")
        limits = ("request_bytes", "image_pixels", "images")
        return {
            "model": self._name,
            **{name: getattr(self._metadata, name) for name in names},
            "unknown_kinds": list(self._rule.unknown_kinds),
            "known_threshold": self._rule.threshold,
            "version": __version__,
            "limits": {name: getattr(self.limits, name) for name in limits},
            "classes": self.signs,
        }

    async def close(self) -> None:
        """Finish the images that are in the queue."""
        self.stopping = True
        await self._batcher.close()
        self._worker.close()

    async def _recognize(self, uploads: list[Upload]) -> list[Outcome]:
        try:
            results = self._batcher.submit(uploads)
        except QueueFullError as error:
            raise self._queue_full(error.retry_seconds) from error
        try:
            async with asyncio.timeout(self.limits.answer_seconds):
                return await asyncio.gather(*results)
        except TimeoutError as error:
            raise ApiError(
                503,
                f"The service is too busy: it had no predictions within {self.limits.answer_seconds:g} s.",
                hint="Send the request again later.",
                headers={"Retry-After": "10"},
            ) from error

    def _queue_full(self, retry_seconds: int) -> ApiError:
        return ApiError(
            429,
            f"The service is busy: {self._batcher.unanswered} of at most {self.limits.queue} images are in its queue.",
            hint=f"Send the request again in {retry_seconds} s.",
            headers={"Retry-After": str(retry_seconds)},
        )

    def _result(self, upload: Upload, outcome: Outcome) -> dict[str, Any]:
        if isinstance(outcome, ImageError):
            return {"file": upload.file, "error": explain(outcome.about(upload.file))}
        values = outcome.as_dict()
        # A batch is computed with the largest top_k of its requests.
        top_k = [self._with_sign(entry) for entry in values["top_k"][: upload.top_k]]
        return {"file": upload.file, **self._with_sign(values), "top_k": top_k}

    def _with_sign(self, values: dict[str, Any]) -> dict[str, Any]:
        class_id = values["class_id"]
        return {**(at_label(self.signs, class_id) or _sign_values(SignClass(class_id, ""))), **values}


def _sign_values(sign: SignClass) -> dict[str, Any]:
    """Return `schemas.SignClass`."""
    return {
        "class_id": sign.class_id,
        "name": sign.name,
        "name_de": sign.name_de,
        "sign_number": sign.sign_number,
        "drawing": f"/v1/signs/{sign.class_id}.svg" if has_drawing(sign) else None,
    }


def _none_read(uploads: list[Upload], errors: list[ImageError]) -> ApiError:
    first = errors[0]
    count = f"None of the {len(errors)} images can be read. The first: " if len(errors) > 1 else ""
    return ApiError(422, count + first.problem, expected=first.expected, hint=first.hint, subject=uploads[0].file)
