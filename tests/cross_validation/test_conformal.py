"""A cross-validation to the quantiles of its prediction sets, and how these are judged."""

import dataclasses
import json

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.cross_validation.conformal import measure_sets
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.cross_validation.temperature import measure_temperature
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.reader import read_training
from roadsigns.errors import RunError
from roadsigns.evaluation.calibration import log_probabilities, logits_of
from roadsigns.evaluation.conformal import conformal_quantile
from roadsigns.inference.prediction_sets import nonconformity_scores, prediction_set


@pytest.fixture(scope="module")
def sure(tmp_path_factory, write_sure_cross, drawn_folder):
    """Two folds of models that are twice as sure as they may be: 86 tracks of two frames. Not to be changed."""
    folder = tmp_path_factory.mktemp("cross") / "out"
    return write_sure_cross(folder, read_training(drawn_folder), sureness=2)


@pytest.fixture(scope="module")
def temperature(sure):
    return measure_temperature(read_cross_validation(sure[0]))


def tracks_of(folder):
    rows = read_cross_validation(folder).predictions.rows
    return np.unique([f"{row.class_id} {row.track}" for row in rows], return_inverse=True)[1]


def test_quantile_is_that_of_all_tracks_at_the_temperature_of_all_folds(sure, temperature):
    folder, rows, labels = sure

    sets = measure_sets(temperature, [0.9, 0.8])

    probabilities = np.exp(log_probabilities(logits_of(rows), temperature.value))
    scores = nonconformity_scores(probabilities, labels)
    assert (sets.unit, sets.units) == ("track", 86)
    assert sets.quantiles.quantiles == {
        level: conformal_quantile(scores, tracks_of(folder), level) for level in (0.8, 0.9)
    }
    sizes = [len(one) for one in prediction_set(probabilities, sets.quantiles.at(0.9))]
    assert sets.levels[1].mean_size_as_stored == pytest.approx(np.mean(sizes))


def test_sets_are_judged_on_tracks_that_did_not_calibrate_them(temperature):
    """Halves, or each track by all others where halves are too few. The higher level covers more, with larger sets."""
    low, high = measure_sets(temperature, [0.9, 0.98]).levels

    assert (low.parts, high.parts) == (2, 86)
    assert 0.8 < low.metrics.coverage < high.metrics.coverage
    assert high.metrics.coverage > 0.93
    assert 1 < low.metrics.mean_size < high.metrics.mean_size < 43
    assert len(low.metrics.classes) == 43


def test_levels_that_nobody_asked_for_are_left_out_where_there_are_too_few_signs(temperature):
    """86 tracks are enough for no default level."""
    sets = measure_sets(temperature)

    assert sets.levels == ()
    assert sets.quantiles is None
    assert [(one.level, one.needed) for one in sets.left_out] == [(0.99, 100), (0.999, 1000)]


def test_level_that_was_asked_for_is_refused_where_there_are_too_few_signs(sure, temperature):
    with raises(
        RunError,
        problem="86 tracks cannot support the level 99 %",
        expected="at least 100 tracks",
        subject=str(sure[0]),
    ):
        measure_sets(temperature, [0.9, 0.99])


def test_values_are_json(temperature):
    sets = measure_sets(temperature, [0.9, 0.98])

    values = json.loads(json.dumps(sets.as_dict(), allow_nan=False))

    assert values["levels"][0]["quantile"] == sets.levels[0].quantile
    assert values["levels"][1]["metrics"]["coverage"] == sets.levels[1].metrics.coverage
    assert values["left_out"] == []


@pytest.fixture
def gtsrb_cross(temperature):
    """A cross-validation that says it is of GTSRB, by group."""
    record = dataclasses.replace(
        temperature.cross.record, source="GTSRB", classes=tuple(sign.name for sign in GTSRB_CLASSES), by="group"
    )
    return dataclasses.replace(temperature.cross, record=record)


def test_folds_that_divide_groups_are_warned_of(gtsrb_cross, temperature):
    """Their models have seen look-alike signs."""
    record = dataclasses.replace(gtsrb_cross.record, by="track")
    divided = dataclasses.replace(temperature, cross=dataclasses.replace(gtsrb_cross, record=record))

    with pytest.warns(UserWarning, match="made by track"):
        measure_sets(divided, [0.8])
    measure_sets(dataclasses.replace(temperature, cross=gtsrb_cross), [0.8])
