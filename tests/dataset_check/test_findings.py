"""Findings are counted without end and listed up to a limit."""

import pytest

from roadsigns.dataset_check import findings as findings_module
from roadsigns.dataset_check.findings import KINDS, Findings, Item


def test_findings_come_in_the_order_of_their_kinds():
    """Errors of the folder first, whatever was found first; each case keeps its paths and its detail."""
    findings = Findings()
    findings.add("tiny", ["b.ppm"], "7 pixels")
    findings.add("no-row", ["a.ppm"])
    findings.add("tiny", ["c.ppm"])

    collected = findings.collected()

    assert [(finding.kind, finding.count, finding.level) for finding in collected] == [
        ("no-row", 1, "error"),
        ("tiny", 2, "warning"),
    ]
    assert collected[1].items == (Item(("b.ppm",), "7 pixels"), Item(("c.ppm",), ""))
    assert collected[1].meaning == KINDS["tiny"].meaning


def test_what_is_beyond_the_limit_is_counted_and_not_kept(monkeypatch):
    """A million broken files must not fill the memory."""
    monkeypatch.setattr(findings_module, "MAX_LISTED", 3)
    findings = Findings()
    for number in range(10):
        findings.add("undecodable", [str(number)])

    (finding,) = findings.collected()

    assert finding.count == 10
    assert [item.paths for item in finding.items] == [("0",), ("1",), ("2",)]


@pytest.mark.parametrize("kind", KINDS)
def test_meaning_is_a_sentence(kind):
    """It ends with a full stop and is short enough for a line."""
    assert KINDS[kind].meaning.endswith(".")
    assert len(KINDS[kind].meaning) < 100
