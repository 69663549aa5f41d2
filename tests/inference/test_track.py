"""The frames of one sign, fused into one decision."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roadsigns.inference.decide import DecisionRule, decide
from roadsigns.inference.track import CORRELATION, TrackFusion, fuse, quality_of
from roadsigns.types import SignClass

CLASSES = tuple(SignClass(number, name) for number, name in enumerate(("limit 30", "limit 50", "limit 80")))
KINDS = ("danger", "no sign")
RULE = DecisionRule(CLASSES, KINDS, threshold=0.9, quantile=0.95)
SURE, MISREAD, DIM = [0.98, 0.01, 0.01], [0.2, 0.75, 0.05], [0.5, 0.3, 0.2]
KNOWN, UNKNOWN, DOUBTFUL = [0.01, 0.01], [0.1, 0.85], [0.1, 0.05]

probability = st.floats(0, 1, width=32)


@st.composite
def frames(draw, min_size=1, max_size=8):
    """The outputs of some frames, and their qualities."""
    count = draw(st.integers(min_size, max_size))
    weights = np.array(draw(st.lists(st.lists(probability, min_size=6, max_size=6), min_size=count, max_size=count)))
    classes = weights[:, :3] + 1e-3
    known = weights[:, 3:] + 1e-3
    classes, known = (part / part.sum(axis=1, keepdims=True) for part in (classes, known))
    qualities = draw(st.lists(st.floats(0.5, 30), min_size=count, max_size=count))
    return np.concatenate([classes, known[:, 1:]], axis=1).astype(np.float32), np.array(qualities)


def outputs(*rows):
    return np.array(rows, np.float32)


@given(frames())
def test_fused_probabilities_are_probabilities(given_frames):
    """Those of the classes add up to 1, those of the kinds leave the rest to the known score."""
    fused = fuse(*given_frames, num_classes=3)

    assert fused.dtype == np.float32
    assert fused.shape == (5,)
    assert (fused >= 0).all()
    assert fused[:3].sum() == pytest.approx(1, abs=1e-5)
    assert fused[3:].sum() <= 1 + 1e-5


@given(frames(), st.randoms())
def test_the_order_of_frames_does_not_matter(given_frames, random):
    """But for the last digits of a sum."""
    rows, qualities = given_frames
    order = list(range(len(rows)))
    random.shuffle(order)

    fused = fuse(rows, qualities, num_classes=3)

    np.testing.assert_allclose(fuse(rows[order], qualities[order], num_classes=3), fused, atol=1e-6)


@given(frames(max_size=1))
def test_a_single_frame_is_told_exactly_as_itself(given_frames):
    """Whatever its quality; also frame by frame."""
    rows, qualities = given_frames
    fusion = TrackFusion(RULE)
    fusion.add(rows[0], qualities[0])

    np.testing.assert_array_equal(fuse(rows, qualities, num_classes=3), rows[0])
    assert fusion.prediction(top_k=3) == decide(rows, RULE, top_k=3)[0]


@given(frames(), frames(max_size=1))
def test_a_frame_that_agrees_never_changes_the_class(given_frames, another):
    """Its class stays the most probable one, however unsure the frame is, unless two were equally probable."""
    rows, qualities = (np.concatenate(pair) for pair in zip(given_frames, another, strict=True))
    before = fuse(*given_frames, num_classes=3)[:3]
    first, second = np.sort(before)[:-3:-1]
    assume(before.argmax() == rows[-1, :3].argmax() and first - second > 1e-4)

    after = fuse(rows, qualities, num_classes=3)[:3]

    assert after.argmax() == before.argmax()


@given(frames(max_size=1), st.integers(2, 40))
def test_more_frames_that_say_the_same_never_lower_a_probability(given_frames, count):
    """Nor do they raise it beyond what correlated frames can say: 1 / correlation frames at most."""
    (row,), _ = given_frames
    most = row[:3].astype(np.float64) ** (1 / CORRELATION)

    probability = fuse(np.stack([row] * count), num_classes=3)[:3].max()

    assert row[:3].max() - 1e-6 <= probability <= most.max() / most.sum() + 1e-6


@given(frames())
def test_frames_that_come_one_by_one_are_fused_like_all_at_once(given_frames):
    rows, qualities = given_frames
    fusion = TrackFusion(RULE)
    for row, quality in zip(rows, qualities.tolist(), strict=True):
        fusion.add(row, quality)

    assert fusion.frames == len(rows)
    np.testing.assert_allclose(fusion.outputs(), fuse(rows, qualities, num_classes=3), atol=1e-6)


def test_independent_frames_multiply_and_dependent_ones_count_as_one():
    """The two ends of the correlation."""
    rows = outputs([0.6, 0.3, 0.1], [0.6, 0.3, 0.1])
    product = np.square(rows[0]) / np.square(rows[0]).sum()

    np.testing.assert_allclose(fuse(rows, num_classes=3, correlation=0), product, atol=1e-6)
    np.testing.assert_allclose(fuse(rows, num_classes=3, correlation=1), rows[0], atol=1e-6)


def test_frames_of_better_quality_count_more():
    """So a sharp frame overrules a dim one, and a dim one does not overrule a sharp one."""
    rows = outputs(SURE, MISREAD)

    first, second = (fuse(rows, qualities, num_classes=3) for qualities in ([3, 1], [1, 3]))

    assert first[0] > fuse(rows, num_classes=3)[0] > second[0]
    assert quality_of(64, 64) == 2 * quality_of(16, 16) == 8


def test_a_single_misread_frame_is_outvoted():
    """The decision changes its mind while evidence grows."""
    fusion = TrackFusion(RULE)
    fusion.add(*outputs([*MISREAD, *KNOWN]))
    before = fusion.prediction()
    for _ in range(4):
        fusion.add(*outputs([*SURE, *KNOWN]))
    after = fusion.prediction()

    assert (before.class_id, before.decision) == (1, "uncertain")
    assert (after.class_id, after.decision) == (0, "known")


def test_frames_that_contradict_each_other_on_the_class_are_no_sign_of_an_unknown_one():
    """The known score is that of the frames, which all know the sign."""
    rows = outputs([0.99, 0.005, 0.005, *KNOWN], [0.005, 0.99, 0.005, *KNOWN])

    (prediction,) = decide(fuse(rows, num_classes=3)[np.newaxis], RULE, top_k=1)

    assert prediction.decision == "uncertain"
    assert prediction.known_score >= 0.98


def test_an_unknown_sign_stays_one_when_a_frame_looks_known():
    rows = outputs([*SURE, *DOUBTFUL], *[[*DIM, *UNKNOWN]] * 3)

    (prediction,) = decide(fuse(rows, num_classes=3)[np.newaxis], RULE, top_k=1)

    assert (prediction.decision, prediction.unknown_kind) == ("unknown", "no sign")


def test_one_frame_cannot_rule_a_class_out():
    """A probability of 0 is the arithmetic's, not the sign's."""
    rows = outputs([0.0, 1.0, 0.0], *[[0.999, 0.0005, 0.0005]] * 9)

    assert fuse(rows, num_classes=3).argmax() == 0


def test_models_without_kinds_of_unknown_are_fused_too():
    rule = DecisionRule(CLASSES)
    fusion = TrackFusion(rule)
    for row in outputs(SURE, DIM):
        fusion.add(row)

    prediction = fusion.prediction()

    assert (prediction.class_id, prediction.decision, prediction.known_score) == (0, None, None)


@pytest.mark.parametrize("quality", [0, -1, float("nan"), float("inf")])
def test_a_quality_that_is_not_above_zero_is_refused(quality):
    with pytest.raises(ValueError, match="quality of a frame is"):
        fuse(outputs(SURE), [quality], num_classes=3)
    with pytest.raises(ValueError, match="Expected a number above 0"):
        TrackFusion(RULE).add(outputs(SURE)[0], quality)


def test_no_frame_gives_no_prediction():
    with pytest.raises(ValueError, match="no frames to fuse"):
        fuse(np.empty((0, 3), np.float32), num_classes=3)
    with pytest.raises(ValueError, match="no frame yet"):
        TrackFusion(RULE).prediction()
