"""Each fold of a cross-validation learns from the teacher that has not seen its images."""

import shutil

import pytest
from fixtures.errors import raises

from roadsigns.cross_validation.fold_teacher import with_teacher_of_fold
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
