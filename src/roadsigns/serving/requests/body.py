"""Reading a request's body, with limits on its size, on its duration and on the memory of all bodies together."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from roadsigns.serving.errors import ApiError
from roadsigns.serving.limits import Limits

__all__ = ["BodyReader", "HeldBytes"]

RETRY_SECONDS = "1"


class HeldBytes:
    """How many bytes of one request's body are in memory."""

    def __init__(self) -> None:
        self.size = 0


class BodyReader:
    """Reads bodies and counts how many bytes of them are in memory. Belongs to one event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held_bytes = 0

    @contextmanager
    def hold(self) -> Iterator[HeldBytes]:
        """Count what is read in this block as held, until the block ends."""
        held = HeldBytes()
        try:
            yield held
        finally:
            self._held_bytes -= held.size

    async def read(self, request: Request, held: HeldBytes) -> bytes:
        """Read a body to its end.

        Raises:
            ApiError: If it is too large, takes too long, or there are too many bytes of others in memory.
            ClientDisconnect: If the client closes the connection before the end.
        """
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self._limits.request_bytes:
            raise self._too_large(f"The body has {declared} bytes.")
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                return await self._collect(request, held)
        except TimeoutError as error:
            raise ApiError(
                408,
                f"The body did not arrive in time: only {held.size} bytes of it arrived.",
                expected=f"the whole body within {self._limits.body_seconds:g} s",
                hint="Send it again over a faster connection, or send less.",
                headers={"Connection": "close"},
            ) from error

    async def _collect(self, request: Request, held: HeldBytes) -> bytes:
        chunks: list[bytes] = []
        async for chunk in request.stream():
            held.size += len(chunk)
            self._held_bytes += len(chunk)
            if held.size > self._limits.request_bytes:
                raise self._too_large(f"The body has more than {self._limits.request_bytes} bytes.")
            if self._held_bytes > self._limits.held_bytes:
                raise ApiError(
                    429,
                    "The service is busy: its memory for requests is full.",
                    hint=f"Send the request again in {RETRY_SECONDS} s.",
                    headers={"Retry-After": RETRY_SECONDS},
                )
            chunks.append(chunk)
        return b"".join(chunks)

    def _too_large(self, problem: str) -> ApiError:
        return ApiError(
            413,
            problem,
            expected=f"at most {self._limits.request_bytes} bytes",
            hint="Crop the images to the signs, scale them down, or send fewer per request.",
        )
