"""Thresholds of the known score, from a cross-validation."""

import numpy as np
import pytest

from roadsigns.cross_validation.known_score import measure_thresholds
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.cross_validation.temperature import measure_temperature
from roadsigns.datasets.reader import read_training
from roadsigns.evaluation.probabilities import probabilities_file, write_probabilities

# 86 tracks of two frames in two folds.
SHARES = [0.9, 0.95, 0.98]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, write_sure_cross, drawn_folder):
    """A cross-validation of models with two kinds of unknown, most of whose images they know for sure."""
    folder = tmp_path_factory.mktemp("cross") / "out"
    write_sure_cross(folder, read_training(drawn_folder), sureness=2)
    rng = np.random.default_rng(0)
    for number in (1, 2):
        file = probabilities_file(folder, number)
        with np.load(file) as arrays:
            probabilities = arrays["probabilities"]
        # Both frames of a track alike.
        unknown = np.repeat(rng.beta(0.3, 4, (len(probabilities) // 2, 1)), 2, axis=0)
        parts = np.concatenate([0.25 * unknown, 0.75 * unknown], axis=1).astype(np.float32)
        write_probabilities(probabilities, file, unknown=parts)
    return folder


@pytest.fixture(scope="module")
def known(folder):
    return measure_thresholds(measure_temperature(read_cross_validation(folder)))


def test_shares_that_the_tracks_support_get_a_threshold(known):
    """86 are too few for 99 %. The more is kept, the lower is the threshold."""
    thresholds = known.thresholds

    assert (thresholds.unit, thresholds.units) == ("track", 86)
    assert list(thresholds.thresholds) == SHARES
    values = list(thresholds.thresholds.values())
    assert values == sorted(values, reverse=True)
    assert 0 < values[-1] < values[0] < 1


def test_the_promised_share_is_kept_of_tracks_that_did_not_set_the_threshold(known):
    """Within what 86 tracks can show."""
    for one in known.shares:
        assert one.kept >= one.share - 0.05
        assert one.interval.low <= one.kept <= one.interval.high


def test_scores_are_those_at_the_temperature(folder, known):
    """As the calibrated model computes them: the logits of classes and kinds are divided alike."""
    cross = read_cross_validation(folder)
    temperature = measure_temperature(cross).value
    scores = []
    for number in (1, 2):
        with np.load(probabilities_file(folder, number)) as arrays:
            probabilities, unknown = (arrays[name].astype(np.float64) for name in ("probabilities", "unknown"))
        joint = np.concatenate([probabilities * (1 - unknown.sum(axis=1, keepdims=True)), unknown], axis=1)
        powers = joint ** (1 / temperature)
        scores.append(powers[:, :43].sum(axis=1) / powers.sum(axis=1))
    scores = np.concatenate(scores)

    kept = [(scores >= threshold - 1e-9).mean() for threshold in known.thresholds.thresholds.values()]

    assert all(share <= part < share + 0.04 for share, part in zip(SHARES, kept, strict=True))


def test_models_without_kinds_of_unknown_get_no_thresholds(tmp_path, write_sure_cross, drawn_folder):
    write_sure_cross(tmp_path / "out", read_training(drawn_folder), sureness=2)

    assert measure_thresholds(measure_temperature(read_cross_validation(tmp_path / "out"))) is None
