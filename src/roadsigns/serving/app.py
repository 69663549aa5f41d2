"""The ASGI application: its routes, and the responses to errors."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from roadsigns.explanation.explanation import explain_image
from roadsigns.page.static import PAGE_FOLDER, drawing_file, has_drawing
from roadsigns.serving.detecting import DetectorLike
from roadsigns.serving.errors import ApiError, error_response
from roadsigns.serving.limits import Limits
from roadsigns.serving.logs import Logger
from roadsigns.serving.metrics import CONTENT_TYPE
from roadsigns.serving.middleware import RequestContextMiddleware, note, request_id_of
from roadsigns.serving.openapi import openapi_document
from roadsigns.serving.requests.query import DetectQuery, PredictQuery, parse_query, query_model
from roadsigns.serving.service import Service
from roadsigns.serving.worker import RecognizerLike

__all__ = ["create_app"]

# An SVG opened by itself is a document: it may style itself and do nothing else.
DRAWING_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cache-Control": "max-age=3600",
}


def create_app(
    recognizer: RecognizerLike,
    *,
    name: str,
    logger: Logger,
    limits: Limits | None = None,
    detector: DetectorLike | None = None,
    detector_name: str = "",
) -> Starlette:
    """Create the application.

    Args:
        recognizer: The loaded model. Called from several threads.
        name: The model's name in responses.
        logger: Logs every request.
        limits: The service's limits; None for the defaults.
        detector: The loaded detector, which reads what it finds by the same model; None for none. Called from several
            threads.
        detector_name: Its name in responses.
    """
    service = Service(
        recognizer,
        name=name,
        limits=limits or Limits(),
        explain=partial(explain_image, recognizer),
        detector=detector,
        detector_name=detector_name,
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await service.close()

    app = Starlette(
        routes=_routes(service),
        middleware=[Middleware(RequestContextMiddleware, logger=logger, metrics=service.metrics)],
        exception_handlers={ApiError: _api_error, HTTPException: _http_error},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.service = service
    return app


class Predict:
    """POST /v1/predict. An ASGI application itself, because nearly all requests go here."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.query = query_model(PredictQuery, classes=len(service.classes))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request.

        Raises:
            ApiError: If it cannot be answered.
        """
        request = Request(scope, receive)
        query = parse_query(request, self.query)
        values = await self._service.predict(request, top_k=query.top_k, box=query.box)
        await _json(values)(scope, receive, send)


class Explain(Predict):
    """POST /v1/explain, whose requests are those of POST /v1/predict."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request.

        Raises:
            ApiError: If it cannot be answered.
        """
        request = Request(scope, receive)
        query = parse_query(request, self.query)
        values = await self._service.explain(request, top_k=query.top_k, box=query.box)
        await _json(values)(scope, receive, send)


class Detect:
    """POST /v1/detect. An ASGI application itself, as `Predict` is."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.query = query_model(DetectQuery, classes=len(service.classes))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request.

        Raises:
            ApiError: If it cannot be answered.
        """
        request = Request(scope, receive)
        query = parse_query(request, self.query)
        values = await self._service.detect(request, top_k=query.top_k)
        await _json(values)(scope, receive, send)


def _routes(service: Service) -> list[BaseRoute]:
    predict, detect = Predict(service), Detect(service)
    document = openapi_document(service.limits, predict.query, detect.query if service.detects else None)
    routes: list[BaseRoute] = [
        Route("/v1/predict", predict, methods=["POST"]),
        Route("/v1/explain", Explain(service), methods=["POST"]),
        Route("/v1/detect", detect, methods=["POST"]),
        _get("/v1/model", service.describe),
        Route("/v1/signs/{class_id}.svg", _drawing(service), methods=["GET"]),
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
    """Return a route whose response is JSON."""

    async def get(_: Request) -> Response:
        return _json(values())

    return Route(path, get, methods=["GET"])


def _ready(service: Service) -> dict[str, Any]:
    if service.stopping:
        raise ApiError(503, "The service is shutting down.")
    if service.full:
        raise ApiError(503, "The queue is full.", hint="Try again later.")
    return {"status": "ready"}


def _metrics(service: Service) -> Callable[[Request], Any]:
    async def metrics(_: Request) -> Response:
        return Response(service.metrics.exposition(), media_type=CONTENT_TYPE)

    return metrics


def _drawing(service: Service) -> Callable[[Request], Any]:
    drawn = {str(sign.class_id): sign for sign in service.classes if has_drawing(sign)}

    async def drawing(request: Request) -> Response:
        sign = drawn.get(request.path_params["class_id"])
        if sign is None:
            raise ApiError(
                404, "There is no such drawing.", hint="See the field 'drawing' of the classes in /v1/model."
            )
        return FileResponse(drawing_file(sign), media_type="image/svg+xml", headers=DRAWING_HEADERS)

    return drawing


async def _page(_: Request) -> Response:
    index = PAGE_FOLDER / "index.html"
    if not index.is_file():
        raise ApiError(404, "The page is missing from this installation.", hint="Install roadsigns again.")
    return FileResponse(index, headers={"Cache-Control": "no-cache"})


async def _api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    note(request.scope, detail=str(error.error))
    return error_response(error, request_id_of(request.scope))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return await _api_error(
        request,
        ApiError(
            error.status_code,
            f"{error.detail}.",
            hint="See /openapi.json for the paths and methods that exist.",
            subject=f"{request.method} {request.url.path[:200]}",
            headers=error.headers,
        ),
    )


def _json(values: dict[str, Any]) -> Response:
    return Response(json.dumps(values, allow_nan=False), media_type="application/json")
