"""Metrics for Prometheus."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from roadsigns.detection.detected import DetectedSign

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """The metrics of one service, in a registry of their own.

    Args:
        unanswered: Returns how many images are in the queue or being computed.
    """

    def __init__(self, unanswered: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._requests = Counter(
            "roadsigns_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "roadsigns_request_seconds",
            "Time from a request's headers to the end of its response.",
            ("route",),
            registry=self._registry,
            buckets=SECONDS,
        )
        self._images = Counter(
            "roadsigns_images", "Images, by whether they could be read.", ("result",), registry=self._registry
        )
        self._signs = Counter(
            "roadsigns_found_signs", "Signs found in photographs, by decision.", ("decision",), registry=self._registry
        )
        self._batches = Histogram("roadsigns_batch_images", "Batch sizes.", registry=self._registry, buckets=SIZES)
        waiting = Gauge(
            "roadsigns_unanswered_images", "Images in the queue or being computed.", registry=self._registry
        )
        waiting.set_function(unanswered)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def images(self, *, read: int, unread: int) -> None:
        """Count images."""
        self._images.labels("read").inc(read)
        self._images.labels("unread").inc(unread)

    def signs(self, signs: Iterable[DetectedSign]) -> None:
        """Count the signs that were found in a photograph."""
        for sign in signs:
            self._signs.labels(sign.prediction.decision or "none").inc()

    def batch(self, size: int) -> None:
        """Count a batch."""
        self._batches.observe(size)

    def exposition(self) -> bytes:
        """Return all metrics in Prometheus's text format."""
        return generate_latest(self._registry)
