"""Parts of sentences that many messages need: counts with their noun, lists of choices, reasons."""

from collections.abc import Iterable, Sequence

__all__ = ["counted", "either", "one_of", "reason", "some"]


def counted(number: int, noun: str) -> str:
    """Return "1 image" or "2,000 images"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def either(choices: Iterable[str]) -> str:
    """Return "a", "a or b", or "a, b or c"."""
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


def one_of(choices: Iterable[str]) -> str:
    """Return "one of a, b, c", or "a" where that is the only choice."""
    names = list(choices)
    return names[0] if len(names) == 1 else f"one of {', '.join(names)}"


def some(texts: Sequence[str], *, most: int = 5) -> str:
    """Return "a; b; c; and 27 more": the first few, and how many are left out."""
    left = len(texts) - most
    return "; ".join([*texts[:most], f"and {left:,} more"] if left > 0 else texts)


def reason(error: Exception) -> str:
    """Return why something failed, without a full stop.

    An OSError's own text repeats the path, perhaps a temporary one, a KeyError's is the bare key, and a TypeError's is
    about the code.
    """
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, KeyError):
        return f"'{error.args[0]}' is missing" if error.args else "something is missing"
    if isinstance(error, TypeError | AttributeError):
        # Raised where JSON is read; the text speaks of Python's types.
        return "a value is unknown, missing or of the wrong type"
    return str(error).strip().removesuffix(".") or type(error).__name__
