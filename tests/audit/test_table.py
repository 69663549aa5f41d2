"""The result of an audit for the terminal."""

import io
from pathlib import Path

from roadsigns.audit.audit import Audit
from roadsigns.audit.suspect import Suspect
from roadsigns.audit.table import SHOWN, print_audit
from roadsigns.types import SignClass

CLASSES = (SignClass(0, "bus"), SignClass(1, "[b]stop"))


def printed(*suspects, notes=(), classes=CLASSES):
    audit = Audit(
        Path("signs"), Path("signs"), classes, "1,200 images", 1200, 1100, 0.98, "fast, 2 folds", notes, suspects
    )
    file = io.StringIO()
    print_audit(audit, file)
    return file.getvalue()


def test_suspects_are_counted_by_rule_and_the_worst_are_named():
    """Given and suggested class with its probability; the rest is a number."""
    image = Suspect("wrong-label", "Read as.", ("stop/1.png",), 1, 0, 0.98)

    text = printed(*[image] * 20)

    assert "RS401 warning: wrong-label, 20" in text
    assert text.count("stop/1.png: [b]stop -> bus (98.0 %)") == SHOWN
    assert "... and 15 more; suspects.csv lists them." in text
    assert "roadsigns check --explain RS401" in text
    assert text.splitlines()[-1] == "Errors: 0. Suspicions: 20."


def test_tracks_and_classes_are_named_as_such():
    """A track by its number and clearest frame, a class by the reason alone."""
    track = Suspect("wrong-track", "Read as.", ("stop/7_3.png",), 1, 0, 0.9, track="7", images=30)
    few = Suspect("few-signs", "'bus' has 2 signs.", class_id=0)
    missing = Suspect("sign-without-box", "Found.", ("street.png",), None, 0, 0.99)

    text = printed(track, few, missing)

    assert "class 1, track 7 (stop/7_3.png): [b]stop -> bus (90.0 %)" in text
    assert "    'bus' has 2 signs." in text
    assert "street.png: no box -> bus (99.0 %)" in text


def test_many_classes_are_one_line():
    """More than ten, or all: the rest is in the table."""
    classes = tuple(SignClass(number, f"speed {number}") for number in range(43))
    few = [Suspect("few-signs", "Has few signs.", class_id=number) for number in range(43)]

    everyone, ten, six = (printed(*few[:count], classes=classes[:of]) for count, of in ((43, 43), (10, 43), (6, 6)))

    line = (
        "    43 of 43 classes: speed 0; speed 1; speed 2; speed 3; speed 4; and 38 more. suspects.csv says of each why."
    )
    assert line in everyone.splitlines()
    assert "Has few signs." not in everyone
    assert ten.count("Has few signs.") == SHOWN
    assert "6 of 6 classes: speed 0" in six


def test_notes_and_what_was_judged_stand_above():
    """Whoever reads the suspicions must know by what they were made."""
    text = printed(notes=("The labels have changed.",))

    assert "signs, 1,200 images" in text
    assert "Predictions: fast, 2 folds; 98.00 % are read as labelled. 1,100 of 1,200 have one." in text
    assert "Note: The labels have changed." in text
    assert text.splitlines()[-1] == "Nothing is suspected."
