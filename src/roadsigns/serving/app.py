"""The ASGI application: its addresses, and what is said at a wrong one."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from roadsigns.page.static import PAGE_FOLDER, drawing_file, has_drawing
from roadsigns.serving.errors import Refusal, refusal_response
from roadsigns.serving.limits import Limits
from roadsigns.serving.logs import Logger
from roadsigns.serving.metrics import CONTENT_TYPE
from roadsigns.serving.middleware import Around, note, request_id_of
from roadsigns.serving.openapi import openapi_document
from roadsigns.serving.query import TOP_K, parse_class_id, parse_options
from roadsigns.serving.service import Service
from roadsigns.serving.worker import Recognizes

__all__ = ["create_app"]

# An SVG opened by itself is a document: it may style itself and do nothing else.
DRAWING_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cache-Control": "max-age=3600",
}


def create_app(recognizer: Recognizes, *, name: str, logger: Logger, limits: Limits | None = None) -> Starlette:
    """Make the application.

    Args:
        recognizer: The model, loaded. Called from several threads.
        name: What it is called in answers.
        logger: Told of every request.
        limits: What is taken at once; None for the usual.
    """
    service = Service(recognizer, name=name, limits=limits or Limits())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await service.close()

    app = Starlette(
        routes=_routes(service),
        middleware=[Middleware(Around, logger=logger, metrics=service.metrics)],
        exception_handlers={Refusal: _refused, HTTPException: _missed},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.service = service
    return app


class Predict:
    """POST /v1/predict, an ASGI application itself: this is what is asked all the time."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            Refusal: If it cannot be answered.
        """
        request = Request(scope, receive)
        top_k, box = parse_options(request, classes=len(self._service.classes))
        values = await self._service.predict(request, top_k=top_k, box=box)
        await _json(values)(scope, receive, send)


def _routes(service: Service) -> list[BaseRoute]:
    document = openapi_document(service.limits, classes=len(service.classes), top_k=TOP_K)
    routes: list[BaseRoute] = [
        Route("/v1/predict", Predict(service), methods=["POST"]),
        _get("/v1/model", service.describe),
        Route("/v1/signs/{class_id}.svg", _drawings(service), methods=["GET"]),
        _get("/health", lambda: {"status": "alive"}),
        _get("/ready", lambda: _ready(service)),
        Route("/metrics", _metrics(service), methods=["GET"]),
        _get("/openapi.json", lambda: document),
        Route("/", _page, methods=["GET"]),
    ]
    if PAGE_FOLDER.is_dir():
        routes.append(Mount("/page", StaticFiles(directory=PAGE_FOLDER)))
    return routes


def _get(path: str, values: Callable[[], dict[str, Any]]) -> Route:
    """An address that answers with JSON."""

    async def answer(_: Request) -> Response:
        return _json(values())

    return Route(path, answer, methods=["GET"])


def _ready(service: Service) -> dict[str, Any]:
    if service.busy:
        raise Refusal(503, "A question whether new requests are welcome.", "A service with room.", "Ask again later.")
    return {"status": "ready"}


def _metrics(service: Service) -> Callable[[Request], Any]:
    async def metrics(_: Request) -> Response:
        return Response(service.metrics.exposition(), media_type=CONTENT_TYPE)

    return metrics


def _drawings(service: Service) -> Callable[[Request], Any]:
    async def drawing(request: Request) -> Response:
        class_id = parse_class_id(request.path_params["class_id"])
        if not 0 <= class_id < len(service.classes) or not has_drawing(service.classes[class_id]):
            raise Refusal(
                404,
                f"Class {class_id}.",
                "A class with a drawing.",
                "See the field 'drawing' of the classes in /v1/model.",
            )
        return FileResponse(
            drawing_file(service.classes[class_id]), media_type="image/svg+xml", headers=DRAWING_HEADERS
        )

    return drawing


async def _page(_: Request) -> Response:
    index = PAGE_FOLDER / "index.html"
    if not index.is_file():
        raise Refusal(404, "The page.", "A file 'index.html' in the package.", "Install roadsigns again.")
    return FileResponse(index, headers={"Cache-Control": "no-cache"})


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    note(request.scope, came=refusal.explanation.came)
    return refusal_response(refusal, request_id_of(request.scope))


async def _missed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refusal = Refusal(
        error.status_code,
        f"{request.method} {request.url.path[:200]}: {error.detail}.",
        "POST /v1/predict, GET /v1/model, or another address of /openapi.json.",
        "Correct the address or the method.",
        headers=error.headers,
    )
    return await _refused(request, refusal)


def _json(values: dict[str, Any]) -> Response:
    return Response(json.dumps(values, allow_nan=False), media_type="application/json")
