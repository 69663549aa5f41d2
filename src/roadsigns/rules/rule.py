"""One rule, by which data are judged."""

from dataclasses import asdict, dataclass
from typing import Literal

__all__ = ["Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. Its number is for good: one that is given up is not used again.

    Attributes:
        number: Such as "RS101". The first digit is its subject; see `roadsigns.rules.find.SUBJECTS`.
        kind: Its short name, such as "undecodable".
        level: "error" for what is certainly wrong, "warning" for what may be meant so or is only suspected.
        what: What was found, in whole sentences.
        why: Why it is bad.
        fix: How to fix it.
    """

    number: str
    kind: str
    level: Literal["error", "warning"]
    what: str
    why: str
    fix: str

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        return asdict(self)
