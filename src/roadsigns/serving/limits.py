"""What the service takes at once and how long it waits: one value for every bound."""

from dataclasses import dataclass

from roadsigns.errors import ServiceError

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the service.

    Attributes:
        request_bytes: Largest body of one request. A phone's photograph has 2 to 8 MB.
        image_pixels: Largest image, width times height. Phones make 12 to 24 million, some 50.
        images: Most images in one request.
        queue: Most images that were taken and are not yet answered; what comes above it gets 429.
        held_bytes: Most bytes of all bodies together that are in memory; what comes above it gets 429.
        batch: Most images computed together.
        batch_wait_seconds: How long the first image of a batch waits for others when the machine is idle.
        head_seconds: How long a client may take to send a request's line and headers.
        pause_seconds: The longest silence within a body.
        body_seconds: How long a whole body may take.
        answer_seconds: How long a request waits for its predictions.
        idle_seconds: How long a connection is kept between two requests.
        stop_seconds: How long a stop waits for what was taken. More than a body and its answer may take.

    Raises:
        ServiceError: If the queue could never hold the images of one request.
    """

    request_bytes: int = 16_000_000
    image_pixels: int = 50_000_000
    images: int = 64
    queue: int = 512
    held_bytes: int = 256_000_000
    batch: int = 32
    batch_wait_seconds: float = 0.002
    head_seconds: float = 10.0
    pause_seconds: float = 10.0
    body_seconds: float = 60.0
    answer_seconds: float = 30.0
    idle_seconds: int = 30
    stop_seconds: int = 100

    def __post_init__(self) -> None:
        if self.images > self.queue:
            raise ServiceError(
                f"A queue of {self.queue} images cannot hold the {self.images} that one request may have. "
                "Expected a longer queue or fewer images a request; see --queue and --max-images."
            )
