"""The decision: what a network puts out becomes predictions."""

from dataclasses import replace

import numpy as np
import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.errors import ModelError
from roadsigns.inference.decide import DecisionRule, decide, decision_numbers, known_scores
from roadsigns.inference.prediction import ClassProbability
from roadsigns.model_files.conformal_quantiles import ConformalQuantiles
from roadsigns.model_files.known_thresholds import KnownThresholds
from roadsigns.types import SignClass

CLASSES = tuple(SignClass(number, name) for number, name in enumerate(("stop", "yield", "priority road")))


KINDS = ("danger", "no sign")
SURE, EITHER, LOST = [0.9, 0.06, 0.04], [0.5, 0.45, 0.05], [0.98, 0.01, 0.01]
LITTLE, MUCH = [0.02, 0.01], [0.1, 0.7]


def decided(*rows, top_k=1, **rule):
    """The predictions of some rows of outputs."""
    return decide(np.array(rows, np.float32), DecisionRule(CLASSES, **rule), top_k=top_k)


def test_most_probable_class_is_the_prediction():
    """With its name and its probability, for each image in order."""
    first, second = decided([0.25, 0.5, 0.25], [0.75, 0.25, 0.0])

    assert (first.class_id, first.name, first.probability) == (1, "yield", 0.5)
    assert (second.class_id, second.name, second.probability) == (0, "stop", 0.75)


def test_top_classes_come_best_first_and_begin_with_the_prediction():
    (prediction,) = decided([0.25, 0.125, 0.625], top_k=2)

    assert prediction.top_k == (ClassProbability(2, "priority road", 0.625), ClassProbability(0, "stop", 0.25))
    assert prediction.name == "priority road"


def test_of_equally_probable_classes_the_lower_label_comes_first():
    (prediction,) = decided([0.25, 0.375, 0.375], top_k=3)

    assert [entry.class_id for entry in prediction.top_k] == [1, 2, 0]


@pytest.mark.parametrize("top_k", [3, 4, 100])
def test_more_classes_than_there_are_lists_all(top_k):
    """A model of three classes has no fourth."""
    assert len(decided([0.5, 0.25, 0.25], top_k=top_k)[0].top_k) == 3


@pytest.mark.parametrize("row", [[np.nan, 0.06, 0.04, 0.1, 0.1], [0.9, 0.06, 0.04, np.nan, 0.1]])
def test_outputs_that_are_not_numbers_decide_nothing(row):
    """Any comparison with them would."""
    with raises(ModelError, problem="not numbers", hint="Train again"):
        decided(row, unknown_kinds=KINDS, threshold=0.5)


def test_a_share_that_is_no_number_is_refused(tiny_metadata):
    with pytest.raises(TypeError, match="keep"):
        DecisionRule.of(tiny_metadata, keep="0.9")


def test_the_known_score_is_never_below_zero():
    """Softmax in float32 can add up to a little more than 1."""
    assert known_scores(np.array([[0.6, 0.4000001]], np.float32)).tolist() == [0]


def test_no_image_makes_no_prediction():
    """Shape (0, num_classes)."""
    assert decide(np.empty((0, 3), np.float32), DecisionRule(CLASSES), top_k=1) == []


def test_a_model_without_thresholds_decides_nothing():
    """Neither does one that could tell how known a sign is: no threshold is invented."""
    (plain,), (scored,) = decided(SURE), decided([*SURE, *MUCH], unknown_kinds=KINDS)

    assert (plain.decision, plain.known_score, plain.unknown_kind, plain.candidates) == (None, None, None, ())
    assert (scored.decision, scored.unknown_kind) == (None, None)
    assert scored.known_score == pytest.approx(0.2)


def test_a_sign_is_known_from_the_threshold_on():
    """Below it, it is unknown, of the most probable kind; the most probable class stays in its fields."""
    known, unknown = decided([*SURE, *LITTLE], [*LOST, *MUCH], unknown_kinds=KINDS, threshold=0.5, quantile=0.6)

    assert (known.decision, known.unknown_kind, known.candidates) == ("known", None, (0,))
    assert known.known_score == pytest.approx(0.97)
    assert (unknown.decision, unknown.unknown_kind, unknown.name) == ("unknown", "no sign", "stop")


