"""What stands in an address: options after the question mark, the class of a drawing."""

import re

from starlette.requests import Request

from roadsigns.serving.errors import ApiError

__all__ = ["TOP_K", "parse_class_id", "parse_options"]

TOP_K = 5
KNOWN = ("top_k", "box")
# No class has ten digits.
NUMBER = re.compile(r"-?[0-9]{1,9}", re.ASCII)
LONGEST_SHOWN = 100


def parse_options(request: Request, *, classes: int) -> tuple[int, str | None]:
    """Return how many classes to tell of, and the box of one raw image as it came.

    Raises:
        ApiError: If there is another option, or the number makes no sense.
    """
    if not request.scope["query_string"]:
        return TOP_K, None
    query = request.query_params
    unknown = sorted(set(query) - set(KNOWN))
    if unknown:
        raise ApiError(
            422,
            f"The unknown option '{unknown[0][:LONGEST_SHOWN]}'.",
            "'top_k' or 'box'.",
            "Correct the option's name or leave it out.",
        )
    text = query.get("top_k", str(TOP_K))
    if not NUMBER.fullmatch(text) or not 1 <= int(text) <= classes:
        raise ApiError(
            422,
            f"The option 'top_k' as '{text[:LONGEST_SHOWN]}'.",
            f"A whole number from 1 to {classes}.",
            "Correct it or leave it out.",
        )
    return int(text), query.get("box")


def parse_class_id(text: str) -> int:
    """Return a class's number.

    Raises:
        ApiError: If it is none.
    """
    if not NUMBER.fullmatch(text):
        raise ApiError(
            422,
            f"The class '{text[:LONGEST_SHOWN]}'.",
            "A whole number.",
            "See the field 'drawing' of the classes in /v1/model.",
        )
    return int(text)
