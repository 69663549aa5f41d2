"""The service's OpenAPI document; the answers' fields come from the types of `schemas`."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from roadsigns.serving.limits import Limits
from roadsigns.serving.schemas import ModelResponse, PredictResponse, ProblemDetails, StatusResponse
from roadsigns.serving.uploads import BOX_PATTERN, FORM_TYPE, RAW_TYPES
from roadsigns.version import __version__

__all__ = ["openapi_document"]

ANSWERS: tuple[type[BaseModel], ...] = (PredictResponse, ModelResponse, StatusResponse, ProblemDetails)
REFUSALS = {
    400: "The body is no form.",
    408: "The body came too slowly.",
    413: "The body is too large.",
    415: "The body is of another type.",
    422: "No image could be read, there are too many, or an option makes no sense.",
    429: "Too much is in work; `Retry-After` says when to come again.",
    503: "The answer took too long.",
}
BINARY = {"type": "string", "format": "binary"}


def openapi_document(limits: Limits, *, classes: int, top_k: int) -> dict[str, Any]:
    """Describe every address.

    Args:
        limits: What the service takes at once.
        classes: How many classes the model knows.
        top_k: Of how many it tells unless asked otherwise.
    """
    _, schemas = models_json_schema(
        [(answer, "serialization") for answer in ANSWERS], ref_template="#/components/schemas/{model}"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "roadsigns",
            "description": "Names the traffic signs in pictures.",
            "version": __version__,
        },
        "paths": {
            "/v1/predict": {"post": _predict(limits, classes=classes, top_k=top_k)},
            "/v1/model": {
                "get": {
                    "summary": "Tell which model answers, which classes it knows, and what a request may hold.",
                    "operationId": "model",
                    "responses": _responses({200: "The model."}, ModelResponse),
                }
            },
            "/v1/signs/{class_id}.svg": {"get": _drawing()},
            "/health": {
                "get": {
                    "summary": "Tell that the service lives.",
                    "operationId": "health",
                    "responses": _responses({200: "It does."}, StatusResponse),
                }
            },
            "/ready": {
                "get": {
                    "summary": "Tell whether new requests are welcome: the queue has room, nobody stops the service.",
                    "operationId": "ready",
                    "responses": {
                        **_responses({200: "They are."}, StatusResponse),
                        **_responses({503: "They are not."}, ProblemDetails),
                    },
                }
            },
            "/metrics": {
                "get": {
                    "summary": "Tell Prometheus.",
                    "operationId": "metrics",
                    "responses": {
                        "200": {"description": "Metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}}
                    },
                }
            },
        },
        "components": {"schemas": schemas["$defs"]},
    }


def _responses(descriptions: Mapping[int, str], answer: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{answer.__name__}"}
    return {
        str(status): {"description": text, "content": {"application/json": {"schema": schema}}}
        for status, text in descriptions.items()
    }


def _predict(limits: Limits, *, classes: int, top_k: int) -> dict[str, Any]:
    form = {
        "type": "object",
        "required": ["image"],
        "additionalProperties": False,
        "properties": {
            "image": {"type": "array", "minItems": 1, "maxItems": limits.images, "items": BINARY},
            "box": {
                "description": "None, or one for each image in their order; empty for the whole image.",
                "type": "array",
                "items": {"type": "string", "pattern": f"^$|{BOX_PATTERN}"},
            },
        },
    }
    return {
        "summary": "Name the sign in an image, or in each of several: PPM, PNG or JPEG, framed closely or with a box.",
        "operationId": "predict",
        "parameters": [
            {
                "name": "top_k",
                "in": "query",
                "description": "How many classes to tell of.",
                "schema": {"type": "integer", "minimum": 1, "maximum": classes, "default": top_k},
            },
            {
                "name": "box",
                "in": "query",
                "description": "Where the sign is in one raw image: x1,y1,x2,y2.",
                "schema": {"type": "string", "pattern": BOX_PATTERN},
            },
        ],
        "requestBody": {
            "required": True,
            "content": {FORM_TYPE: {"schema": form}, **{kind: {"schema": BINARY} for kind in RAW_TYPES}},
        },
        "responses": {
            **_responses({200: "What each image shows."}, PredictResponse),
            **_responses(REFUSALS, ProblemDetails),
        },
    }


def _drawing() -> dict[str, Any]:
    return {
        "summary": "Draw the sign of a class.",
        "operationId": "drawing",
        "parameters": [{"name": "class_id", "in": "path", "required": True, "schema": {"type": "integer"}}],
        "responses": {
            "200": {"description": "The drawing.", "content": {"image/svg+xml": {"schema": {"type": "string"}}}},
            **_responses(
                {404: "There is no such class, or no drawing of it.", 422: "The class is no number."}, ProblemDetails
            ),
        },
    }
