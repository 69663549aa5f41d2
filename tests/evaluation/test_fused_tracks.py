"""How often signs are read right from several frames."""

from pathlib import Path

import numpy as np
import pytest

from roadsigns.evaluation.fused_tracks import evaluate_fused_tracks
from roadsigns.evaluation.intervals import accuracy_interval
from roadsigns.inference.decide import DecisionRule
from roadsigns.types import Box, Sample, SignClass

CLASSES = tuple(SignClass(number, name) for number, name in enumerate(("stop", "yield", "no entry")))
KINDS = ("danger", "no sign")
RULE = DecisionRule(CLASSES, KINDS, threshold=0.5, quantile=0.9)
RIGHT, WRONG, UNKNOWN = [0.98, 0.01, 0.01, 0, 0], [0.2, 0.75, 0.05, 0, 0], [0.98, 0.01, 0.01, 0.1, 0.85]


def samples_of(name, count, *, sides=None, class_id=0, track="0"):
    """The frames of a track."""
    boxes = [Box(0, 0, side, side) for side in sides] if sides else [None] * count
    return [Sample(Path(f"{name}_{frame}.png"), class_id, box, track) for frame, box in enumerate(boxes)]


def evaluated(*rows, rule=RULE, **of_track):
    """The results of one track by method, order and number of frames."""
    outputs = np.array(rows, np.float32)[:, : len(CLASSES) + len(rule.unknown_kinds)]
    fused = evaluate_fused_tracks(outputs, samples_of("a", len(rows), **of_track), rule)
    return {(result.method, result.order, result.frames): result for result in fused.results}


def test_a_misread_first_frame_is_corrected_by_the_next():
    results = evaluated(WRONG, RIGHT, RIGHT)

    assert [results["fused", "first", frames].errors for frames in (1, 3)] == [1, 0]
    assert results["fused", "first", 3].tracks == 1


def test_only_tracks_with_enough_frames_count():
    """Of four frames there are no five."""
    assert {frames for _, _, frames in evaluated(*[RIGHT] * 4)} == {1, 3}


def test_frames_drawn_at_random_are_averaged():
    """One of three frames is misread; five draws cannot all be alike."""
    result = evaluated(WRONG, RIGHT, RIGHT)["fused", "random", 1]

    assert 0 < result.errors < 1
    assert result.errors * 5 == pytest.approx(round(result.errors * 5))


def test_interval_counts_each_track_once():
    """However many frames are taken, and however often they are drawn: one of 20 signs is misread."""
    samples = [sample for track in range(20) for sample in samples_of("a", 3, track=str(track))]
    outputs = np.array([WRONG] * 3 + [RIGHT] * 57, np.float32)

    fused = evaluate_fused_tracks(outputs, samples, RULE)

    expected = accuracy_interval(np.arange(20) == 0, np.arange(20))
    for result in fused.results:
        assert (result.errors, result.tracks) == (1, 20)
        assert (result.error_low, result.error_high) == pytest.approx((1 - expected.high, 1 - expected.low))


def test_each_simpler_way_reads_in_its_own_way():
    """Two frames lean a little to another class, one is sure of the right one, the largest shows the third."""
    weak = [0.4, 0.5, 0.1, 0, 0]
    third = [0.25, 0.3, 0.45, 0, 0]
    results = evaluated(weak, weak, third, [0.97, 0.01, 0.02, 0, 0], weak, sides=[20, 20, 90, 20, 20])
    errors = {method: results[method, "first", 5].errors for method in ("mean", "product", "majority", "largest")}

    assert errors == {"mean": 0, "product": 0, "majority": 1, "largest": 1}


def test_wrong_decisions_are_counted_by_how_sure_they_are():
    """Misread with 99.8 %, once as known and once as unknown."""
    surely = [0.001, 0.998, 0.001, 0, 0]
    known, unknown = (evaluated(row)["fused", "first", 1] for row in (surely, [*surely[:3], 0.1, 0.85]))

    assert (known.sure_errors, known.known_errors, known.unknown) == (1, 1, 0)
    assert (unknown.sure_errors, unknown.known_errors, unknown.unknown) == (1, 0, 1)
    assert known.ece == pytest.approx(0.998)


def test_decisions_are_those_of_the_models_thresholds():
    """Below the threshold unknown, with several candidates uncertain."""
    assert evaluated(UNKNOWN)["fused", "first", 1].unknown == 1
    assert evaluated(WRONG)["fused", "first", 1].uncertain == 1


def test_a_model_that_decides_nothing_has_no_decisions_to_count():
    result = evaluated(WRONG, rule=DecisionRule(CLASSES))["fused", "first", 1]

    assert (result.errors, result.known_errors, result.uncertain, result.unknown) == (1, None, None, None)


def test_images_without_a_track_do_not_count():
    """Nothing says which of them show the same sign."""
    outputs = np.array([RIGHT] * 3, np.float32)
    samples = samples_of("a", 3, track=None)

    fused = evaluate_fused_tracks(outputs, samples, RULE)

    assert (fused.results, fused.fitted_correlation) == ((), None)


def test_tracks_of_the_same_number_in_two_classes_are_two_signs():
    outputs = np.array([RIGHT, RIGHT], np.float32)
    samples = samples_of("a", 1) + samples_of("b", 1, class_id=1)

    result = evaluate_fused_tracks(outputs, samples, RULE).results[0]

    assert (result.tracks, result.errors) == (2, 1)


def test_the_fitted_correlation_tells_frames_that_err_together_from_those_that_do_not():
    """Ten signs of five frames. Each frame has 70 %: right for all frames of seven signs, or for 70 % of each."""

    def fitted(frame_is_right):
        right, wrong = [0.7, 0.2, 0.1, 0, 0], [0.2, 0.7, 0.1, 0, 0]
        outputs = np.array([right if one else wrong for track in frame_is_right for one in track], np.float32)
        samples = [one for track in range(10) for one in samples_of(str(track), 5, track=str(track))]
        return evaluate_fused_tracks(outputs, samples, RULE).fitted_correlation

    together = [[track < 7] * 5 for track in range(10)]
    apart = [[(frame + track) % 10 < 7 for frame in range(5)] for track in range(10)]

    assert fitted(together) >= 0.8
    assert fitted(apart) < 0.5
