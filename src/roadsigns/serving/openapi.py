"""The service's OpenAPI document, generated from the pydantic models in `schemas` and `query`."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from roadsigns.preprocessing.decode import FORMATS
from roadsigns.serving.errors import PROBLEM_TYPE
from roadsigns.serving.limits import Limits
from roadsigns.serving.requests.uploads import BOX_PATTERN, FORM_TYPE, RAW_TYPES
from roadsigns.serving.schemas import (
    DetectResponse,
    ExplainResponse,
    ModelResponse,
    PredictResponse,
    ProblemDetails,
    StatusResponse,
)
from roadsigns.version import __version__

__all__ = ["openapi_document"]

REFERENCE = "#/components/schemas/{model}"
PREDICT_ERRORS = {
    400: "The form is malformed, or holds too many images.",
    408: "The body took too long to arrive.",
    413: "The body is too large.",
    415: "The media type of the body is not supported.",
    422: "No image can be read, or a parameter or a box is invalid.",
    429: "The service is busy. The header Retry-After says how many seconds to wait.",
    503: "The predictions took too long.",
}
DETECT_ERRORS = {
    **PREDICT_ERRORS,
    400: "The form is malformed, or holds more than one image.",
    422: "The image cannot be read, or a parameter is invalid.",
}
TEXT = {"schema": {"type": "string"}}
BINARY = {"schema": {"type": "string", "format": "binary"}}
CLASS_ID = {"name": "class_id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}}


def openapi_document(limits: Limits, query: type[BaseModel], detect_query: type[BaseModel] | None) -> dict[str, Any]:
    """Describe the API.

    Args:
        limits: The service's limits.
        query: The query parameters of POST /v1/predict.
        detect_query: Those of POST /v1/detect; None for a service without a detector.
    """
    detected = () if detect_query is None else (DetectResponse,)
    models: tuple[type[BaseModel], ...] = (
        PredictResponse,
        ExplainResponse,
        *detected,
        ModelResponse,
        StatusResponse,
        ProblemDetails,
    )
    _, schemas = models_json_schema([(model, "serialization") for model in models], ref_template=REFERENCE)
    status = _json(StatusResponse)
    request = {
        "parameters": _parameters(query),
        "requestBody": {
            "description": f"One image file ({FORMATS}), or a form with one or more.",
            "required": True,
            "content": {FORM_TYPE: {"schema": _form(limits)}, **dict.fromkeys(RAW_TYPES, BINARY)},
        },
    }
    predict = _operation("predict", "Recognise the sign in one or more images.", _json(PredictResponse), PREDICT_ERRORS)
    explain = _operation("explain", "Recognise signs and say what decided.", _json(ExplainResponse), PREDICT_ERRORS)
    drawing = {
        **_operation("drawing", "Return a drawing of a sign.", {"image/svg+xml": TEXT}, {404: "There is none."}),
        "parameters": [CLASS_ID],
    }
    not_ready = {503: "The queue is full, or the service is shutting down."}
    return {
        "openapi": "3.1.0",
        "info": {"title": "roadsigns", "description": "Recognises traffic signs in images.", "version": __version__},
        "paths": {
            "/v1/predict": {"post": {**predict, **request}},
            "/v1/explain": {"post": {**explain, **request}},
            **({} if detect_query is None else {"/v1/detect": {"post": _detect(detect_query)}}),
            "/v1/model": {"get": _operation("model", "Describe the model and the limits.", _json(ModelResponse))},
            "/v1/signs/{class_id}.svg": {"get": drawing},
            "/health": {"get": _operation("health", "Check that the process is alive.", status)},
            "/ready": {"get": _operation("ready", "Check that there is room for requests.", status, not_ready)},
            "/metrics": {"get": _operation("metrics", "Return metrics for Prometheus.", {"text/plain": TEXT})},
        },
        "components": {"schemas": schemas["$defs"]},
    }


def _detect(query: type[BaseModel]) -> dict[str, Any]:
    image = {"type": "array", "minItems": 1, "maxItems": 1, "items": BINARY["schema"]}
    form = {"type": "object", "required": ["image"], "additionalProperties": False, "properties": {"image": image}}
    return {
        **_operation("detect", "Find and recognise all signs of a photograph.", _json(DetectResponse), DETECT_ERRORS),
        "parameters": _parameters(query),
        "requestBody": {
            "description": f"One image file ({FORMATS}), as it is or in a form.",
            "required": True,
            "content": {FORM_TYPE: {"schema": form}, **dict.fromkeys(RAW_TYPES, BINARY)},
        },
    }


def _parameters(query: type[BaseModel]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "description": schema.pop("description"), "schema": schema}
        for name, schema in query.model_json_schema()["properties"].items()
    ]


def _operation(
    name: str, summary: str, content: dict[str, Any], errors: Mapping[int, str] | None = None
) -> dict[str, Any]:
    responses: dict[str, Any] = {"200": {"description": "Success.", "content": content}}
    for status, description in (errors or {}).items():
        responses[str(status)] = {"description": description, "content": _json(ProblemDetails, PROBLEM_TYPE)}
    return {"operationId": name, "summary": summary, "responses": responses}


def _json(model: type[BaseModel], media_type: str = "application/json") -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": REFERENCE.format(model=model.__name__)}}}


def _form(limits: Limits) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["image"],
        "additionalProperties": False,
        "properties": {
            "image": {"type": "array", "minItems": 1, "maxItems": limits.images, "items": BINARY["schema"]},
            "box": {
                "description": "None, or one for each image in the same order; empty for the whole image.",
                "type": "array",
                "items": {"type": "string", "pattern": f"^$|{BOX_PATTERN}"},
            },
        },
    }
