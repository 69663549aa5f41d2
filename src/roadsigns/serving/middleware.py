"""Middleware for every request: its id, its log line, its metrics, and headers that make browsers strict."""

import re
import time
import uuid

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roadsigns.serving.errors import ApiError, error_response
from roadsigns.serving.logs import Logger
from roadsigns.serving.metrics import Metrics

__all__ = ["RequestContextMiddleware", "note", "request_id_of"]

PROXY_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
LONGEST_PATH = 200
# As nginx logs it: the client closed the connection, so no response is sent.
CLIENT_CLOSED_REQUEST = 499
# Monitoring asks for these every few seconds.
QUIET_ROUTES = frozenset({"/health", "/ready", "/metrics"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
RAW_HEADERS = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in HEADERS.items()]


class RequestContextMiddleware:
    """ASGI middleware that gives each request an id, logs it and counts it."""

    def __init__(self, app: ASGIApp, *, logger: Logger, metrics: Metrics) -> None:
        self._app = app
        self._logger = logger
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request. An unexpected exception becomes a 500, and the service continues."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        notes: dict[str, object] = {"request_id": request_id}
        scope["roadsigns"] = notes
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"]
                present = {name for name, _ in headers}
                headers += [header for header in RAW_HEADERS if header[0] not in present]
                headers.append((b"x-request-id", request_id.encode("latin-1")))
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            status = CLIENT_CLOSED_REQUEST
        except Exception as error:
            self._logger.exception("fault", request_id=request_id, exc_info=error)
            if status:
                raise
            await error_response(_server_error(), request_id)(scope, receive, send_with_headers)
        finally:
            self._record(scope, status, time.perf_counter() - started, notes)

    def _record(self, scope: Scope, status: int, seconds: float, notes: dict[str, object]) -> None:
        route = getattr(scope.get("route"), "path", "none")
        self._metrics.request(scope["method"], route, status, seconds)
        log = self._logger.debug if route in QUIET_ROUTES else self._logger.info
        log(
            "request",
            method=scope["method"],
            path=scope["path"][:LONGEST_PATH],
            status=status,
            ms=round(seconds * 1000, 2),
            client=(scope.get("client") or ("",))[0],
            **notes,
        )


def request_id_of(scope: Scope) -> str:
    """Return a request's id."""
    return str(scope["roadsigns"]["request_id"])


def note(scope: Scope, **values: object) -> None:
    """Add fields to a request's log line."""
    scope["roadsigns"].update(values)


def _request_id(scope: Scope) -> str:
    """Return the id that a proxy set, or a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and PROXY_ID.fullmatch(value):
            return str(value.decode("ascii"))
    return uuid.uuid4().hex


def _server_error() -> ApiError:
    return ApiError(
        500,
        "The service failed because of an error of its own.",
        hint="Try again. If it happens again, report it with the request_id, under which the service's log says more.",
        headers={"Connection": "close"},
    )
