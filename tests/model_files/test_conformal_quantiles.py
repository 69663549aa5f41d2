"""Conformal quantiles in a model's metadata: kept exactly, left out where there are none."""

import dataclasses
import json

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import ModelError
from roadsigns.inference.prediction_sets import set_members
from roadsigns.model_files.conformal_quantiles import SCORE, ConformalQuantiles
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.model_files.model_file import read_metadata, save_model

QUANTILES = ConformalQuantiles(SCORE, "group", 1059, {0.99: 0.0, 0.999: 0.9998729323611699})


def test_quantiles_survive_json_to_the_last_digit():
    assert ConformalQuantiles.from_dict(json.loads(json.dumps(QUANTILES.as_dict()))) == QUANTILES


def test_quantile_is_found_by_its_level():
    assert QUANTILES.at(0.999) == 0.9998729323611699


def test_level_that_the_model_lacks_is_refused_with_those_it_has():
    with raises(
        ModelError,
        problem="at the level 0.95",
        expected="one of 0.99, 0.999",
        hint="calibrate MODEL --on CROSS_VALIDATION --level 0.95 --level 0.99 --level 0.999",
    ):
        QUANTILES.at(0.95)


def test_level_that_the_calibration_cannot_support_is_refused_with_the_reason():
    """Calibrating again with that level would be refused as well."""
    with raises(ModelError, problem="calibrated on 1,059 groups, too few for that level", expected="0.999") as caught:
        QUANTILES.at(0.9999)
    assert caught.value.hint == ""


def test_quantiles_that_so_few_units_cannot_support_are_refused():
    """Nobody could have measured them."""
    with pytest.raises(ValueError, match=r"^600 units are too few for prediction sets at 0\.9999$"):
        ConformalQuantiles.from_dict({**QUANTILES.as_dict(), "units": 600, "quantiles": {"0.99": 0.1, "0.9999": 0.5}})


def test_score_of_a_later_version_is_refused():
    """Its quantiles would be taken for others."""
    with pytest.raises(ValueError, match="'raps' of its prediction sets is unknown"):
        ConformalQuantiles.from_dict({**QUANTILES.as_dict(), "score": "raps"})


def test_metadata_keep_them_in_json(tiny_metadata):
    metadata = dataclasses.replace(tiny_metadata, conformal=QUANTILES)

    values = json.loads(json.dumps(metadata.as_dict()))

    assert values["conformal"]["quantiles"] == {"0.99": 0.0, "0.999": 0.9998729323611699}
    assert ModelMetadata.from_dict(values) == metadata


def test_metadata_without_them_leave_the_key_out(tiny_metadata):
    """So older versions read such a file; and files from before have none."""
    values = tiny_metadata.as_dict()

    assert "conformal" not in values
    assert ModelMetadata.from_dict(values).conformal is None


def test_model_file_keeps_them(tiny_network, tiny_metadata, tmp_path):
    save_model(tiny_network, dataclasses.replace(tiny_metadata, conformal=QUANTILES), tmp_path / "model.keras")

    assert read_metadata(tmp_path / "model.keras").conformal == QUANTILES


def test_model_file_with_an_unknown_score_is_refused(tiny_network, tiny_metadata, tmp_path):
    other = dataclasses.replace(QUANTILES, score="raps")
    save_model(tiny_network, dataclasses.replace(tiny_metadata, conformal=other), tmp_path / "model.keras")

    with raises(ModelError, problem="'raps'"):
        read_metadata(tmp_path / "model.keras")


def test_quantiles_of_the_earlier_score_keep_their_promise():
    """What is as probable as they ask for is so beside the most probable class, too."""
    rows = np.random.default_rng(0).dirichlet(np.full(5, 0.5), 500)
    quantiles = ConformalQuantiles.from_dict({**QUANTILES.as_dict(), "score": "lac-top"})

    assert quantiles == QUANTILES
    for level in (0.99, 0.999):
        promised = 1 - rows <= quantiles.at(level)
        assert (set_members(rows, quantiles.at(level)) >= promised).all()


@pytest.mark.parametrize(
    ("levels", "default"), [((0.99, 0.999), 0.999), ((0.99,), 0.99), ((0.9, 0.9995), 0.9), ((0.9995, 0.9999), 0.9995)]
)
def test_default_level_is_one_that_there_is(levels, default):
    """99.9 % where there are sets of it; a level that nobody fitted must not be asked for."""
    assert ConformalQuantiles(SCORE, "group", 2000, dict.fromkeys(levels, 0.5)).default == default


@pytest.mark.parametrize(
    "quantiles",
    [{}, {"0.99": float("nan")}, {"0.99": -1}, {"0.99": 2}, {"0": 0.5}, {"1": 0.5}, {"nan": 0.5}, {"much": 0.5}, [0.5]],
)
def test_quantiles_that_promise_nothing_are_refused(quantiles):
    """As damage of the file, which its reader reports."""
    with pytest.raises((AttributeError, TypeError, ValueError)):
        ConformalQuantiles.from_dict({**QUANTILES.as_dict(), "quantiles": quantiles})
