"""Each fold of a cross-validation learns from the teacher that has not seen its images."""

import dataclasses
import shutil

import pytest
from fixtures.errors import raises

from roadsigns.cross_validation.fold_teacher import require_same_folds, with_teacher_of_fold
from roadsigns.cross_validation.record import read_record
from roadsigns.datasets.reader import read_training
from roadsigns.errors import RunError
from roadsigns.recipe import Recipe


@pytest.fixture
def teachers(tmp_path, tiny_run):
    """A cross-validation that has kept the model of its second fold."""
    folder = tmp_path / "teachers"
    shutil.copytree(tiny_run, folder / "fold-2")
    (folder / "cross-validation.json").write_text("{}")
    return folder


def taught_by(teacher):
    return Recipe(distillation={"teacher": str(teacher)})


def test_model_of_the_same_fold_is_the_teacher(teachers):
    recipe = with_teacher_of_fold(taught_by(teachers), 2)

    assert recipe == taught_by(teachers / "fold-2")


def test_fold_without_a_kept_model_is_an_error(teachers):
    with raises(RunError, problem="no model of fold 1", hint="--keep-models", subject=str(teachers)):
        with_teacher_of_fold(taught_by(teachers), 1)


@pytest.mark.parametrize("teacher", ["", "best"])
def test_other_teachers_stay(teacher):
    recipe = taught_by(teacher)

    assert with_teacher_of_fold(recipe, 1) is recipe


def test_single_model_is_the_teacher_of_every_fold(tiny_run):
    """A training refuses it where it has seen the fold's images."""
    recipe = taught_by(tiny_run)

    assert with_teacher_of_fold(recipe, 1) is recipe


@pytest.fixture
def crossed(tmp_path, write_sure_cross, drawn_folder):
    """A cross-validation of two folds that has kept no model."""
    folder, *_ = write_sure_cross(tmp_path / "crossed", read_training(drawn_folder), sureness=2)
    return folder


def test_teacher_with_other_folds_is_refused_before_any_training(crossed):
    record = read_record(crossed)
    other = dataclasses.replace(record, fold_sha256=("0" * 64,) * record.folds)

    with raises(RunError, problem="other folds", expected="--folds, --by and --seed", subject=str(crossed)):
        require_same_folds(taught_by(crossed), other)


def test_teacher_that_has_not_kept_every_model_is_refused_before_any_training(crossed, tiny_run):
    record = read_record(crossed)

    with raises(RunError, problem="no model of fold 1", subject=str(crossed)):
        require_same_folds(taught_by(crossed), record)

    for fold in range(1, record.folds + 1):
        shutil.copytree(tiny_run, crossed / f"fold-{fold}")
    require_same_folds(taught_by(crossed), record)


@pytest.mark.parametrize("teacher", ["", "best"])
def test_other_teachers_are_left_to_the_training(teacher, crossed):
    require_same_folds(taught_by(teacher), read_record(crossed))