def test_the_threshold_itself_is_known():
    score = float(known_scores(np.array([[0.25, 0.25]], np.float32))[0])
    (prediction,) = decided([*SURE, 0.25, 0.25], unknown_kinds=KINDS, threshold=score)

    assert prediction.decision == "known"


def test_a_known_sign_of_several_candidates_is_uncertain():
    """Best first. An unknown sign is unknown, however many classes it resembles."""
    rule = {"unknown_kinds": KINDS, "threshold": 0.5, "quantile": 0.6}
    uncertain, unknown = decided([*EITHER, *LITTLE], [*EITHER, *MUCH], **rule)

    assert (uncertain.decision, uncertain.candidates) == ("uncertain", (0, 1))
    assert unknown.decision == "unknown"


def test_without_prediction_sets_no_sign_is_uncertain():
    (prediction,) = decided([*EITHER, *LITTLE], unknown_kinds=KINDS, threshold=0.5)

    assert (prediction.decision, prediction.candidates) == ("known", ())


def test_prediction_sets_do_not_need_thresholds():
    """They hold where the image shows one of the classes, which such a model cannot tell."""
    (prediction,) = decided(EITHER, quantile=0.6)

    assert (prediction.decision, prediction.known_score, prediction.candidates) == (None, None, (0, 1))


@pytest.fixture
def deciding(tiny_metadata):
    """The metadata of a model with thresholds and prediction sets."""
    thresholds = KnownThresholds("group", 600, {0.95: 0.8, 0.99: 0.4})
    sets = ConformalQuantiles("ratio", "group", 600, {0.99: 0.9})
    return replace(tiny_metadata, unknown_kinds=KINDS, known_thresholds=thresholds, conformal=sets)


def test_a_rule_takes_the_thresholds_that_the_caller_wants(deciding):
    """By default those of 0.99."""
    assert (DecisionRule.of(deciding).threshold, DecisionRule.of(deciding).quantile) == (0.4, 0.9)
    assert DecisionRule.of(deciding, keep=0.95).threshold == 0.8


@pytest.mark.parametrize(("asked", "kept"), [(None, 0.99), (0.99, 0.99), (0.97, 0.99), (0.85, 0.95)])
def test_a_rule_says_which_share_it_keeps(deciding, asked, kept):
    """Between two shares of the model it is the larger one."""
    assert DecisionRule.of(deciding, keep=asked).keep == kept


@given(st.integers(0, 10_000), st.sampled_from([None, 0.9]), st.sampled_from([None, 0.3, 0.9]))
def test_decision_numbers_are_those_of_predictions(seed, threshold, quantile):
    """Of whole arrays at once."""
    rng = np.random.default_rng(seed)
    outputs = np.hstack([rng.dirichlet([0.3, 0.3, 0.3], 20), rng.dirichlet([0.2, 0.2, 2], 20)[:, : len(KINDS)]])
    rule = DecisionRule(CLASSES, KINDS, threshold=threshold, quantile=quantile)

    numbers = decision_numbers(outputs.astype(np.float32), rule)

    words = [one.decision or "unknown" for one in decide(outputs.astype(np.float32), rule, top_k=1)]
    assert [("unknown", "known", "uncertain")[number] for number in numbers] == words


def test_a_rule_says_what_its_sets_promise(deciding, tiny_metadata):
    """Nothing where the model has none."""
    assert DecisionRule.of(deciding).coverage == 0.99
    assert DecisionRule.of(tiny_metadata).coverage is None


def test_a_rule_of_a_model_without_thresholds_decides_nothing(tiny_metadata):
    assert DecisionRule.of(tiny_metadata) == DecisionRule(tiny_metadata.classes)


def test_a_share_that_a_model_has_no_threshold_for_is_refused(tiny_metadata):
    """Calibration adds thresholds only where there are outputs for unknown signs."""
    with raises(ModelError, problem="trained without negatives, so keep means nothing", hint="Leave keep out"):
        DecisionRule.of(tiny_metadata, keep=0.9)
    with raises(ModelError, problem="no thresholds, so keep means nothing", hint="roadsigns calibrate"):
        DecisionRule.of(replace(tiny_metadata, unknown_kinds=KINDS), keep=0.9)


def test_a_coverage_without_prediction_sets_is_refused(tiny_metadata):
    with raises(ModelError, problem="so coverage means nothing", hint="roadsigns calibrate"):
        DecisionRule.of(tiny_metadata, coverage=0.9)
