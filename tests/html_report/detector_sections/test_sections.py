"""The sections of a detector's report: what each computes and says, also where there is nothing to measure."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fixtures.detector_evaluations import BOX, ELSEWHERE, EVERYTHING, STOP, YIELD, MadeUp, input_of, sign

from roadsigns.datasets.reader import DRAWN_MARK
from roadsigns.evaluation.detection.evaluate import FLATTERED
from roadsigns.html_report.detector_input import MAX_SHOWN
from roadsigns.html_report.detector_sections import DETECTOR_SECTIONS
from roadsigns.html_report.section import NotMeasured
from roadsigns.model_files.detector_metadata import DetectorMetadata

SECTIONS = {section.name: section for section in DETECTOR_SECTIONS}
ONE_RIGHT = MadeUp([(BOX, STOP)], [sign()])


def compute(name, made_up=EVERYTHING, **changes):
    """The figures of a section."""
    return SECTIONS[name].compute(input_of(made_up, **changes))


def test_the_headline_says_what_it_does_in_use():
    figures = compute("found")

    assert figures.sentence == (
        "5 signs are to be found in 6 scenes, all of the recogniser's classes. In use, from a score of 0.5, 4 of the 5 "
        "are found, and 2 of these named right. There are 2 boxes without a sign, and 2 boxes are falsely named."
    )
    in_use = figures.as_dict()["in_use"]["recall"]
    assert in_use["value"] == 0.8
    assert in_use["low"] < 0.8 < in_use["high"]
    assert "recall_in_use" not in figures.as_dict()["finding"]
    assert figures.as_dict()["naming"]["misread"] == 1
    assert figures.as_dict()["finding"]["from_20"]["signs"] == 5


def test_signs_of_none_of_the_classes_are_counted_apart_and_shown_where_missed():
    """In every section that speaks of signs to be found."""
    small = (10, 10, 30, 30)
    made_up = [MadeUp([(BOX, STOP), (ELSEWHERE, None)], [sign()]), MadeUp([(small, STOP), (BOX, None)], [sign()])]

    found, missed = compute("found", made_up), compute("missed_signs", made_up)

    assert found.sentence == (
        "4 signs are to be found in 2 scenes: 2 of the recogniser's classes, 2 others. In use, from a score of 0.5, 2 "
        "of the 4 are found: 1 of the 2, with 1 of these named right, and 1 of the 2 others. There is no box without "
        "a sign, and 1 box is falsely named."
    )
    assert missed.sentence == (
        "2 of 4 signs to be found are missed (1 of 2 of the recogniser's classes, 1 of 2 others): 2 have no box at all."
    )
    assert [(one.class_id, one.size) for one in missed.gallery.shown] == [(None, 30), (STOP, 20)]


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        (
            [None] * 6,
            "none seen in 6 scenes; up to 50 % of such scenes may still have one (rule of three, 95 %: 3 / 6 ",
        ),
        ([0, 0, 1, 1, 2, 2], "none seen in 6 scenes, too few to say how rare they are"),
        ([0, 0, 1, 1, 2, 3], "up to 75 % of such scenes may still have one (rule of three, 95 %: 3 / 4 runs"),
    ],
)
def test_boxes_that_were_never_seen_have_an_upper_bound_by_runs(runs, said):
    assert said in compute("found", [MadeUp([(BOX, STOP)], [sign()], run=run) for run in runs]).none_seen


def test_scenes_without_signs_say_nothing_about_finding():
    """And whatever is named there is still told."""
    empty = [MadeUp([], [sign()]), MadeUp()]

    assert compute("found", empty).sentence == (
        "No sign is to be found in any of the 2 scenes, so that nothing says how many the detector finds. In use, from "
        "a score of 0.5, there is 1 box without a sign, and 1 box is falsely named."
    )
    for name in ("found_sizes", "found_curves", "found_classes", "missed_signs", "misread_signs"):
        assert isinstance(compute(name, empty), NotMeasured), name
    assert compute("empty_scenes", empty).sentence == (
        "2 scenes have no labelled sign of any class; in 1 of these 1 sign is named."
    )


def test_sizes_are_told_large_and_small():
    small = (10, 10, 20, 20)
    figures = compute("found_sizes", [MadeUp([(BOX, STOP), (small, STOP)], [sign()], run=run) for run in (0, 1)])

    assert figures.sentence == (
        "Of 2 signs to be found of 20 pixels or more it finds 100.00 %, of 2 smaller ones 0.00 %, if one box without a "
        "sign in ten images is allowed."
    )
    assert [(label, size.found) for label, size in figures.rows] == [("8 to 16", 0), ("32 to 64", 2)]


def test_only_small_signs_make_a_sentence_too():
    figures = compute("found_sizes", [MadeUp([((10, 10, 20, 20), STOP)])])

    assert figures.sentence == (
        "Of 1 sign to be found below 20 pixels it finds 0.00 %, if one box without a sign in ten images is allowed."
    )


def test_an_interval_without_width_is_no_interval():
    """All signs are found, so that resampling finds nothing else."""
    figures = compute("found_sizes", [ONE_RIGHT, ONE_RIGHT])

    assert [dot.low for dot in figures.chart.dots] == [None]
    assert figures.as_dict()["from_20"]["recall"] == {"value": 1.0, "low": None, "high": None}


def test_curves_stand_at_the_threshold_in_use():
    figures = compute("found_curves")

    assert [one.value for one in figures.in_use] == pytest.approx([0.8, 2 / 6])
    assert figures.as_dict()["in_use"]["recall"]["low"] < 0.8
    assert figures.froc.dots[0].low > figures.froc.dots[0].y > figures.froc.dots[0].high
    assert figures.sentence.startswith("At the price of one box without a sign in a hundred images it finds")
    assert "In use: 80.00 % of the signs, 0.33 boxes without a sign" in figures.froc.dots[0].label


def test_a_long_curve_is_thinned():
    made_up = [MadeUp([(BOX, STOP)], [sign(score=0.1 + number / 2000)]) for number in range(1000)]

    figures = compute("found_curves", made_up, write=False)

    assert len(figures.points) <= 161
    assert figures.points[-1][1] == 1


def test_classes_come_by_lost_signs_with_what_they_are_misread_as():
    figures = compute("found_classes")

    assert [one.naming.class_id for one in figures.classes] == [STOP, YIELD, 17]
    assert (figures.classes[0].lost, figures.classes[0].read_as) == (3, YIELD)
    assert figures.sentence == (
        "Of 2 classes that occur here, 1 is found and named right without exception; most signs are lost of 'stop': "
        "3 of 4."
    )


def test_classes_of_which_as_many_signs_are_lost_are_counted():
    """None of them is the worst."""
    made_up = [MadeUp([(BOX, STOP)]), MadeUp([(BOX, YIELD)]), MadeUp([(BOX, 17)], [sign(17)])]

    assert compute("found_classes", made_up).sentence.endswith(
        "; most signs are lost of 'give way' and 1 other: 1 of each."
    )


def test_a_detector_that_loses_nothing_has_no_worst_class():
    assert compute("found_classes", [ONE_RIGHT]).sentence == (
        "Every sign of the one class that occurs here is found and named right."
    )


def test_decisions_are_counted_by_what_is_labelled_there():
    """Ignored signs of none of the classes too, and boxes that are left out."""
    made_up = [
        *EVERYTHING,
        MadeUp([(BOX, None, True)], [sign(decision="unknown")]),
        MadeUp([(BOX, STOP)], [], [sign()]),
        MadeUp([(BOX, STOP)], [sign(decision="uncertain")], [sign(box=ELSEWHERE)]),
    ]

    figures = compute("found_decisions", made_up)

    assert figures.counts == {
        "known": {"right": 2, "wrong": 1, "other": 0, "nothing": 2},
        "uncertain": {"right": 1, "wrong": 0, "other": 0, "nothing": 0},
        "unknown": {"right": 1, "wrong": 0, "other": 1, "nothing": 0},
        "no sign": {"right": 1, "wrong": 0, "other": 0, "nothing": 1},
    }
    assert figures.sentence == (
        "Where the recogniser is sure about a sign of its classes, it is right about 2 of 3 (66.67 %); 2 such signs "
        "are lost by calling them unknown or no sign."
    )


def test_a_model_without_thresholds_decides_nothing():
    figures = compute("found_decisions", decides=False)

    assert isinstance(figures, NotMeasured)
    assert "has no thresholds" in figures.reason


def test_missed_signs_come_with_reasons_the_largest_first():
    shifted = (115, 95, 155, 135)
    made_up = [
        MadeUp([(BOX, STOP)]),
        MadeUp([((100, 80, 120, 100), STOP)], [sign(box=(100, 80, 120, 100), score=0.25)]),
        MadeUp([((100, 80, 160, 140), STOP)], [], [sign(box=(100, 80, 160, 140))]),
        MadeUp([(BOX, STOP)], [sign(box=shifted)]),
    ]

    figures = compute("missed_signs", made_up)

    assert figures.sentence == (
        "4 of 4 signs to be found are missed: 1 has no box at all, 1 has a box whose score is too low, 1 has a box "
        "that does not fit, 1 was found, and left out since the recogniser sees no sign there."
    )
    assert [(one.size, one.reason) for one in figures.gallery.shown] == [
        (60, "found (0.90), taken for no sign"),
        (40, "no box"),
        (40, "a box that overlaps by only 24 %"),
        (20, "a box with a score of only 0.250"),
    ]


def test_nothing_missed_is_said():
    figures = compute("missed_signs", [ONE_RIGHT])

    assert (figures.sentence, figures.pictured) == ("No sign is missed.", ())


def test_false_signs_say_what_stands_there():
    made_up = [
        MadeUp([(BOX, STOP)], [sign(), sign(box=(102, 82, 142, 122), score=0.8)]),
        MadeUp([(BOX, None, True)], [sign(score=0.7)]),
        MadeUp([], [sign(score=0.6)]),
    ]

    figures = compute("false_signs", made_up)

    assert [one.reason for one in figures.gallery.shown] == [
        "second box on one sign",
        "a sign of none of the classes",
        "nothing labelled here",
    ]
    assert figures.sentence == (
        "3 boxes in 3 scenes are falsely named: 1 is where nothing is labelled, 1 is a labelled sign of none of the "
        "classes, 1 is a second box on one sign."
    )


def test_a_gallery_is_bounded_and_says_so():
    """However many mistakes there are."""
    made_up = [
        MadeUp([], [sign(box=(x, y, x + 20, y + 20)) for x in range(0, 300, 30) for y in range(0, 200, 30)])
    ] * 20

    figures = compute("false_signs", made_up)

    assert (len(figures.pictured), figures.gallery.total) == (MAX_SHOWN, 1400)
    assert figures.sentence.endswith("; the 60 with the highest scores are below, 1,340 are left out.")
    assert figures.as_dict()["left_out"] == 1340


def test_misread_and_unknown_signs_have_galleries_of_their_own():
    figures = compute("misread_signs")

    assert figures.sentence == "Of 4 found signs of the recogniser's classes 1 is misread and 1 is called unknown."
    assert [(one.class_id, one.named) for one in figures.misread.shown] == [(STOP, YIELD)]
    # What it looks most like, though it was not named so.
    assert [(one.class_id, one.named, one.decision) for one in figures.unknown.shown] == [(STOP, STOP, "unknown")]


def test_empty_scenes_list_what_was_named_and_lead_to_its_picture():
    figures = compute("empty_scenes")

    assert figures.sentence == "1 of 6 scenes has no labelled sign of any class; 1 sign is named there."
    (only,) = figures.listed
    assert (only.scene, only.named, only.size) == ("00005.png", 17, 30)
    assert only.picture in compute("false_signs").pictured


def test_without_an_empty_scene_that_is_said():
    assert "Every scene has a labelled sign" in compute("empty_scenes", [ONE_RIGHT]).reason


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"notes": ("Flattered.",)}, "Flattered."),
        ({"decides": False}, "cannot say that a sign is unknown"),
        ({"unknown_classes": ("llama crossing",)}, "Boxes labelled llama crossing are of none"),
        ({"undecodable": (Path("a.png"),)}, "1 scene could not be read, and counts in no figure."),
        ({"threshold": None, "metadata": DetectorMetadata("red", "r", "s", 1, 1)}, "names no score"),
        (
            {"metadata": DetectorMetadata("red", "r", "s", 1, 1, min_score=0.5, split="held out", held_out=1)}
            | {"label": "held out"},
            "was chosen on these held-out scenes",
        ),
    ],
)
def test_notes_say_what_flatters_or_limits(changes, said):
    assert said in " ".join(compute("detector_notes", **changes).notes)


def test_one_scene_has_no_interval_and_says_so():
    figures = compute("found", [ONE_RIGHT])

    assert figures.finding.ap50.low is None
    assert any("There are no intervals" in note for note in compute("detector_notes", [ONE_RIGHT]).notes)


def test_a_detector_that_never_counts_is_reported_too():
    """Without a threshold in its file, and with false signs in every scene at any score."""
    metadata = DetectorMetadata("red", "r", "s", 1, 1)
    made_up = [MadeUp([(BOX, STOP)], [sign(17, ELSEWHERE)])] * 3

    figures = compute("found", made_up, threshold=None, metadata=metadata)

    assert figures.threshold is None
    assert figures.sentence == (
        "3 signs are to be found in 3 scenes, all of the recogniser's classes. With no score accepted, 0 of the 3 are "
        "found, and 0 of these named right. There is no box without a sign, and no box is falsely named."
    )
    assert compute("found_curves", made_up, threshold=None, metadata=metadata).in_use is None


@pytest.mark.parametrize("made_up", [EVERYTHING, [MadeUp()], [ONE_RIGHT], [MadeUp([(BOX, None)], [sign()])]])
def test_every_section_is_plain_json_and_one_sentence(made_up):
    for section in DETECTOR_SECTIONS:
        figures = section.compute(input_of(made_up))

        assert figures.sentence.endswith("."), section.name
        assert "\n" not in figures.sentence
        json.dumps(figures.as_dict(), allow_nan=False)


def test_notes_say_that_drawn_scenes_are_drawn_and_flatter_nothing(tmp_path):
    (tmp_path / DRAWN_MARK).write_text("drawn signs, scenes, seed 0\n")

    notes = compute("detector_notes", data=str(tmp_path), notes=(FLATTERED,)).notes

    assert notes[0].startswith("roadsigns drew these scenes itself")
    assert not compute("found", data=str(tmp_path), notes=(FLATTERED,)).flattered
    assert not any("GTSDB" in note for note in notes)


def test_only_scenes_of_the_size_of_gtsdb_are_flattered():
    """Others in its layout are one's own."""
    made = input_of([ONE_RIGHT], notes=(FLATTERED,))
    (image,) = made.evaluation.detected
    large = replace(made, evaluation=replace(made.evaluation, detected=(replace(image, width=1360, height=800),)))

    own, gtsdb = (SECTIONS["detector_notes"].compute(one).notes for one in (made, large))

    assert not any("GTSDB" in note for note in own)
    assert gtsdb[0].startswith("By layout and size these are scenes of GTSDB")
    assert SECTIONS["found"].compute(large).flattered


def test_the_header_names_the_scenes_and_the_facts_say_that_they_are_new():
    label = "all 6 scenes; to judge by the labels, it was trained on none of them"

    about = input_of(EVERYTHING, label=label).about

    assert about.title.endswith(", all 6 scenes")
    assert dict(about.facts)["Scenes"] == "all 6 scenes"
    assert dict(about.facts)["Of these, the detector was trained on"] == "none, to judge by the labels"
