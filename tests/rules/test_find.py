"""The rules: numbered for good, one for each kind of finding, found by number, name or subject."""

import pytest

from roadsigns.dataset_check.findings import KINDS
from roadsigns.rules.find import RULES, SUBJECTS, find_rules, rule_of

# Those that `audit` alone reports.
OF_AUDIT = {
    "box-misses-sign",
    "box-without-sign",
    "sign-without-box",
    "wrong-label",
    "wrong-track",
    "sign-in-two-classes",
    "wrong-scene-label",
    "few-signs",
    "weak-class",
}
# What people have written into their scripts and notes. Add to it; change nothing in it.
PUBLISHED = """
RS101 unreadable-folder RS102 not-a-class RS103 same-class RS104 class-number RS105 class-name RS106 no-annotations
RS107 bad-annotations RS108 bad-row RS109 row-twice RS110 repeated-row RS111 contrary-rows RS112 no-row RS113 no-file
RS114 wrong-class RS115 undecodable RS116 wrong-size RS117 blank-name RS118 ignored-files RS119 missing-parts
RS120 nested-folder RS121 tiny RS122 blank RS123 doubtful-tracks RS124 no-track RS125 one-frame-track
RS201 box-outside RS202 no-table RS203 no-boxes RS204 box-misses-sign RS205 box-without-sign RS206 sign-without-box
RS301 duplicate-across-splits RS302 track-across-splits RS303 duplicate-across-classes RS304 duplicate-across-tracks
RS305 duplicate-within-track RS306 duplicate-within-test RS307 near-across-splits RS308 near-across-classes
RS309 near-across-tracks RS310 near-unfinished
RS401 wrong-label RS402 wrong-track RS403 sign-in-two-classes RS404 wrong-scene-label
RS501 one-class RS502 empty-class RS503 class-without-test-images RS504 one-track-class RS505 imbalance
RS506 few-signs RS507 weak-class
"""


def test_numbers_keep_their_meaning():
    """A number that is given up is not used again."""
    words = PUBLISHED.split()

    assert [(rule.number, rule.kind) for rule in RULES] == list(zip(words[::2], words[1::2], strict=True))


def test_every_kind_of_finding_is_a_rule_of_the_same_level():
    """Those of `check`, and those of `audit` alone."""
    assert {rule.kind for rule in RULES} == set(KINDS) | OF_AUDIT
    assert {kind: rule_of(kind).level for kind in KINDS} == {kind: KINDS[kind].level for kind in KINDS}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.number)
def test_rule_says_what_it_is_why_it_is_bad_and_how_to_mend_it(rule):
    """In sentences, under a subject that exists."""
    assert rule.number[2] in SUBJECTS
    for text in (rule.what, rule.why, rule.fix):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "  " not in text


@pytest.mark.parametrize(
    ("name", "first", "count"),
    [("RS115", "RS115", 1), ("rs115", "RS115", 1), ("undecodable", "RS115", 1), (" all ", "RS101", len(RULES))],
)
def test_rule_is_found_by_number_or_name(name, first, count):
    """In any case of letters."""
    found = find_rules(name)

    assert (found[0].number, len(found)) == (first, count)


def test_subject_finds_all_its_rules():
    """RS2 and RS2xx are those on boxes."""
    assert find_rules("RS2") == find_rules("rs2xx") == tuple(rule for rule in RULES if rule.number.startswith("RS2"))


@pytest.mark.parametrize("name", ["RS999", "RS1234", "", "R", "RS", "RSxx"])
def test_unknown_name_finds_nothing(name):
    """The command line says what there is."""
    assert find_rules(name) == ()
