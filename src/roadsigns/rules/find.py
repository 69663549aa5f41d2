"""Finds a rule by its number or its name."""

from collections.abc import Mapping

from roadsigns.rules import boxes, classes, duplicates, files, labels
from roadsigns.rules.rule import Rule

__all__ = ["RULES", "SUBJECTS", "find_rules", "rule_of"]

# By the first digit of the number.
SUBJECTS: Mapping[str, str] = {
    "1": "Files, folders and annotations",
    "2": "Boxes",
    "3": "Duplicates and splits",
    "4": "Labels",
    "5": "Classes",
}
RULES = (*files.RULES, *boxes.RULES, *duplicates.RULES, *labels.RULES, *classes.RULES)
_BY_KIND = {rule.kind: rule for rule in RULES}
ALL = "all"


def rule_of(kind: str) -> Rule:
    """Return the rule of a kind of finding."""
    return _BY_KIND[kind]


def find_rules(name: str) -> tuple[Rule, ...]:
    """Return the rules that a person means: by number ("RS101"), by name ("undecodable"), by subject ("RS1"), or "all".

    Returns:
        In the order of their numbers; empty if there is none of that name.
    """
    wanted = name.strip().upper()
    if wanted == ALL.upper():
        return RULES
    if subject := [rule for rule in RULES if wanted in (rule.number[:3], f"{rule.number[:3]}XX")]:
        return tuple(subject)
    return tuple(rule for rule in RULES if wanted in (rule.number, rule.kind.upper()))
