"""Starting a run or going on with one."""

import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError, OutputError, RecipeError, RunError
from roadsigns.recipe import load_recipe
from roadsigns.training.api import started_with, train
from roadsigns.training.history import write_history
from roadsigns.training.loop import EpochMetrics
from roadsigns.training.run_folder import RunFolder


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"seed": 3},
        {"overrides": ["training.epochs=5"]},
        {"overrides": ["training.learning_rate=1e-2"]},
        {"recipe": "tutorial", "overrides": ["training.epochs=5"], "seed": 3},
    ],
)
def test_a_run_is_resumed_with_what_it_was_started_with(begun, given):
    """Given again or left out."""
    start = started_with(begun, **{"recipe": None, "overrides": (), "seed": None, **given})

    assert start == (load_recipe("tutorial", ["training.epochs=5"]), "tutorial", 3)


@pytest.mark.parametrize(
    ("given", "difference"),
    [
        ({"seed": 0}, "the seed was 3 and is now 0"),
        ({"overrides": ["training.epochs=9"]}, "training.epochs was 5 and is now 9"),
        ({"recipe": "tutorial"}, "training.epochs was 5 and is now 30"),
        (
            {"recipe": "tutorial-augmented", "overrides": ["training.epochs=5"]},
            "augmentation.rotation_degrees was 0.0 and is now 10.0",
        ),
    ],
)
def test_a_run_is_not_resumed_with_something_else(begun, given, difference):
    """The difference is told rather than silently passed over."""
    with raises(RunError, problem=difference, hint="--run"):
        started_with(begun, **{"recipe": None, "overrides": (), "seed": None, **given})


def test_an_unknown_key_is_refused_on_resume(begun):
    """With the usual suggestion."""
    with raises(RecipeError, problem="'epochs'"):
        started_with(begun, recipe=None, overrides=["training.epoch=5"], seed=None)


def test_a_complete_run_is_not_resumed(begun):
    """There is nothing left to do."""
    begun.write_json("figures.json", {"complete": True})

    with raises(RunError, hint="roadsigns evaluate"):
        started_with(begun, recipe=None, overrides=(), seed=None)


@pytest.mark.parametrize(("given", "name", "seed"), [({}, "recipe", 0), ({"recipe": "fast", "seed": 5}, "fast", 5)])
def test_a_run_killed_before_it_had_a_record_begins_on_resume(tmp_path, given, name, seed):
    """By its recipe, and with the seed that is given now."""
    run = RunFolder(tmp_path)
    run.write_recipe(load_recipe("fast"))

    with pytest.warns(UserWarning, match=f"before anything was trained. It begins now, with seed {seed}"):
        start = started_with(run, **{"recipe": None, "overrides": (), "seed": None, **given})

    assert start == (load_recipe("fast"), name, seed)


def test_a_run_that_lost_its_record_is_not_resumed(tmp_path):
    """Its seed is not known."""
    run = RunFolder(tmp_path)
    run.write_recipe(load_recipe("fast"))
    write_history([], run.history, EpochMetrics)

    with raises(RunError, problem="cannot be read", subject="environment.json"):
        started_with(run, recipe=None, overrides=(), seed=None)


@pytest.mark.parametrize("record", ["{}", '{"seed": 0, "recipe": null}', '{"seed": "x", "recipe": "fast"}'])
def test_a_run_whose_record_is_damaged_is_not_resumed(tmp_path, record):
    run = RunFolder(tmp_path)
    run.write_recipe(load_recipe("fast"))
    (tmp_path / "environment.json").write_text(record)

    with raises(RunError, problem="it lacks one of recipe, seed", subject="environment.json"):
        started_with(run, recipe=None, overrides=(), seed=None)


def test_what_cannot_be_started_leaves_no_folder(tmp_path):
    """An unknown recipe and missing data are told before anything is made."""
    with raises(RecipeError, problem="Did you mean 'tutorial'"):
        train(tmp_path / "data", run=tmp_path / "run", recipe="tutorail")
    with raises(DataError, problem=str(tmp_path / "nothing")):
        train(tmp_path / "nothing", run=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_folder_that_exists_is_refused(drawn_folder, tmp_path):
    """Nothing in it is touched."""
    with raises(RunError, hint="--resume"):
        train(drawn_folder, run=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("run", "cache", "problem", "hint"),
    [
        ("data/run", None, "in the data folder", "--run"),
        ("file/run", None, "file is not a folder", "--run"),
        ("run", "data/cache", "in the data folder", "ROADSIGNS_CACHE"),
    ],
)
def test_nothing_is_written_into_the_data_folder(tmp_path, run, cache, problem, hint):
    """Neither the run nor the cache; a place is refused before anything is read or made."""
    (tmp_path / "data").mkdir()
    (tmp_path / "file").write_text("mine")

    with raises(OutputError, problem=problem, hint=hint, subject=cache or run):
        train(tmp_path / "data", run=tmp_path / run, cache_folder=cache and tmp_path / cache)
    assert list((tmp_path / "data").iterdir()) == []
