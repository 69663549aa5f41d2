"""The query parameters of POST /v1/predict and POST /v1/detect."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from starlette.requests import Request

from roadsigns.serving.errors import ApiError
from roadsigns.serving.requests.uploads import BOX_PATTERN
from roadsigns.wording import accepted

__all__ = ["TOP_K", "DetectQuery", "PredictQuery", "parse_query", "query_model"]

TOP_K = 5
LONGEST_SHOWN = 100

Query = TypeVar("Query", bound="DetectQuery")


class DetectQuery(BaseModel):
    """The query parameters of POST /v1/detect. Unknown ones are refused."""

    model_config = ConfigDict(extra="forbid")

    top_k: int = TOP_K


class PredictQuery(DetectQuery):
    """The query parameters of POST /v1/predict. A misspelled box would otherwise mean the whole image."""

    # Parsed by `uploads.parse_box`, as are the boxes of a form.
    box: str | None = Field(
        None,
        description="Where the sign is, for a single raw image: x1,y1,x2,y2 in pixels.",
        json_schema_extra={"pattern": BOX_PATTERN},
    )


def query_model(kind: type[Query], *, classes: int) -> type[Query]:
    """Return `PredictQuery` or `DetectQuery` for a model of so many classes."""
    top_k = Field(min(TOP_K, classes), ge=1, le=classes, description="How many classes to return.")
    return create_model(kind.__name__, __base__=kind, top_k=(int, top_k))


def parse_query(request: Request, model: type[Query]) -> Query:
    """Parse the query parameters of a request.

    Raises:
        ApiError: If one is unknown or invalid.
    """
    try:
        return model.model_validate_strings(dict(request.query_params))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        known = " or ".join(model.model_fields)
        raise ApiError(
            422,
            "This query parameter is unknown."
            if first["type"] == "extra_forbidden"
            else f"The value '{str(first['input'])[:LONGEST_SHOWN]}' is not valid.",
            expected=known if first["type"] == "extra_forbidden" else accepted(first),
            hint="Correct it or leave it out.",
            subject=str(first["loc"][0])[:LONGEST_SHOWN],
        ) from error
