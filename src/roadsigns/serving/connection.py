"""A client's connection: uvicorn's protocol, with patience that ends and refusals in JSON.

uvicorn waits without end for a request's head, takes headers of any length, and forgets the answer of a client that
has closed its own direction.
"""

import asyncio
import socket
import uuid
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from roadsigns.serving.errors import Explanation, error_body
from roadsigns.serving.limits import Limits

__all__ = ["connection_class"]

# As Apache and nginx allow in sum, and more than any browser sends.
HEAD_BYTES = 65_536
# How many times the largest body is still read, and dropped, after a refusal.
DROPPED_BODIES = 4


class Connection(HttpToolsProtocol):
    """One connection of one client."""

    limits: Limits

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None
        self._awaits_head = True
        self._head_bytes = 0
        self._dropped_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a first request."""
        super().connection_made(transport)
        self._wait(self._head_is_late)
        plain = transport.get_extra_info("socket")
        if plain is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
            # A client that vanished, or reads no more, would keep an answer in memory for a quarter of an hour.
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(self.limits.answer_seconds * 1000))

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; a head that has begun must end in time and be of bounded length."""
        if self._awaits_head:
            self._head_bytes += len(data)
            if self._timer is None:
                self._wait(self._head_is_late)
        super().data_received(data)
        if self._head_bytes > HEAD_BYTES:
            self._refuse(
                b"431 Request Header Fields Too Large",
                f"More than {HEAD_BYTES} bytes of headers.",
                f"At most {HEAD_BYTES} bytes before the body.",
                "Send fewer or shorter headers.",
            )

    def on_headers_complete(self) -> None:
        """Begin a request."""
        self._stop_waiting()
        self._awaits_head = False
        self._head_bytes = self._dropped_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body; what comes after the answer is dropped, up to a bound."""
        super().on_body(body)
        if self.cycle.response_complete:
            self._dropped_bytes += len(body)
            if self._dropped_bytes > DROPPED_BODIES * self.limits.request_bytes:
                self.transport.close()

    def on_message_complete(self) -> None:
        """End a request; what follows is a head."""
        super().on_message_complete()
        self._awaits_head = True
        if self.cycle.response_complete:
            self._wait(self._head_is_late)

    def on_response_complete(self) -> None:
        """End an answer.

        The rest of a refused body may still be on its way: closing at once would tear the answer from the client.
        """
        super().on_response_complete()
        if self._awaits_head or not self.cycle.response_complete or self.transport.is_closing():
            return
        if self.expect_100_continue:
            # That body may never come, and what comes instead must not be taken for it.
            self.transport.close()
        else:
            self._unset_keepalive_if_required()
            self._wait(self.transport.close)

    def eof_received(self) -> bool | None:  # type: ignore[override]
        """Answer a client that has closed its own direction after a whole request."""
        if self.cycle is not None and not self.cycle.more_body and not self.cycle.response_complete:
            self.cycle.keep_alive = False
            return True
        return None

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._refuse(
            b"400 Bad Request",
            "Bytes that are no HTTP/1.1 request.",
            "A request.",
            "Use an HTTP client; http, not https.",
        )

    def _wait(self, then: Callable[[], None]) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(self.limits.head_seconds, then)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _head_is_late(self) -> None:
        self._timer = None
        if self._head_bytes == 0:
            self.transport.close()
            return
        self._refuse(
            b"408 Request Timeout",
            "A request whose headers did not end.",
            f"All headers within {self.limits.head_seconds:g} s.",
            "Send it again.",
        )

    def _refuse(self, status: bytes, came: str, expected: str, to_do: str) -> None:
        """Answer outside of any request, and end the connection."""
        if self.transport.is_closing():
            return
        request_id = uuid.uuid4().hex
        self.logger.warning("%s %s request_id %s", status.decode(), came, request_id)
        body = error_body(Explanation(came, expected, to_do), request_id)
        head = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        self.transport.write(head % (status, len(body)) + body)
        self.transport.close()


def connection_class(limits: Limits) -> type[Connection]:
    """Return the class of connections with these limits, as uvicorn wants it."""
    return type("LimitedConnection", (Connection,), {"limits": limits})
