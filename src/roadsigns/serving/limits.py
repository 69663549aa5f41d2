"""The limits of the service: sizes, counts and timeouts."""

from dataclasses import dataclass

from roadsigns.errors import ServiceError
from roadsigns.wording import counted

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the service.

    Attributes:
        request_bytes: Largest body of a request. A phone's photograph has 2 to 8 MB.
        image_pixels: Largest image, width times height. Phones take 12 to 24 million, some 50.
        images: Most images per request.
        queue: Most images that wait or are being computed; requests beyond it get 429.
        held_bytes: Most bytes of all bodies together in memory; requests beyond it get 429.
        connections: Most open connections; requests beyond it get 503 from uvicorn.
        batch: Largest batch.
        batch_wait_seconds: How long the first image of a batch waits for others while the machine is idle.
        body_seconds: How long a body may take to arrive.
        answer_seconds: How long a request waits for its predictions.
        idle_seconds: How long an unused connection stays open.
        stop_seconds: How long shutting down waits for requests. Longer than a body and its predictions may take.

    Raises:
        ServiceError: If the queue could never hold the images of one request.
    """

    request_bytes: int = 16_000_000
    image_pixels: int = 50_000_000
    images: int = 64
    queue: int = 512
    held_bytes: int = 256_000_000
    connections: int = 2048
    batch: int = 32
    batch_wait_seconds: float = 0.002
    body_seconds: float = 60.0
    answer_seconds: float = 30.0
    idle_seconds: int = 30
    stop_seconds: int = 100

    def __post_init__(self) -> None:
        if self.images > self.queue:
            raise ServiceError(
                f"A queue of {counted(self.queue, 'image')} cannot hold a request of {counted(self.images, 'image')}.",
                expected="a queue at least as long as the largest request",
                hint="Raise --queue or lower --max-images.",
            )
