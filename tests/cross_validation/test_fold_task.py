"""A fold as a task: it is trained where it is sent, and says what it does in a file."""

import sys
import warnings

import pytest
from fixtures.errors import raises

from roadsigns.cross_validation import fold_task as module
from roadsigns.cross_validation.fold_task import FoldTask
from roadsigns.cross_validation.settings import CrossSettings
from roadsigns.datasets.reader import read_training
from roadsigns.errors import OutputError
from roadsigns.loading.cache import default_cache_folder


@pytest.fixture
def task(tmp_path, drawn_folder, write_cross):
    """The second fold of two, which is missing."""
    write_cross(tmp_path / "out", read_training(drawn_folder), finished=[1])
    settings = CrossSettings(data=drawn_folder, out=tmp_path / "out", recipe="tutorial", folds=2)
    return FoldTask(settings, 2, 5)


def test_what_the_training_says_is_in_a_file(task, monkeypatch):
    """After what it said before. Warnings are sentences, as in the command."""
    seen = []

    def cross_validate(settings, *, only_fold):
        seen.append((settings, only_fold))
        print("Epoch 1/5", file=sys.stderr)
        warnings.warn(f"No image of stop trains ({len(seen)}).", stacklevel=1)
        return len(seen) == 1

    monkeypatch.setattr(module, "cross_validate", cross_validate)

    assert task.run()
    assert not task.run()
    assert seen == [(task.settings, 2)] * 2
    assert task.log == task.settings.out / "fold-2.log"
    assert task.log.read_text() == "".join(f"Epoch 1/5\nNo image of stop trains ({n}).\n" for n in (1, 2))
    assert task.name == f"fold 2 of {task.settings.out}"


def test_the_cache_is_the_machines_own(task, monkeypatch, tmp_path):
    """The folder of another machine need not be there."""
    from dataclasses import replace

    seen = []
    monkeypatch.setattr(module, "cross_validate", lambda settings, **_: seen.append(settings.cache_folder))
    replace(task, settings=replace(task.settings, cache_folder=tmp_path / "another")).run()

    assert seen == [default_cache_folder()]


def test_machine_that_does_not_see_the_folder_is_an_error(task):
    """It would else train into a folder of its own."""
    (task.settings.out / "cross-validation.json").unlink()

    with raises(OutputError, problem="does not see cross-validation.json", expected="that all machines share"):
        task.run()


def test_log_that_cannot_be_written_is_an_error(task):
    """As on a machine that sees the folder, and may only read it. Root may write anything, so a folder stands there."""
    task.log.mkdir()

    with raises(OutputError, problem="Cannot be written", hint="Each machine of the cluster", subject="fold-2.log"):
        task.run()


def test_history_is_that_of_the_run_folder(task):
    """Empty before its first epoch."""
    assert task.history() == []

    (task.settings.out / "fold-2").mkdir()
    (task.settings.out / "fold-2" / "history.csv").write_text("epoch,loss\n1,0.5\n2,nan\n")
    assert [row["epoch"] for row in task.history()] == [1, 2]


def test_damaged_history_is_none(task):
    """The training starts again, and its log says why."""
    (task.settings.out / "fold-2").mkdir()
    (task.settings.out / "fold-2" / "history.csv").write_text("epoch,loss\n1,0.5\n2")

    assert task.history() == []
