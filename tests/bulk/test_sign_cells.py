"""What a table says of a sign."""

from dataclasses import replace

from fixtures.stand_in_detector import detected_sign

from roadsigns.bulk.entries import Entry
from roadsigns.bulk.sign_cells import UnknownCount, longest_name, sign_cells, threshold_line
from roadsigns.bulk.stream import Result
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.errors import ImageError
from roadsigns.inference.decide import DecisionRule

NAMES = [sign.name for sign in GTSRB_CLASSES]


def test_known_sign_has_its_class_and_those_after_it():
    """With their probabilities."""
    cells = sign_cells(detected_sign(14).prediction, NAMES)

    assert cells == ("14", "stop", "75.00 %", "known", "no vehicles 18.75 %")


def test_uncertain_sign_has_all_its_candidates():
    """However few classes are listed."""
    prediction = replace(detected_sign(14, "uncertain", top_k=1).prediction, candidates=(14, 13, 17))

    assert sign_cells(prediction, NAMES).runners_up == "or: give way; no entry"


def test_unknown_sign_has_no_class_that_reads_like_its_name():
    """Nor a probability; the nearest class is called so."""
    cells = sign_cells(detected_sign(14, "unknown", top_k=1).prediction, NAMES)

    assert (cells.class_id, cells.probability, cells.decision) == ("", "", "unknown")
    assert "stop" not in cells.name
    assert cells.runners_up == "nearest: stop 75.00 %"


def test_model_without_thresholds_decides_nothing():
    """The cell stays empty."""
    prediction = replace(detected_sign(14).prediction, decision=None)

    assert sign_cells(prediction, NAMES).decision == ""


def test_column_has_room_for_every_name():
    """Also for what stands in place of one."""
    assert longest_name(["a" * 90]) == 90
    assert longest_name(["a"], "b" * 95) == 95
    assert longest_name(["a"]) > len("danger")


def test_unknown_signs_are_counted_as_they_pass():
    """What could not be read is none."""
    outcomes = [detected_sign(14, decision).prediction for decision in ("unknown", "known", "unknown", "uncertain")]
    results = [Result(Entry("a.png", b""), outcome) for outcome in (*outcomes, ImageError("Broken."))]
    unknown = UnknownCount()

    assert list(unknown.count(results)) == results
    assert unknown.signs == 2


def test_the_threshold_of_unknown_signs_is_named_with_the_share_that_it_keeps():
    rule = DecisionRule(GTSRB_CLASSES, threshold=0.99864, keep=0.99)

    expected = "Signs with a known score below 99.8640 % are unknown: this threshold keeps 99 % of the known signs."
    assert threshold_line(rule) == expected
    assert threshold_line(replace(rule, keep=None)) == "Signs with a known score below 99.8640 % are unknown."
    assert threshold_line(DecisionRule(GTSRB_CLASSES)) == ""
