"""A cross-validation to its temperature."""

import io
import json

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.cross_validation.store import fold_file, read_cross_validation
from roadsigns.cross_validation.temperature import measure_temperature, print_temperature
from roadsigns.errors import RunError
from roadsigns.evaluation.calibration import (
    fit_temperature,
    log_probabilities,
    logits_of,
    metrics_at,
)
from roadsigns.evaluation.probabilities import probabilities_file


def calibration_metrics(logits, labels, temperature=1.0):
    """Of images that are one fold."""
    return metrics_at([(logits, labels)], [temperature])


@pytest.fixture
def sure(tmp_path, write_sure_cross, three_signs):
    """Three folds of models that are three times as sure as they may be."""
    return write_sure_cross(tmp_path / "cross", three_signs, sureness=3, folds=3)


def test_temperature_is_fitted_on_all_folds(sure):
    folder, rows, labels = sure

    temperature = measure_temperature(read_cross_validation(folder))

    logits = logits_of(rows)
    assert temperature.value == pytest.approx(fit_temperature(logits, labels))
    assert temperature.value > 1.5
    assert temperature.before == calibration_metrics(logits, labels)
    assert list(temperature.folds) == [1, 2, 3]
    assert len(set(temperature.folds.values())) == 3
    # Who fits and judges on the same images gets less.
    fitted = calibration_metrics(logits, labels, temperature.value)
    assert fitted.nll < temperature.after.nll < temperature.before.nll


def test_values_are_json_and_the_table_has_all_metrics(sure):
    """With what it was measured on."""
    temperature = measure_temperature(read_cross_validation(sure[0]))

    values = json.loads(json.dumps(temperature.as_dict(), allow_nan=False))
    text = io.StringIO()
    print_temperature(temperature, text)

    assert values["temperature"] == temperature.value
    assert values["before"]["nll"] == temperature.before.nll
    assert values["after"]["ece"] == temperature.after.ece
    assert (values["bins"], values["images"], values["complete"]) == (15, 60, True)
    for figure in (temperature.before.nll, temperature.after.nll, temperature.value):
        assert f"{figure:.4f}" in text.getvalue()


def test_temperature_is_fitted_on_images_with_corruptions_where_they_were_predicted(
    tmp_path, write_sure_cross, three_signs
):
    """There the models are wrong more often; the images as they are get both metrics all the same."""
    folder, rows, labels = write_sure_cross(tmp_path / "cross", three_signs, sureness=2, folds=3, corrupted_sureness=4)
    plain, _, _ = write_sure_cross(tmp_path / "plain", three_signs, sureness=2, folds=3)

    temperature, of_plain = (measure_temperature(read_cross_validation(one)) for one in (folder, plain))

    assert temperature.value > 1.3 * of_plain.value
    assert of_plain.corrupted is None
    assert temperature.before == of_plain.before
    assert temperature.after.nll > of_plain.after.nll
    before, after = temperature.corrupted
    assert after.nll < before.nll
    logits = [logits_of(part) for part in np.split(rows, 3)]
    parts = list(zip(logits, np.split(labels, 3), strict=True))
    assert temperature.after == metrics_at(parts, list(temperature.folds.values()))
    text = io.StringIO()
    print_temperature(temperature, text)
    assert "60 images, each with a corruption and predicted by a model" in text.getvalue()
    assert f"{after.nll:.4f}" in text.getvalue()
    assert temperature.as_dict()["corrupted"]["after"]["nll"] == after.nll


def test_images_without_corruptions_count_where_a_fold_lacks_those_with(tmp_path, write_sure_cross, three_signs):
    """Such as a fold that was finished by an earlier version."""
    folder, *_ = write_sure_cross(tmp_path / "cross", three_signs, sureness=2, folds=3, corrupted_sureness=4)
    probabilities_file(folder, 2, corrupted=True).unlink()

    with pytest.warns(UserWarning, match="not there for every fold, so the temperature is fitted on the images as"):
        assert measure_temperature(read_cross_validation(folder)).corrupted is None


def test_one_fold_is_not_enough(sure):
    """There would be no other to judge by."""
    for number in (1, 2):
        fold_file(sure[0], number).unlink()

    with raises(RunError, problem="two of 3 folds"):
        measure_temperature(read_cross_validation(sure[0]))


def test_two_of_three_folds_are_partial(sure):
    fold_file(sure[0], 3).unlink()
    text = io.StringIO()

    temperature = measure_temperature(read_cross_validation(sure[0]))
    print_temperature(temperature, text)

    assert "PARTIAL: folds 1, 2 of 3" in text.getvalue()
    assert not temperature.as_dict()["complete"]


def test_where_nothing_is_misread_the_temperature_is_1(tmp_path, write_sure_cross, three_signs):
    """Surer would always be better; sets and thresholds do not depend on it."""
    folder, *_ = write_sure_cross(tmp_path / "cross", three_signs, sureness=1, folds=2, right=True)

    with pytest.warns(UserWarning, match="0 of 60 images are misread, and some fold has too few errors"):
        temperature = measure_temperature(read_cross_validation(folder))
    assert (temperature.is_fitted, temperature.value, temperature.folds) == (False, 1, {1: 1, 2: 1})
    assert temperature.after == temperature.before
    text = io.StringIO()
    print_temperature(temperature, text)
    assert "Temperature 1, as trained: none fits." in text.getvalue()
    folder, *_ = write_sure_cross(tmp_path / "hard", three_signs, sureness=1, right=True, corrupted_sureness=2)
    with pytest.warns(UserWarning, match="0 of 60 images with corruptions are misread"):
        assert measure_temperature(read_cross_validation(folder)).value == 1


def test_probabilities_are_required(tmp_path, write_cross, three_signs):
    """A CSV has too few."""
    folder = write_cross(tmp_path / "cross", three_signs)

    with pytest.raises(RunError) as raised:
        measure_temperature(read_cross_validation(folder))
    assert raised.value.subject == str(folder / "fold-1-probabilities.npz")


def test_sure_cross_is_what_it_says(sure):
    """The test's own tool: chances, sharpened."""
    _, rows, labels = sure

    np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=1e-5)
    assert calibration_metrics(log_probabilities(logits_of(rows)), labels, 3.0).ece < 0.2
