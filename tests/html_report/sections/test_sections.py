"""Each section's figures, and the sentence that opens it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from roadsigns.datasets.registry import spec_of
from roadsigns.evaluation.calibration import confidence_gap
from roadsigns.html_report.conditions import CONDITIONS
from roadsigns.html_report.make import classifier_report
from roadsigns.html_report.measured import HardCondition, HardConditions, UnknownKind, UnknownSigns
from roadsigns.html_report.page import render_page
from roadsigns.html_report.report_input import HeatMapPicture
from roadsigns.html_report.section import NotMeasured
from roadsigns.html_report.sections import (
    changed,
    classes,
    conditions,
    confusion,
    decisions,
    hard,
    headline,
    heat_maps,
    misread,
    reliability,
    risk,
    subsets,
    tracks,
    unknown,
)
from roadsigns.html_report.sign_images import SampleImages
from roadsigns.inference.decide import DecisionRule
from roadsigns.types import UNKNOWN_KINDS, Box, Sample, SignClass


def spec_with(count):
    """Own classes without names that anybody knows."""
    return spec_of(tuple(SignClass(number, f"sign {number}") for number in range(count)))


def test_headline_counts_signs(made_up):
    figures = headline.SECTION.compute(made_up())

    assert (figures.errors, figures.images, figures.interval.unit) == (10, 860, "track")
    assert figures.sentence.startswith(
        "10 of 860 images are misread: 98.84 % are right (95 % interval, counted by sign: "
    )


@pytest.mark.parametrize("misread_pair", [{}, {0: (1, 1)}])
def test_headline_of_three_images(made_up, misread_pair):
    """One image of each of three classes."""
    made = made_up(spec=spec_with(3), signs=1, frames=1, misread=misread_pair)

    sentence = headline.SECTION.compute(made).sentence

    assert sentence.startswith("1 of 3 images is misread" if misread_pair else "All 3 images are read right")


def test_subsets_of_the_official_test_images_are_beside_people(made_up):
    made = made_up(official_test=True)

    figures = subsets.SECTION.compute(made)

    assert figures.comparable
    assert figures.sentence.startswith("It is more accurate than the average person on 4 of 6 subsets; 7 of the 10")
    assert {len(system.subsets) for system in figures.published if system.subsets} == {6}


def test_subsets_of_other_images_are_not_compared(made_up):
    assert "which these are not" in subsets.SECTION.compute(made_up()).sentence


@pytest.mark.parametrize("source", ["drawn signs, seed 3", "own data", ""])
def test_published_systems_stand_beside_images_of_their_data_set_only(made_up, source):
    """Beside drawn signs they would compare what cannot be compared."""
    report = classifier_report(made_up(source=source))

    (figures,) = (part.figures for part in report.parts if part.name == "subsets")
    page = render_page(report)

    assert figures.sentence == "7 of the 10 errors are in the weakest subset, speed limits."
    assert figures.as_dict()["published"] == []
    assert {one["human_accuracy"] for one in figures.as_dict()["subsets"]} == {None}
    assert "average person" not in page
    assert "ublished" not in page


def test_subsets_that_are_equally_weak_are_counted(made_up):
    """Of each of three, one image in twenty is misread: 8, 4 and 4."""
    made = made_up(misread={0: (1, 8), 9: (10, 4), 6: (32, 4)}, source="")

    assert subsets.SECTION.compute(made).sentence == (
        "16 of the 16 errors are in the weakest subsets, speed limits and 2 others."
    )


def test_signs_seen_in_training_are_compared_with_nobody(made_up):
    """All would be right, and better than people."""
    report = classifier_report(made_up(misread={}, official_test=True, seen=True))
    page = render_page(report)

    assert report.parts[0].figures.sentence.endswith("It was trained on these signs: that is memory, not recognition.")
    assert "Read right, of signs seen in training" in page
    assert "average person" not in page
    assert "ublished" not in page
    assert "Read right, of" not in render_page(classifier_report(made_up(official_test=True)))


def test_total_of_the_subsets_has_its_number(made_up):
    page = render_page(classifier_report(made_up()))

    assert '<th scope="row">all</th><td class="num">10 <small>of 860</small></td>' in page


def test_own_classes_have_no_subsets(made_up):
    assert subsets.SECTION.compute(made_up(spec=spec_with(3), misread={})) is None


def test_published_figures_are_those_of_the_data_set():
    """People's are in the data set's specification, too."""
    from roadsigns.datasets.gtsrb import GTSRB
    from roadsigns.html_report.published import PUBLISHED

    people = next(system for system in PUBLISHED["GTSRB"] if system.name == "The average person")

    assert people.accuracy == GTSRB.human_accuracy
    assert people.subsets == tuple(subset.human_accuracy for subset in GTSRB.subsets)
    assert [one.accuracy for one in PUBLISHED["GTSRB"]] == sorted(one.accuracy for one in PUBLISHED["GTSRB"])


def test_what_changed_is_told_sign_by_sign(made_up):
    """This one reads a sign of class 1 right that the other misreads, and misreads one of class 5."""
    other = made_up(misread={1: (2, 7)})
    made = made_up(misread={5: (2, 3)}, against=other)

    figures = changed.SECTION.compute(made)

    assert [(track.class_id, track.errors_a, track.errors_b) for track in figures.won] == [(1, 7, 0)]
    assert [(track.class_id, track.errors_a, track.errors_b) for track in figures.lost] == [(5, 0, 3)]
    assert not figures.significant
    assert "it is better, which may be chance" in figures.sentence


def test_signs_won_and_lost_are_pictured_by_an_image_that_only_one_model_misreads(made_up):
    """With what that one takes it for; its surest mistake."""
    other = made_up(misread={1: (2, 7), 4: (3, 5)})
    # The order of the images does not matter, and four mistakes are common to both.
    turned = replace(
        other,
        rows=other.rows[::-1],
        class_ids=other.class_ids[::-1],
        top_probabilities=other.top_probabilities[::-1],
    )
    made = made_up(misread={4: (3, 4), 5: (2, 3)}, against=turned)

    figures = changed.SECTION.compute(made)

    assert [(one.class_id, one.read_as, one.other_read_as) for one in figures.won_shown] == [(1, 1, 2), (4, 4, 3)]
    assert [(one.class_id, one.read_as, one.other_read_as) for one in figures.lost_shown] == [(5, 2, 5)]
    first = figures.won_shown[0].index
    assert made.rows[first].image == figures.won_shown[0].image
    assert other.confidence[first] == other.confidence[20:27].max()
    assert figures.pictured == (first, 84, figures.lost_shown[0].index)


def test_pictures_of_signs_won_are_bounded_and_say_so(made_up):
    """And on the page, with what the other model takes them for."""
    other = made_up(misread=dict.fromkeys(range(1, 43), (0, 10)))
    report = classifier_report(made_up(misread={}, against=other))

    (section,) = (part.figures for part in report.parts if part.name == "changed")
    page = render_page(report, made_up().images)

    assert (len(section.won), len(section.won_shown), section.lost_shown) == (42, changed.MAX_SHOWN, ())
    assert page.count("data:image/webp") == changed.MAX_SHOWN
    assert "Pictures of the 24 with the largest change; 18 more have none here." in page
    assert "Pictures of" not in render_page(report)


def test_nothing_changed(made_up):
    made = made_up()

    assert changed.SECTION.compute(replace(made, against=made)).sentence == "Both models misread the same 10 images."
    assert changed.SECTION.compute(made) is None


def test_many_signs_won_are_more_than_chance(made_up):
    other = made_up(misread=dict.fromkeys(range(1, 20), (0, 10)))

    assert changed.SECTION.compute(made_up(misread={}, against=other)).significant


def without_tracks(made):
    return replace(made, rows=tuple(row._replace(track=None) for row in made.rows))


def test_without_tracks_a_difference_is_significant_only_if_no_images_share_a_sign(made_up):
    """190 images, which may be those of 19 signs."""
    other = made_up(misread=dict.fromkeys(range(1, 20), (0, 10)))
    made = made_up(misread={}, against=other)
    apart = replace(without_tracks(made), against=without_tracks(other))

    sentence = changed.SECTION.compute(apart).sentence

    assert sentence.endswith("statistically significant, if no two images show the same sign (p ≤ 0.0001).")
    assert "if no two" not in changed.SECTION.compute(made).sentence
    assert "p is too small" in changed.SECTION.explanation


def test_without_tracks_changed_images_are_listed_without_counts_of_frames(made_up):
    """Each would be misread 1 of 1 times before, and 0 of 1 now."""
    other, made = without_tracks(made_up(misread={1: (2, 7)})), without_tracks(made_up(misread={}))

    page = render_page(classifier_report(replace(made, against=other)))

    assert "<caption>Misread by made-up only</caption>" in page
    assert "1 → 0" not in page
    assert "7 → 0 <small>of 10</small>" in render_page(
        classifier_report(made_up(misread={}, against=made_up(misread={1: (2, 7)})))
    )


def test_share_of_a_rare_confusion_is_not_rounded_to_zero(made_up):
    """One of 3,000 images of a class."""
    page = render_page(classifier_report(made_up(spec=spec_with(2), frames=1500, misread={0: (1, 1)})))

    assert '<td class="num">0.03\N{NO-BREAK SPACE}%</td>' in page


def test_confusion_names_pairs_and_leaves_faultless_classes_out(made_up):
    figures = confusion.SECTION.compute(made_up())

    assert [(pair.truth, pair.read_as, pair.images) for pair in figures.pairs] == [(1, 2, 7), (14, 13, 3)]
    assert figures.class_ids == (1, 2, 13, 14)
    assert figures.right == (13, 20, 20, 17)
    assert "'speed limit 30' read as 'speed limit 50', in 7 of the 10 errors; 4 classes of 43 take" in figures.sentence


def test_confusions_and_classes_that_are_equally_bad_are_counted(made_up):
    """None of three pairs is the commonest, and none of three classes the hardest."""
    made = made_up(misread={1: (2, 2), 5: (4, 2), 14: (13, 2)})

    assert confusion.SECTION.compute(made).sentence.startswith(
        "The commonest confusions are 'speed limit 30' read as 'speed limit 50' and 2 others, in 2 of the 6 "
        "errors each; "
    )
    assert classes.SECTION.compute(made).sentence.endswith(
        "the hardest are 'speed limit 30' and 2 others, of each of which 90.00 % are read right."
    )


def test_confusion_of_hundreds_of_classes_stays_legible(made_up):
    made = made_up(spec=spec_with(200), frames=1, misread={number: (number + 1, 1) for number in range(150)})

    figures = confusion.SECTION.compute(made)

    assert (len(figures.class_ids), figures.involved) == (confusion.MAX_CLASSES, 151)


def test_misread_images_are_grouped_by_sign(made_up):
    """Most errors first; in a sign the surest mistake first."""
    figures = misread.SECTION.compute(made_up())

    assert [(sign.class_id, sign.track, sign.errors, sign.frames) for sign in figures.groups] == [
        (1, "00000", 7, 10),
        (14, "00000", 3, 10),
    ]
    sure = [frame.confidence for frame in figures.groups[0].shown]
    assert sure == sorted(sure, reverse=True)
    assert figures.sentence == "10 images of 2 signs are misread: all are below."
    assert len(figures.pictured) == 10


def test_too_many_misread_images_are_spread_over_the_signs_and_counted(made_up, monkeypatch):
    monkeypatch.setattr(misread, "MAX_SHOWN", 3)

    figures = misread.SECTION.compute(made_up())

    assert [len(sign.shown) for sign in figures.groups] == [2, 1]
    assert figures.left_out == 7
    assert "below are 3 of them" in figures.sentence
    assert "7 are left out" in figures.sentence


def test_misread_images_without_tracks_are_grouped_by_class(made_up):
    made = made_up()
    made = replace(made, rows=tuple(row._replace(track=None) for row in made.rows))

    figures = misread.SECTION.compute(made)

    assert figures.signs is None
    assert [(sign.class_id, sign.track, sign.errors) for sign in figures.groups] == [(1, None, 7), (14, None, 3)]


def test_each_class_has_its_recall_and_commonest_mistake(made_up):
    figures = classes.SECTION.compute(made_up())

    one = figures.classes[1]
    assert (one.images, one.errors, one.read_as, one.read_as_images, one.recall) == (20, 7, 2, 7, 0.65)
    assert "41 of 43 classes are read without an error; the hardest is 'speed limit 30'" in figures.sentence


def test_of_mistakes_that_are_as_common_the_first_is_named(made_up):
    """However many classes there are, only pairs that occur are looked at."""
    made = made_up(spec=spec_with(3), misread={})
    confusion_of = np.array([[8, 1, 1], [0, 10, 0], [3, 4, 3]])
    made = replace(made, metrics=replace(made.metrics, confusion=confusion_of))

    found = classes.SECTION.compute(made).classes

    assert [(one.read_as, one.read_as_images) for one in found] == [(1, 1), (None, 0), (1, 4)]
    assert [one.precision for one in found] == [8 / 11, 10 / 15, 3 / 4]


def test_hardest_class_is_looked_for_once_on_a_page(made_up, monkeypatch):
    """Once for each of 10,000 classes would take minutes."""
    calls = []
    monkeypatch.setattr(classes.Classes, "lowest", property(lambda _: calls.append(1) or 0.5))

    render_page(classifier_report(made_up()))

    assert len(calls) == 1


def test_classes_without_images_are_told(made_up):
    made = made_up(spec=spec_with(3), misread={})
    confusion_of = np.diag([10, 0, 10])
    made = replace(made, metrics=replace(made.metrics, confusion=confusion_of))

    figures = classes.SECTION.compute(made)

    assert figures.sentence == "No class of the 2 that are here has an error. 1 class has no image here."


RANGES = [conditions.Bin(10 * number, 10 * number + 10, 143, 0, 0.0, 0.0, 0.1) for number in range(6)]


class Signs:
    """Images whose sides and grey levels grow with the index."""

    def read(self, index):
        side = 20 + index // 10
        return np.full((side, side, 3), min(255, 20 + index // 4), np.uint8), Box(0, 0, side, side)


def test_errors_in_small_and_dark_signs_stand_out(made_up):
    """All errors are in the first images, which are the smallest and darkest ones."""
    made = made_up(misread={class_id: (class_id + 1, 20) for class_id in range(6)}, images=False, frames=10)
    figures = conditions.SECTION.compute(replace(made, images=Signs()))

    by_name = {one.condition.name: one for one in figures.conditions}
    # Flat images have no contrast, and square boxes no slant.
    assert set(by_name) == {"size", "brightness"}
    assert by_name["size"].matters
    assert by_name["size"].worst is by_name["size"].bins[0]
    assert sum(one.images for one in by_name["size"].bins) == 860
    assert figures.sentence.startswith("It is weakest on signs of 20 to 34 pixels, of which ")


def test_ranges_and_conditions_that_are_equally_hard_are_counted():
    """Two ranges of six, of each of which all images are misread."""
    wrong = [replace(one, errors=one.images, error_rate=1.0, error_low=0.9, error_high=1.0) for one in RANGES[:2]]
    right = [replace(one, error_rate=0.0, error_low=0.0, error_high=0.1) for one in RANGES[2:]]
    figures = [conditions.ConditionFigures(condition, (*wrong, *right), "track") for condition in CONDITIONS[:3]]
    weaker = replace(figures[1], bins=(*right, replace(right[0], error_rate=0.5, error_low=0.3, error_high=0.7)))

    def sentence(*some):
        return conditions.Conditions(some, 860, 286, 0, 0).sentence

    assert sentence(figures[0], weaker) == (
        "It is weakest on signs of 0 to 10 pixels and in 1 other range, of each of which 100.00 % are misread, against "
        "0.00 % where it is best."
    )
    assert sentence(*figures[:2]).endswith("where it is best; brightness matters as much.")
    assert sentence(*figures).endswith("where it is best; brightness and contrast matter as much.")


def test_conditions_need_images_and_enough_of_them(made_up):
    few = made_up(spec=spec_with(3), signs=1, frames=1, misread={})

    for made, words in ((made_up(images=False), "--data"), (few, "There are 3 images")):
        figures = conditions.SECTION.compute(made)
        assert isinstance(figures, NotMeasured)
        assert words in figures.reason


def test_unreadable_images_are_counted(made_up):
    class Some(Signs):
        def read(self, index):
            return None if index < 5 else super().read(index)

    assert conditions.SECTION.compute(replace(made_up(), images=Some())).unreadable == 5


def part_of(made, kept):
    """The same report where the data hold some of the images only."""
    samples = [
        Sample(Path(f"{index}.png"), row.class_id) if kept(index) else None for index, row in enumerate(made.rows)
    ]

    class Part(SampleImages):
        def read(self, index):
            return None if self.samples[index] is None else Signs().read(index)

    return replace(made, images=Part(samples))


def test_images_that_the_data_lack_are_not_called_unreadable(made_up):
    """Nor is it said that nothing matters where no measured image is misread."""
    figures = conditions.SECTION.compute(part_of(made_up(misread={1: (2, 7)}), lambda index: index >= 400))

    assert (figures.images, figures.errors, figures.unreadable, figures.absent) == (460, 0, 0, 400)
    assert figures.sentence == (
        "Of the 460 images that were measured, none is misread: no effect can be shown. This rests on 460 of 860 "
        "images: the data hold no others."
    )


def test_misread_images_that_the_data_lack_are_only_named(made_up):
    """Of the seven of class 1, the first three."""
    made = made_up()

    named = misread.SECTION.compute(part_of(made, lambda index: index >= 23))
    none = misread.SECTION.compute(replace(made, images=None))

    assert named.sentence == (
        "10 images of 2 signs are misread: all are below; 3 of them are not in the data, and only named."
    )
    assert none.sentence.endswith("all are below, by name, since the images are not here.")


def test_reliability_is_that_of_the_calibration_metrics(made_up):
    made = made_up()
    figures = reliability.SECTION.compute(made)

    assert figures.ece == confidence_gap(made.confidence, ~made.wrong)
    assert sum(one.images for one in figures.bins) == 860
    assert "; overall it is too" in figures.sentence
    assert "too modest" in figures.sentence or "too sure" in figures.sentence


def test_without_probabilities_nothing_is_said_of_them(made_up):
    made = made_up(top_probabilities=None, probabilities=None, rule=None)

    for section in (reliability, risk, decisions, tracks):
        assert isinstance(section.SECTION.compute(made), NotMeasured)
    assert misread.SECTION.compute(made).groups[0].shown[0].confidence is None


def test_errors_left_fall_with_what_is_passed_on(made_up):
    """Counted one by one: the errors among the surest images."""
    made = made_up()

    figures = risk.SECTION.compute(made)

    left = [row.errors for row in figures.rows]
    assert left[0] == 10
    assert left == sorted(left, reverse=True)
    for row in figures.rows:
        kept = made.confidence >= row.threshold
        assert (int((~kept).sum()), int(made.wrong[kept].sum())) == (row.passed, row.errors)
        assert row.passed <= row.allowed * 860 + 1e-9


def test_equally_sure_images_are_passed_on_together_or_not_at_all(made_up):
    made = made_up()
    figures = risk.SECTION.compute(replace(made, top_probabilities=np.full((860, 1), 0.5)))

    assert {row.passed for row in figures.rows} == {0}
    assert {row.errors for row in figures.rows} == {10}


def with_kinds(made, kinds, threshold):
    unknown_outputs = np.full((len(made.rows), len(UNKNOWN_KINDS)), 0.01, np.float32)
    unknown_outputs[:20] = 0.19
    rule = DecisionRule(made.about.spec.classes, kinds, threshold)
    return replace(made, unknown=unknown_outputs if kinds else None, rule=rule)


def test_decisions_are_counted_beside_errors(made_up):
    """The first 20 images, all of class 0, are called unknown."""
    figures = decisions.SECTION.compute(with_kinds(made_up(misread={0: (1, 5)}), UNKNOWN_KINDS, 0.5))

    assert [(one.decision, one.images, one.errors) for one in figures.decided] == [
        ("known", 840, 0),
        ("unknown", 20, 5),
    ]
    assert figures.sentence.startswith("Of its 5 errors, none is called known; the price is")


@pytest.mark.parametrize(
    ("kinds", "threshold", "reason"),
    [((), None, "without negatives"), (UNKNOWN_KINDS, None, "roadsigns calibrate")],
)
def test_model_without_thresholds_decides_nothing(made_up, kinds, threshold, reason):
    figures = decisions.SECTION.compute(with_kinds(made_up(), kinds, threshold))

    assert isinstance(figures, NotMeasured)
    assert reason in figures.reason


def test_signs_are_fused_from_their_frames(made_up):
    figures = tracks.SECTION.compute(made_up())

    assert figures.frames == [1, 3, 5, 10]
    assert figures.result("fused", 10).tracks == 86
    assert figures.result("fused", 10).errors == 1
    assert figures.sentence.startswith("From one frame 1.16 % of the signs are misread (95 % interval 0.")
    assert "10 frames fused into one decision 1.16 % of 86 (0." in figures.sentence
    most = figures.result("fused", 10)
    assert 0 < most.error_low < 1 / 86 < most.error_high < 0.1
    assert figures.share(10) in render_page(classifier_report(made_up()))


def test_tracks_are_needed(made_up):
    made = made_up()

    figures = tracks.SECTION.compute(replace(made, rows=tuple(row._replace(track=None) for row in made.rows)))

    assert isinstance(figures, NotMeasured)


def test_unknown_signs_and_hard_conditions_are_shown_where_they_were_measured(made_up):
    kinds = (UnknownKind("zebra <b>", 10, 0.4), UnknownKind("tram", 5, 0.2))
    signs = UnknownSigns("unknown", "abroad", "known", 860, 15, 0.99, 0.97, 0.05, 0.1, kinds)
    conditions_of = HardConditions(860, 0.99, 0.9, 0.5, "plain", (HardCondition("snow", 0.8, (0.9, 0.7)),))
    made = made_up(unknown_signs=(signs,), hard=conditions_of)

    figures = unknown.SECTION.compute(made), hard.SECTION.compute(made)

    assert figures[0].sentence == (
        "Where 99 % of the known images are kept, 10.00 % of 15 unknown images pass as known signs, too."
    )
    assert "'snow' is the hardest, with 80.00 %" in figures[1].sentence
    doubtful = unknown.SECTION.compute(made_up(unknown_signs=(replace(signs, known_names=("stop",)),)))
    assert doubtful.sentence.endswith("Some are named after classes: the figures are too bad if they show these: stop.")
    page = render_page(classifier_report(made))
    assert "zebra &lt;b&gt;" in page
    assert "relative to plain: 0.500" in page


@pytest.mark.parametrize(
    ("accuracies", "told"),
    [
        ((0.8, 0.9), "; 'kind 0' is the hardest, with 80.00 %."),
        ((0.1 + 0.2, 0.3, 0.9), "; 'kind 0' and 1 other are the hardest, with 30.00 % each."),
        ((1.0, 1.0), "; all kinds are equally hard."),
        ((0.7,), "; 'kind 0' is the hardest, with 70.00 %."),
    ],
)
def test_kinds_of_corruption_that_are_equally_hard_are_counted(made_up, accuracies, told):
    """Also where rounding parts them."""
    kinds = tuple(HardCondition(f"kind {number}", accuracy, ()) for number, accuracy in enumerate(accuracies))

    figures = hard.SECTION.compute(made_up(hard=HardConditions(860, 1.0, 0.9, None, None, kinds)))

    assert figures.sentence.endswith(told)


def test_hard_conditions_of_random_strength_say_so(made_up):
    """Drawn signs are something else, and not all kinds are noise, blur or snow."""
    kinds = (HardCondition("small", 0.8, ()), HardCondition("dark", 0.9, ()))
    page = render_page(classifier_report(made_up(hard=HardConditions(860, 0.99, 0.85, None, None, kinds))))

    assert "of random strength" in page
    assert "Under hard conditions" in page


def test_without_measurements_it_says_how_to_get_them(made_up):
    made = made_up(weights_sha256="0")

    assert "takes the model" in unknown.SECTION.compute(made_up()).reason
    assert "takes the model" in hard.SECTION.compute(made_up()).reason
    assert "--unknown" in unknown.SECTION.compute(made).reason
    assert "--corruptions" in hard.SECTION.compute(made).reason


def test_heat_maps_are_shown_where_there_are_any(made_up):
    picture = np.full((8, 8, 3), 90, np.uint8)
    made = made_up(heat_maps=(HeatMapPicture(20, picture, picture, "gradient"),))

    figures = heat_maps.SECTION.compute(made)

    assert (figures.looks[0].truth, figures.looks[0].read_as, figures.method) == (1, 2, "gradient")
    assert "Where it looked" in render_page(classifier_report(made))
    assert heat_maps.SECTION.compute(made_up()) is None


def test_heat_maps_of_several_models_say_so(made_up):
    picture = np.full((8, 8, 3), 90, np.uint8)
    made = made_up(heat_maps=(HeatMapPicture(20, picture, picture, "gradient"),), explained_by="the model of its fold")

    sentence = heat_maps.SECTION.compute(made).sentence

    assert sentence.endswith("(found by integrated gradients, each in the model of its fold).")


@pytest.mark.parametrize("why", [(), NotMeasured("It takes the images.")])
def test_missing_heat_maps_say_why(made_up, why):
    """Images to explain that cannot be read, or what the source says."""
    assert "images" in heat_maps.SECTION.compute(made_up(heat_maps=why)).reason


@pytest.mark.parametrize("count", [1, 3])
def test_few_classes_and_images_make_a_whole_report(made_up, count):
    """One class, or three images: all figures are JSON, and nothing is invented."""
    made = made_up(spec=spec_with(count), signs=1, frames=1, misread={}, unknown=True)

    report = classifier_report(made)

    json.dumps(report.as_dict(), allow_nan=False)
    assert render_page(report, made.images).endswith("</html>")


def test_figures_of_a_whole_report_are_json(made_up):
    made = made_up(official_test=True, against=made_up(misread={}))

    values = json.loads(json.dumps(classifier_report(made).as_dict(), allow_nan=False))

    assert values["sections"]["headline"]["errors"] == 10
    assert values["sections"]["changed"]["errors_p"] < 1
