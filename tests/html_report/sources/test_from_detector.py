"""The input of a report from a detector's evaluation: what stands above and below the figures."""

from pathlib import Path

from fixtures.detector_evaluations import EVERYTHING, evaluation_of, input_of

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.html_report.sources.from_detector import detector_input_of


def test_the_title_names_both_models_and_the_scenes():
    about = input_of(EVERYTHING, label="fold 1 held out").about

    assert about.title == "made-up with best on streets, fold 1 held out"
    assert (about.subject, about.spec.name, about.warnings) == ("detector", GTSRB.name, ())


def test_scenes_that_trained_are_marked():
    about = input_of(EVERYTHING, label="LEAKY all 6 scenes: it was trained on some of them").about

    assert about.warnings == ("The detector was trained on some of these scenes: the figures measure memory.",)
    assert about.split == "all 6 scenes: it was trained on some of them"


def test_scenes_that_do_not_decode_are_named():
    about = input_of(EVERYTHING, undecodable=(Path("x/1.png"),)).about

    assert about.warnings == ("1 scene could not be read, and counts in no figure: 1.png.",)


def test_facts_have_a_name_each():
    """They are an object in JSON."""
    facts = input_of(EVERYTHING).about.facts

    assert len(dict(facts)) == len(facts)
    assert dict(facts)["Reports signs"] == "from a score of 0.5"


def test_names_that_are_no_text_are_shown_all_the_same():
    evaluation = evaluation_of(EVERYTHING, data="data/stra\udcdfe")

    assert detector_input_of(evaluation).about.data == r"stra\xdfe"
