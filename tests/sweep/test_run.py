"""A sweep trains what is missing, the first training of every setting first, and ends poor settings."""

from dataclasses import replace

import pytest
from fixtures.errors import raises

from roadsigns.cross_validation.fold_trainer import FoldTrainer
from roadsigns.cross_validation.on_ray import Cluster
from roadsigns.cross_validation.store import fold_file
from roadsigns.distributed.tasks import TaskOutcome
from roadsigns.errors import OutputError, RecipeError, RunError
from roadsigns.sweep import run as module
from roadsigns.sweep.grid import settings_of
from roadsigns.sweep.run import run_sweep
from roadsigns.sweep.stopped import read_stopped

HEADER = "epoch,learning_rate,loss,seconds,waited_seconds,accuracy,validation_loss,validation_accuracy\n"


@pytest.fixture
def trained(monkeypatch):
    """The tasks that were trained, none of them really; those in `failing` fail."""

    class Trained(list):
        failing = ()

    trained = Trained()

    def train_folds(tasks, cluster, *, unwanted):
        for task in tasks:
            if task in unwanted([task]):
                yield TaskOutcome(task, cancelled=True)
                continue
            write_history(task, 0.1 if "0.01" in task.settings.overrides[0] else 0.4)
            trained.append(task)
            if task in unwanted([task]):
                yield TaskOutcome(task, cancelled=True)
            else:
                yield TaskOutcome(task, "It failed." if task.number in trained.failing else "")

    monkeypatch.setattr(module, "train_folds", train_folds)
    return trained


def write_history(task, error, epochs=2):
    folder = task.settings.out / f"fold-{task.number}"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{epoch},0.1,0.1,1,0,0.9,0.1,{1 - error}" for epoch in range(1, epochs + 1)]
    (folder / "history.csv").write_text(HEADER + "\n".join(lines) + "\n")


def order(tasks):
    return [(task.settings.seed, task.number, task.settings.overrides[0].rpartition("=")[2]) for task in tasks]


def test_first_every_setting_is_trained_once(sweep, trained):
    """Then with the next fold, then with the next seed."""
    assert run_sweep(sweep, Cluster()) == []

    assert order(trained) == [
        *((0, 1, "0.01"), (0, 1, "0.1"), (0, 2, "0.01"), (0, 2, "0.1")),
        *((3, 1, "0.01"), (3, 1, "0.1"), (3, 2, "0.01"), (3, 2, "0.1")),
    ]
    assert trained[0].epochs == 8
    assert trained[0].settings.keep_models


def test_what_is_finished_is_not_trained_again(sweep, trained, finish):
    """Not even opened."""
    finish(0, 0, 5)
    finish(1, 3, 5, finished=[1])

    run_sweep(sweep, Cluster())

    assert order(trained) == [(0, 1, "0.1"), (0, 2, "0.1"), (3, 1, "0.01"), (3, 2, "0.01"), (3, 2, "0.1")]


def test_only_one_fold_is_trained_if_only_one_is_asked_for(sweep, trained):
    """Of each setting and seed."""
    run_sweep(replace(sweep, only_fold=2), Cluster())

    assert {task.number for task in trained} == {2}
    assert len(trained) == 4


def test_poor_settings_are_ended_and_stay_so(sweep, trained, caplog):
    """With all seeds and folds, until somebody wants them after all."""
    caplog.set_level("INFO")
    halving = replace(sweep, halving=True)

    assert run_sweep(halving, Cluster()) == []

    poor = sweep.folder(sweep.grid[1])
    assert order(trained) == [(0, 1, "0.01"), (0, 1, "0.1"), (0, 2, "0.01"), (3, 1, "0.01"), (3, 2, "0.01")]
    assert (read_stopped(poor).epoch, round(read_stopped(poor).error, 6)) == (2, 0.4)
    assert "training.learning_rate=0.1 is ended after epoch 2 of 8: 40.00 % misread" in caplog.text

    trained.clear()
    run_sweep(halving, Cluster())
    assert not any("0.1" in values for values in order(trained))

    trained.clear()
    run_sweep(sweep, Cluster())
    assert read_stopped(poor) is None
    assert (0, 1, "0.1") in order(trained)


