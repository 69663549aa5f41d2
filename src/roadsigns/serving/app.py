"""The ASGI application: addresses, their OpenAPI document, and what is said at a wrong one."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from roadsigns import __version__
from roadsigns.serving.answers import ErrorAnswer, ModelAnswer, PredictAnswer, StatusAnswer
from roadsigns.serving.around import Around, note, request_id_of
from roadsigns.serving.drawings import PAGE_FOLDER, drawing_file, has_drawing
from roadsigns.serving.limits import Limits
from roadsigns.serving.logs import Logger
from roadsigns.serving.metrics import CONTENT_TYPE
from roadsigns.serving.reading import Recognizes
from roadsigns.serving.refusal import Refusal, refusal_response
from roadsigns.serving.service import Service
from roadsigns.serving.uploads import BOX_PATTERN, FORM_TYPE, RAW_TYPES

__all__ = ["create_app"]

TOP_K = 5
REFUSALS = {
    400: "The body is no form.",
    408: "The body came too slowly.",
    413: "The body is too large.",
    415: "The body is of another type.",
    422: "No image could be read, there are too many, or an option makes no sense.",
    429: "Too much is in work; `Retry-After` says when to come again.",
    503: "The answer took too long.",
}
# An SVG opened by itself is a document: it may style itself and do nothing else.
DRAWING_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cache-Control": "max-age=3600",
}


def create_app(recognizer: Recognizes, *, name: str, logger: Logger, limits: Limits | None = None) -> FastAPI:
    """Make the application.

    Args:
        recognizer: The model, loaded. Called from several threads.
        name: What it is called in answers.
        logger: Told of every request.
        limits: What is taken at once; None for the usual.
    """
    service = Service(recognizer, name=name, limits=limits or Limits())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await service.close()

    app = FastAPI(
        title="roadsigns",
        description="Names the traffic signs in pictures.",
        version=__version__,
        lifespan=lifespan,
        redirect_slashes=False,
        # Their pages fetch scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    _add_refusals(app)
    _add_predict(app, service)
    _add_watching(app, service)
    _add_pictures(app, service)
    app.add_middleware(Around, logger=logger, metrics=service.metrics)
    return app


def _add_predict(app: FastAPI, service: Service) -> None:
    form = {
        "type": "object",
        "required": ["image"],
        "additionalProperties": False,
        "properties": {
            "image": {
                "type": "array",
                "minItems": 1,
                "maxItems": service.limits.images,
                "items": {"type": "string", "format": "binary"},
            },
            "box": {
                "description": "None, or one for each image in their order; empty for the whole image.",
                "type": "array",
                "items": {"type": "string", "pattern": f"^$|{BOX_PATTERN}"},
            },
        },
    }
    raw = {"schema": {"type": "string", "format": "binary"}}
    content = {FORM_TYPE: {"schema": form}, **dict.fromkeys(RAW_TYPES, raw)}

    @app.post(
        "/v1/predict",
        response_model=None,
        responses={
            200: {"model": PredictAnswer, "description": "What each image shows."},
            **{status: {"model": ErrorAnswer, "description": text} for status, text in REFUSALS.items()},
        },
        openapi_extra={"requestBody": {"required": True, "content": content}},
    )
    async def predict(
        request: Request,
        top_k: Annotated[int, Query(ge=1, le=len(service.classes), description="How many classes to tell of.")] = TOP_K,
        box: Annotated[
            str | None, Query(pattern=BOX_PATTERN, description="Where the sign is in one raw image: x1,y1,x2,y2.")
        ] = None,
    ) -> Response:
        """Name the sign in an image, or in each of several: PPM, PNG or JPEG, framed closely or with a box."""
        unknown = sorted(set(request.query_params) - {"top_k", "box"})
        if unknown:
            raise Refusal(
                422,
                f"The unknown option '{unknown[0][:100]}'.",
                "'top_k' or 'box'.",
                "Correct the option's name or leave it out.",
            )
        return _json(await service.predict(request, top_k=top_k, box=box))


def _add_watching(app: FastAPI, service: Service) -> None:
    @app.get("/v1/model", response_model=None, responses={200: {"model": ModelAnswer}})
    async def model() -> Response:
        """Tell which model answers, which classes it knows, and what a request may hold."""
        return _json(service.describe())

    @app.get("/health", response_model=None, responses={200: {"model": StatusAnswer}})
    async def health() -> Response:
        """Tell that the service lives."""
        return _json({"status": "alive"})

    @app.get("/ready", response_model=None, responses={200: {"model": StatusAnswer}, 503: {"model": ErrorAnswer}})
    async def ready() -> Response:
        """Tell whether new requests are welcome: the model is loaded, the queue has room, nobody stops the service."""
        if service.busy:
            raise Refusal(
                503, "A question whether new requests are welcome.", "A service with room.", "Ask again later."
            )
        return _json({"status": "ready"})

    @app.get("/metrics", response_model=None, responses={200: {"content": {"text/plain": {}}}})
    async def metrics() -> Response:
        """Tell Prometheus."""
        return Response(service.metrics.exposition(), media_type=CONTENT_TYPE)


def _add_pictures(app: FastAPI, service: Service) -> None:
    @app.get(
        "/v1/signs/{class_id}.svg",
        response_model=None,
        responses={200: {"content": {"image/svg+xml": {}}}, 404: {"model": ErrorAnswer}, 422: {"model": ErrorAnswer}},
    )
    async def drawing(class_id: int) -> Response:
        """Draw the sign of a class."""
        if not 0 <= class_id < len(service.classes) or not has_drawing(service.classes[class_id]):
            raise Refusal(
                404,
                f"Class {class_id}.",
                "A class with a drawing.",
                "See the field 'drawing' of the classes in /v1/model.",
            )
        return FileResponse(drawing_file(class_id), media_type="image/svg+xml", headers=DRAWING_HEADERS)

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def page() -> Response:
        index = PAGE_FOLDER / "index.html"
        if not index.is_file():
            raise Refusal(404, "The page.", "A file 'index.html' in the package.", "Install roadsigns again.")
        return FileResponse(index, headers={"Cache-Control": "no-cache"})

    if PAGE_FOLDER.is_dir():
        app.mount("/page", StaticFiles(directory=PAGE_FOLDER))


def _add_refusals(app: FastAPI) -> None:
    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> Response:
        note(request.scope, came=refusal.explanation.came)
        return refusal_response(refusal, request_id_of(request.scope))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        option = str(first["loc"][-1])
        came = f"The option '{option}' as '{str(first.get('input'))[:100]}' ({first['msg']})."
        return await refused(
            request, Refusal(422, came, f"'{option}' as /openapi.json describes it.", "Correct it or leave it out.")
        )

    @app.exception_handler(HTTPException)
    async def missed(request: Request, error: HTTPException) -> Response:
        came = f"{request.method} {request.url.path[:200]}: {error.detail}."
        refusal = Refusal(
            error.status_code,
            came,
            "POST /v1/predict, GET /v1/model, or another address of /openapi.json.",
            "Correct the address or the method.",
            headers=error.headers,
        )
        return await refused(request, refusal)


def _json(values: dict[str, Any]) -> Response:
    return Response(json.dumps(values, allow_nan=False), media_type="application/json")
