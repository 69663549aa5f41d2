"""Errors as HTTP responses: problem details (RFC 9457), made from the fields of a `RoadsignsError`."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from roadsigns.errors import RoadsignsError

__all__ = ["PROBLEM_TYPE", "ApiError", "error_response", "explain"]

PROBLEM_TYPE = "application/problem+json"


class ApiError(Exception):
    """A request that cannot be answered.

    Args:
        status: The HTTP status.
        problem: See `RoadsignsError`, as are `expected`, `hint` and `subject`.
        headers: More headers of the response.
    """

    def __init__(
        self,
        status: int,
        problem: str,
        *,
        expected: str = "",
        hint: str = "",
        subject: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, problem)
        self.status = status
        self.error = RoadsignsError(problem, expected=expected, hint=hint, subject=subject)
        self.headers = headers


def explain(error: RoadsignsError) -> dict[str, str | None]:
    """Return `schemas.Explanation`."""
    return {
        "detail": str(error),
        "problem": error.problem,
        "expected": error.expected,
        "hint": error.hint,
        "subject": error.subject,
    }


def error_response(error: ApiError, request_id: str) -> Response:
    """Return `schemas.ProblemDetails`."""
    content = {
        # RFC 9457, 4.2.1: nothing beyond the HTTP status, whose phrase is then the title.
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        **explain(error.error),
        "request_id": request_id,
    }
    return Response(json.dumps(content), error.status, error.headers, media_type=PROBLEM_TYPE)