def test_setting_that_cannot_be_ended_early_is_named(sweep, trained, caplog):
    """Once, though it has two seeds, and only where poor settings are to be ended."""
    caplog.set_level("INFO")
    values = ["training.learning_rate=0.01,0.1", "training.validate_every_epochs=8", "training.epochs=8"]
    rare = replace(sweep, grid=settings_of(["tutorial"], [*values, "training.keep=last"]))
    run_sweep(rare, Cluster())
    assert "never ended early" not in caplog.text

    run_sweep(replace(rare, halving=True), Cluster())
    assert caplog.text.count("never ended early: it is not validated before its last epoch") == 2


def test_poor_setting_is_ended_even_if_its_training_starts_again_at_that_moment(sweep, trained, monkeypatch):
    """Its folder is then gone."""
    validated = module._validated

    def read_and_remove(task):
        errors = validated(task)
        if "0.1" in task.settings.overrides[0]:
            (task.settings.out / "fold-1" / "history.csv").unlink(missing_ok=True)
        return errors

    monkeypatch.setattr(module, "_validated", read_and_remove)
    run_sweep(replace(sweep, halving=True), Cluster())

    assert read_stopped(sweep.folder(sweep.grid[1])).epoch == 2


def test_failed_trainings_are_returned_and_the_others_go_on(sweep, trained):
    """A loss that is no number, for instance."""
    trained.failing = (2,)

    failed = run_sweep(sweep, Cluster())

    assert len(trained) == 8
    assert {outcome.task.number for outcome in failed} == {2}
    assert len(failed) == 4


def test_a_setting_that_cannot_be_trained_is_an_error_before_any_training(sweep, trained):
    """And leaves nothing."""
    grid = (*sweep.grid, *settings_of(["tutorial"], ["training.epoch=3"]))

    with raises(RecipeError, problem="Unknown key 'training.epoch'"):
        run_sweep(replace(sweep, grid=grid), Cluster())

    assert not trained
    assert not sweep.out.exists()


def test_a_setting_that_cannot_be_trained_changes_nothing_of_the_others(sweep, trained):
    """What was ended stays so."""
    run_sweep(replace(sweep, halving=True), Cluster())
    grid = (*sweep.grid, *settings_of(["tutorial"], ["training.epoch=3"]))

    with raises(RecipeError):
        run_sweep(replace(sweep, grid=grid), Cluster())
    assert read_stopped(sweep.folder(sweep.grid[1])) is not None


def test_unusable_cluster_leaves_nothing(sweep, monkeypatch):
    """So that the next command may have other folds."""
    monkeypatch.setattr(module, "train_folds", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_sweep(sweep, Cluster())
    assert not sweep.out.exists()


def test_interruption_while_settings_are_checked_leaves_nothing(sweep, monkeypatch):
    """Even right after a folder was begun."""
    monkeypatch.setattr(FoldTrainer, "require_corruptible", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(sweep, Cluster())

    assert not sweep.out.exists()


def interrupt(*_):
    raise KeyboardInterrupt


def test_finished_fold_survives_an_error(sweep, finish, monkeypatch):
    """It is never removed."""
    finish(0, 0, 5)
    monkeypatch.setattr(module, "train_folds", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_sweep(sweep, Cluster())
    assert fold_file(sweep.cell(sweep.grid[0], 0).out, 1).is_file()


@pytest.mark.parametrize("name", ["cross-validation.json", "environment.json"])
def test_folder_of_one_training_is_refused(sweep, name):
    """Its files and those of a sweep would lie side by side."""
    sweep.out.mkdir()
    (sweep.out / name).touch()

    with raises(RunError, problem=name, expected="that of a sweep", subject=str(sweep.out)):
        run_sweep(sweep, Cluster())
    assert [path.name for path in sweep.out.iterdir()] == [name]


def test_more_than_anybody_can_wait_for_is_refused(sweep):
    """Each of two settings with each of many seeds."""
    with raises(RecipeError, problem="20,000 cross-validations"):
        run_sweep(replace(sweep, seeds=tuple(range(10_000))), Cluster())


def test_folder_in_the_data_is_refused(sweep):
    """Nothing is ever written there."""
    with raises(OutputError):
        run_sweep(replace(sweep, out=sweep.data / "sweep"), Cluster())
