"""Rules as text for a terminal."""

from roadsigns.rules.find import RULES, rule_of
from roadsigns.rules.text import WIDTH, text_of


def test_text_shows_number_name_and_the_three_answers():
    """What it is, why it is bad, how to fix it."""
    rule = rule_of("undecodable")

    lines = text_of([rule]).splitlines()

    assert lines[0] == "RS115 undecodable (error)"
    assert [line[:8].strip() for line in lines[1:] if line[:8].strip()] == ["What:", "Why:", "Fix:"]
    assert rule.what in " ".join(" ".join(lines).split())


def test_no_line_is_too_long_for_a_terminal():
    """Of any rule."""
    text = text_of(RULES)

    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.count("\n\n") == len(RULES) - 1
