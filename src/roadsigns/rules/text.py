"""Rules as text for a terminal."""

import textwrap
from collections.abc import Iterable

from roadsigns.rules.rule import Rule

__all__ = ["text_of"]

WIDTH = 100


def text_of(rules: Iterable[Rule]) -> str:
    """Return the texts of rules, with an empty line between them."""
    return "\n\n".join(map(_text, rules)) + "\n"


def _text(rule: Rule) -> str:
    parts = (("What", rule.what), ("Why", rule.why), ("Fix", rule.fix))
    lines = [
        textwrap.fill(text, WIDTH, initial_indent=f"  {name + ':':6}", subsequent_indent=" " * 8)
        for name, text in parts
    ]
    return "\n".join([f"{rule.number} {rule.kind} ({rule.level})", *lines])
