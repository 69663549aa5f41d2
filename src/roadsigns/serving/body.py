"""Reading a request's body within its limits: of bytes, of all bytes in memory, of time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from roadsigns.serving.errors import ApiError
from roadsigns.serving.limits import Limits

__all__ = ["BodyReader", "Held"]

CLIENT_LEFT = 499
RETRY_SECONDS = "1"


class Held:
    """How many bytes of one request's body are counted as held."""

    def __init__(self) -> None:
        self.size = 0


class BodyReader:
    """Reads bodies and counts what is in memory. Belongs to one event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held_bytes = 0

    @contextmanager
    def hold(self) -> Iterator[Held]:
        """Count what is read within as held until the end of the block."""
        held = Held()
        try:
            yield held
        finally:
            self._held_bytes -= held.size

    async def read(self, request: Request, held: Held) -> bytes:
        """Read a body to its end.

        Raises:
            ApiError: If it is too large, too slow, or comes when too much is held, or the client leaves.
        """
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self._limits.request_bytes:
            raise self._too_large(f"A body of {declared} bytes")
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                return await self._collect(request, held)
        except TimeoutError as error:
            raise ApiError(
                408,
                f"{held.size} bytes of a body that did not end in time.",
                f"A whole body within {self._limits.body_seconds:g} s, "
                f"and never {self._limits.pause_seconds:g} s of silence.",
                "Send it again, faster or smaller.",
                close=True,
            ) from error

    async def _collect(self, request: Request, held: Held) -> bytes:
        chunks: list[bytes] = []
        while True:
            async with asyncio.timeout(self._limits.pause_seconds):
                message = await request.receive()
            if message["type"] == "http.disconnect":
                raise ApiError(CLIENT_LEFT, "The client left.", "A whole body.", "Send it again.", close=True)
            chunk: bytes = message.get("body", b"")
            held.size += len(chunk)
            self._held_bytes += len(chunk)
            if held.size > self._limits.request_bytes:
                raise self._too_large(f"A body of more than {self._limits.request_bytes} bytes")
            if self._held_bytes > self._limits.held_bytes:
                raise ApiError(
                    429,
                    f"A request while bodies of {self._limits.held_bytes} bytes are in work already.",
                    "Fewer or smaller requests at once.",
                    f"Send it again in {RETRY_SECONDS} s.",
                    headers={"Retry-After": RETRY_SECONDS},
                )
            chunks.append(chunk)
            if not message.get("more_body", False):
                return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _too_large(self, came: str) -> ApiError:
        return ApiError(
            413,
            f"{came}.",
            f"At most {self._limits.request_bytes} bytes.",
            "Cut the signs out, scale the images down, or send fewer at once.",
        )
