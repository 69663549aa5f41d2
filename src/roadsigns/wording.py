"""Parts of sentences that many messages need: counts with their noun, lists of choices, reasons."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = [
    "accepted",
    "are",
    "counted",
    "counted_of",
    "either",
    "known_score_shown",
    "one_of",
    "percent",
    "percent_shown",
    "plain_name",
    "reason",
    "some",
]

# The KeyError of zipfile.
NOT_IN_ARCHIVE = re.compile(r"There is no item named '(.*)' in the archive")

UNKNOWN_ARGUMENT = re.compile(r"unexpected keyword argument '(.*)'")

# By pydantic's types of errors; the fields are those of their contexts.
ACCEPTED = {
    "bool_type": "true or false",
    "finite_number": "a finite number",
    "float_parsing": "a number",
    "float_type": "a number",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number with fewer digits",
    "int_type": "a whole number",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "literal_error": "{expected}",
    "model_type": "a table",
    "string_type": "a text",
    "tuple_type": "a list",
}


def accepted(problem: Mapping[str, Any]) -> str:
    """Return what pydantic would have accepted, as a noun phrase.

    Args:
        problem: One of the dictionaries of `ValidationError.errors()`.
    """
    values = {name: str(value).removesuffix(".0") for name, value in problem.get("ctx", {}).items()}
    otherwise = str(problem["msg"]).removeprefix("Input should be ")
    text = ACCEPTED.get(problem["type"])
    return otherwise if text is None else text.format(**values)


def are(number: int) -> str:
    """Return the verb for so many things: "is" for one, else "are"."""
    return "is" if number == 1 else "are"


def counted(number: int, noun: str) -> str:
    """Return "1 image", "2,000 images", "3 classes" or "4 boxes"; nouns such as "entry" are not known."""
    ending = "" if number == 1 else "es" if noun.endswith(("s", "x")) else "s"
    return f"{number:,} {noun}{ending}"


def counted_of(number: int, total: int, noun: str) -> str:
    """Return "2 of 3 classes", or "3 classes" where that is all of them."""
    return counted(total, noun) if number == total else f"{number:,} of {counted(total, noun)}"


def either(choices: Iterable[str]) -> str:
    """Return "a", "a or b", or "a, b or c"."""
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


def one_of(choices: Iterable[str]) -> str:
    """Return "one of a, b, c", or "a" where that is the only choice."""
    names = list(choices)
    return names[0] if len(names) == 1 else f"one of {', '.join(names)}"


def percent(fraction: float, *, digits: int = 2) -> str:
    """Format a fraction: 0.98312 as "98.31 %"; `digits` stand behind the point."""
    return f"{100 * fraction:.{digits}f} %"


def percent_shown(probability: float, *, digits: int = 2) -> str:
    """Format a probability; a softmax gives no class exactly 0 or 1, so none is shown as impossible or certain."""
    text, least = percent(probability, digits=digits), 10.0 ** -(digits + 2)
    if text == percent(0, digits=digits):
        return f"< {percent(least, digits=digits)}"
    return f"> {percent(1 - least, digits=digits)}" if text == percent(1, digits=digits) else text


def known_score_shown(score: float) -> str:
    """Format a known score or a threshold: most are so close to 1 that two digits could not tell them apart."""
    return percent_shown(score, digits=4)


def plain_name(name: str) -> str:
    """Return a name by which two spellings of it are equal: "Give-way" and "give way", "no_entry" and "No entry"."""
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


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
        key = str(error.args[0]) if error.args else "a value"
        in_archive = NOT_IN_ARCHIVE.fullmatch(key)
        return f"'{in_archive[1] if in_archive else key}' is missing"
    if isinstance(error, TypeError | AttributeError):
        # Raised where JSON is read into a dataclass; the rest of such a text is about Python's types.
        unknown = UNKNOWN_ARGUMENT.search(str(error))
        return f"'{unknown[1]}' is unknown" if unknown else "a value is missing or of the wrong type"
    return str(error).strip().removesuffix(".") or type(error).__name__
