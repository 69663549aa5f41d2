"""Handling of requests: read the body, queue the images, return the predictions as JSON values."""

from collections.abc import Sequence
from typing import Any, TypeVar

from starlette.requests import Request

from roadsigns.errors import ImageError
from roadsigns.serving.detecting import LARGEST_BATCH, Detected, DetectorLike, DetectWorker
from roadsigns.serving.errors import ApiError
from roadsigns.serving.explaining import LARGEST_BATCH as EXPLAINED_AT_ONCE
from roadsigns.serving.explaining import Explain, Explained, ExplainWorker
from roadsigns.serving.image_queue import ImageQueue
from roadsigns.serving.limits import Limits
from roadsigns.serving.metrics import Metrics
from roadsigns.serving.middleware import note
from roadsigns.serving.requests.body import BodyReader
from roadsigns.serving.requests.uploads import parse_uploads, require_media_type
from roadsigns.serving.results import Results
from roadsigns.serving.worker import Outcome, RecognizerLike, Upload, Worker
from roadsigns.version import __version__

__all__ = ["Service"]

AnyOutcome = TypeVar("AnyOutcome")


class Service:
    """One recogniser, and perhaps one detector, each behind a queue. Belongs to one event loop.

    Args:
        recognizer: Called from several threads.
        name: The model's name in responses.
        limits: The service's limits.
        explain: Explains an image, see `explanation.explain_image`. Called from several threads.
        detector: Called from several threads; None for a service that finds no signs.
        detector_name: Its name in responses.
    """

    def __init__(
        self,
        recognizer: RecognizerLike,
        *,
        name: str,
        limits: Limits,
        explain: Explain,
        detector: DetectorLike | None = None,
        detector_name: str = "",
    ) -> None:
        self.limits = limits
        self.classes = recognizer.classes
        self.results = Results(recognizer.classes)
        self.stopping = False
        self.metrics = Metrics(lambda: sum(queue.unanswered for queue in self._queues))
        self._metadata = recognizer.metadata
        self._rule = recognizer.rule
        self._name = name
        self._detector = None if detector is None else {"model": detector_name, "min_score": detector.min_score}
        self._bodies = BodyReader(limits)
        self._worker = Worker(recognizer, max_pixels=limits.image_pixels)
        self._predictions: ImageQueue[Outcome] = ImageQueue(
            self._worker.recognize, largest=limits.batch, limits=limits, metrics=self.metrics
        )
        explaining = ExplainWorker(explain, max_pixels=limits.image_pixels)
        self._explanations: ImageQueue[Explained] = ImageQueue(
            explaining.explain, largest=EXPLAINED_AT_ONCE, limits=limits, metrics=self.metrics
        )
        self._detections: ImageQueue[Detected] | None = None
        if detector is not None:
            detecting = DetectWorker(detector, max_pixels=limits.image_pixels)
            self._detections = ImageQueue(detecting.detect, largest=LARGEST_BATCH, limits=limits, metrics=self.metrics)

    @property
    def detects(self) -> bool:
        """Whether it has a detector."""
        return self._detections is not None

    @property
    def full(self) -> bool:
        """Whether a queue has no room for even one image."""
        return any(queue.full for queue in self._queues)

    async def predict(self, request: Request, *, top_k: int, box: str | None) -> dict[str, Any]:
        """Answer a request with `schemas.PredictResponse`.

        Raises:
            ApiError: If it cannot be answered.
            ClientDisconnect: If the client closes the connection before the end of the body.
        """
        uploads, outcomes = await self._answer(
            request, self._predictions, top_k=top_k, box=box, images=self.limits.images, boxes=True
        )
        return {"predictions": [self.results.of_image(*pair) for pair in zip(uploads, outcomes, strict=True)]}

    async def explain(self, request: Request, *, top_k: int, box: str | None) -> dict[str, Any]:
        """Answer a request with `schemas.ExplainResponse`.

        Raises:
            ApiError: If it cannot be answered.
            ClientDisconnect: If the client closes the connection before the end of the body.
        """
        uploads, outcomes = await self._answer(
            request, self._explanations, top_k=top_k, box=box, images=self.limits.images, boxes=True
        )
        return {"explanations": [self.results.of_explained(*pair) for pair in zip(uploads, outcomes, strict=True)]}

    async def detect(self, request: Request, *, top_k: int) -> dict[str, Any]:
        """Answer a request with `schemas.DetectResponse`.

        Raises:
            ApiError: If it cannot be answered.
            ClientDisconnect: If the client closes the connection before the end of the body.
        """
        if self._detections is None:
            raise ApiError(
                404,
                "This service has no detector, which finds the signs of a photograph.",
                hint="Start it with one: roadsigns serve --detector DETECTOR. Or send POST /v1/predict with a box.",
            )
        ((upload,), (found,)) = await self._answer(
            request, self._detections, top_k=top_k, box=None, images=1, boxes=False
        )
        # An image that cannot be read has been answered already.
        assert not isinstance(found, ImageError)
        self.metrics.signs(found.signs)
        return self.results.of_photograph(upload, found)

    def describe(self) -> dict[str, Any]:
        """Return `schemas.ModelResponse`."""
        names = ("network", "recipe", "preparation", "image_size", "source", "weights_sha256")
        limits = ("request_bytes", "image_pixels", "images")
        return {
            "model": self._name,
            **{name: getattr(self._metadata, name) for name in names},
            "unknown_kinds": list(self._rule.unknown_kinds),
            "known_threshold": self._rule.threshold,
            "keep": self._rule.keep,
            "coverage": self._rule.coverage,
            "detector": self._detector,
            "version": __version__,
            "limits": {name: getattr(self.limits, name) for name in limits},
            "classes": self.results.signs,
        }

    async def close(self) -> None:
        """Finish the images that are in the queues."""
        self.stopping = True
        for queue in self._queues:
            await queue.close()
        self._worker.close()

    @property
    def _queues(self) -> list[ImageQueue[Any]]:
        return [self._predictions, self._explanations, *([self._detections] if self._detections else [])]

    async def _answer(
        self, request: Request, queue: ImageQueue[AnyOutcome], *, top_k: int, box: str | None, images: int, boxes: bool
    ) -> tuple[list[Upload], list[AnyOutcome]]:
        """Return a request's images, and for each its outcome, of which at least one is no error."""
        require_media_type(request)
        queue.require_room()
        with self._bodies.hold() as held:
            body = await self._bodies.read(request, held)
            uploads = await parse_uploads(request, body, top_k=top_k, box=box, images=images, boxes=boxes)
            note(request.scope, images=len(uploads), bytes=len(body))
            outcomes = await queue.compute(uploads)
        errors = [outcome for outcome in outcomes if isinstance(outcome, ImageError)]
        self.metrics.images(read=len(outcomes) - len(errors), unread=len(errors))
        if len(errors) == len(outcomes):
            raise _none_read(uploads, errors)
        return uploads, outcomes


def _none_read(uploads: Sequence[Upload], errors: Sequence[ImageError]) -> ApiError:
    first = errors[0]
    count = f"None of the {len(errors)} images can be read. The first: " if len(errors) > 1 else ""
    return ApiError(422, count + first.problem, expected=first.expected, hint=first.hint, subject=uploads[0].file)
