"""Numbers that a model file has by a share, such as {0.99: 0.87}, checked as they are read."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Literal, get_args

__all__ = ["SLACK", "ExchangeableUnit", "descends", "read_shares", "require_unit"]

ExchangeableUnit = Literal["group", "track", "image"]
# A share of NumPy's float32 is the same share.
SLACK = 1e-6


def read_shares(values: Mapping[str, Any]) -> dict[float, float]:
    """Return the numbers by share, in ascending order of the shares.

    Args:
        values: By share, written as a text, as in JSON.

    Raises:
        AttributeError, TypeError, ValueError: If there is none, a share is not between 0 and 1 or there twice, or a
            value is no number.
    """
    numbers = {float(share): value for share, value in values.items()}
    if not numbers or len(numbers) < len(values) or not all(0 < share < 1 for share in numbers):
        raise ValueError(f"the shares {', '.join(values)} are not different numbers between 0 and 1")
    if not all(type(value) in {int, float} for value in numbers.values()):
        raise TypeError(f"not all of {list(numbers.values())} are numbers")
    return {share: float(numbers[share]) for share in sorted(numbers)}


def descends(values: Iterable[float]) -> bool:
    """Whether no value is greater than the one before."""
    return all(before >= after for before, after in pairwise(values))


def require_unit(values: Mapping[str, Any]) -> None:
    """Refuse what does not say on how many of which exchangeable units the numbers were computed.

    Raises:
        KeyError, TypeError, ValueError: If a value is missing, unknown or of another type.
    """
    if values["unit"] not in get_args(ExchangeableUnit):
        raise ValueError(f"its unit is {values['unit']}")
    if type(values["units"]) is not int:
        raise TypeError(f"the number of its {values['unit']}s is {values['units']}")
