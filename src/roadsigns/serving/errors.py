"""Saying no: what came, what was expected, what to do, as JSON."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from roadsigns.errors import ImageError

__all__ = ["ApiError", "Explanation", "error_response", "explain_image_error"]

BATCH_NUMBER = re.compile(r"^Image \d+: ")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Three sentences, as `schemas.Explanation` has them."""

    came: str
    expected: str
    to_do: str


class ApiError(Exception):
    """A request that is not answered.

    Args:
        status: The HTTP status.
        came: What came.
        expected: What was expected.
        to_do: What to do next.
        headers: More headers of the answer.
        close: Whether the connection ends with it, because the rest of the body is not read.
    """

    def __init__(
        self,
        status: int,
        came: str,
        expected: str,
        to_do: str,
        *,
        headers: Mapping[str, str] | None = None,
        close: bool = False,
    ) -> None:
        super().__init__(f"{came} {expected} {to_do}")
        self.status = status
        self.explanation = Explanation(came, expected, to_do)
        self.headers = dict(headers or {}) | ({"Connection": "close"} if close else {})


def error_response(refusal: ApiError, request_id: str) -> Response:
    """Write a refusal as an answer."""
    content = error_body(refusal.explanation, request_id)
    return Response(content, refusal.status, refusal.headers, media_type="application/json")


def error_body(explanation: Explanation, request_id: str) -> bytes:
    """Return `schemas.ProblemDetails` as JSON."""
    return json.dumps(
        {
            "came": explanation.came,
            "expected": explanation.expected,
            "to_do": explanation.to_do,
            "request_id": request_id,
        }
    ).encode()


def explain_image_error(error: ImageError) -> Explanation:
    """Take the sentences of an `ImageError` apart; by this project's custom the first says what came."""
    # The number that a batch gave it means nothing to whom it belongs.
    came, _, rest = BATCH_NUMBER.sub("", str(error)).partition(". ")
    expected, mark, to_do = rest.rpartition("; ")
    if not mark:
        expected, _, to_do = rest.rpartition(". ")
    return Explanation(
        came=came.removesuffix(".") + ".",
        expected=_sentence(expected.removeprefix("Expected ") or "a whole PPM, PNG or JPEG file"),
        to_do=_sentence(to_do or "send it again or leave it out"),
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:].removesuffix(".") + "."
