"""Run folders: made once, held by one process, each file whole, read back as written."""

import errno
import json
import math
from dataclasses import fields

import numpy as np
import pytest
from fixtures.errors import raises
from fixtures.runs import history_of
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.augmentation.geometric import Augmentation
from roadsigns.errors import DataError, OutputError, RunError
from roadsigns.recipe import (
    DataSettings,
    DrawingSettings,
    Recipe,
    TrainingSettings,
    load_recipe,
    parse_recipe,
    recipe_names,
    to_toml,
)
from roadsigns.training.history import write_history
from roadsigns.training.loop import EpochMetrics
from roadsigns.training.open_run import open_run
from roadsigns.training.run_folder import Checkpoint, RunFolder

FIGURES = st.floats(allow_nan=False)


@pytest.mark.parametrize("name", recipe_names())
def test_a_recipe_is_read_back_the_same(run, name):
    """Every recipe in the package, with an override."""
    recipe = load_recipe(name, ["training.epochs=7", "training.learning_rate=0.5"])

    run.write_recipe(recipe)

    assert run.read_recipe() == recipe


@given(
    description=st.text(),
    rate=st.floats(min_value=0, exclude_min=True, allow_nan=False, allow_infinity=False),
    decay=st.floats(min_value=0, allow_nan=False, allow_infinity=False),
    shift=st.floats(0, 1, exclude_max=True),
    epochs=st.integers(1, 2**40),
    nesterov=st.booleans(),
    train_on=st.sampled_from(["real", "drawn", "both"]),
    templates=st.text(),
    dirt=st.floats(0, 1),
)
def test_any_recipe_survives_toml(description, rate, decay, shift, epochs, nesterov, train_on, templates, dirt):
    """Any text and any number: quotes, line breaks, emoji, tiny and infinite floats."""
    recipe = Recipe(
        description=description,
        data=DataSettings(train_on=train_on),
        training=TrainingSettings(epochs=epochs, learning_rate=rate, decay_per_step=decay, nesterov=nesterov),
        augmentation=Augmentation(shift=shift),
        drawing=DrawingSettings(templates=templates, dirt=dirt),
    )

    assert parse_recipe(to_toml(recipe), name="recipe.toml") == recipe


def row(*values):
    """A row of the history, its values in the order of the columns."""
    return EpochMetrics(**dict(zip([field.name for field in fields(EpochMetrics)], values, strict=True)))


@given(st.lists(st.builds(row, st.integers(1, 10**6), *[FIGURES] * 7), max_size=4))
def test_the_history_is_read_back_to_the_last_bit(tmp_path_factory, history):
    """A resumed run continues with the very numbers."""
    run = RunFolder(tmp_path_factory.mktemp("run"))

    write_history(history, run.history, EpochMetrics)

    assert history_of(run) == history


def test_a_history_without_validation_holds_nan(run):
    write_history([row(1, 0.01, 0.5, 2.0, 0.1, 0.9, math.nan, math.nan)], run.history, EpochMetrics)

    assert math.isnan(history_of(run)[0].validation_loss)


def test_no_history_and_no_checkpoint_read_as_none(run):
    """A run killed in its first epoch."""
    assert history_of(run) == []
    assert run.read_checkpoint() is None


def test_a_checkpoint_is_read_back_in_order(run):
    """More than ten arrays, so that 10 must not come before 2; every dtype stays."""
    weights = [np.full((2, index + 1), index, np.float32) for index in range(12)]
    optimizer = [np.array(98_100, np.int64), *weights]

    run.write_checkpoint(Checkpoint(3, 0.25, weights, optimizer))
    checkpoint = run.read_checkpoint()

    assert (checkpoint.epoch, checkpoint.best_loss) == (3, 0.25)
    for written, read in ((weights, checkpoint.weights), (optimizer, checkpoint.optimizer)):
        for expected, array in zip(written, read, strict=True):
            np.testing.assert_array_equal(array, expected)
            assert array.dtype == expected.dtype
    run.remove_checkpoint()
    assert run.read_checkpoint() is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"not an archive"])
def test_a_damaged_checkpoint_is_named(run, content):
    """A sentence, no traceback, and nothing unpickled."""
    (run.path / "checkpoint.npz").write_bytes(content)

    with raises(RunError, problem="damaged", subject="checkpoint.npz"):
        run.read_checkpoint()


@pytest.mark.parametrize("content", [None, "{", "\0", "[]"])
def test_a_missing_or_broken_record_is_named(run, content):
    """So that --resume can say what is wrong."""
    if content is not None:
        (run.path / "environment.json").write_text(content)

    with raises(RunError, problem="cannot be read", subject="environment.json"):
        run.read_json("environment.json")


def test_a_recipe_that_is_no_text_is_named(run):
    run.recipe.write_bytes(b"\xff\xfe")

    with raises(RunError, problem="The recipe of the run cannot be read", subject="recipe.toml"):
        run.read_recipe()


def test_json_keeps_letters(run):
    """Names are readable in the file."""
    run.write_json("figures.json", {"name": "Fußgänger"})

    assert "Fußgänger" in (run.path / "figures.json").read_text(encoding="utf-8")
    assert run.read_json("figures.json") == {"name": "Fußgänger"}


def test_a_new_folder_is_made_with_its_parents(tmp_path):
    """`--run a/b/c` needs no mkdir."""
    with open_run(tmp_path / "a" / "b", resume=False) as run:
        run.write_json("history.csv", {})

    assert (tmp_path / "a" / "b" / "history.csv").is_file()


@pytest.mark.parametrize("what", ["folder", "empty folder", "file"])
def test_what_exists_is_refused_untouched(tmp_path, what):
    """Whatever stands there, even an empty folder."""
    path = tmp_path / "run"
    if what == "file":
        path.write_text("mine")
    else:
        path.mkdir()
        if what == "folder":
            (path / "model.keras").write_text("mine")

    with raises(RunError, problem="exists", hint="--run"), open_run(path, resume=False):
        pytest.fail("opened")

    if what == "file":
        assert path.read_text() == "mine"
    else:
        assert [file.read_text() for file in path.iterdir()] == (["mine"] if what == "folder" else [])


@pytest.mark.parametrize("made", [True, False])
def test_a_folder_that_is_no_run_is_not_resumed(tmp_path, made):
    """Missing, or without a recipe; nothing is made."""
    path = tmp_path / "run"
    if made:
        path.mkdir()

    hint = "in another --run folder" if made else "Start one without --resume."
    with raises(RunError, expected="recipe.toml", hint=hint), open_run(path, resume=True):
        pytest.fail("opened")

    assert path.exists() == made


def test_a_run_below_a_file_is_refused(tmp_path):
    """The reason is the system's."""
    (tmp_path / "file").write_text("")

    with (
        raises(OutputError, problem="Not a directory"),
        open_run(tmp_path / "file/run", resume=False),
    ):
        pytest.fail("opened")


def test_a_held_run_is_refused_and_free_afterwards(tmp_path):
    """One process at a time; the hold ends with the block."""
    path = tmp_path / "run"
    with open_run(path, resume=False) as run:
        run.write_recipe(Recipe())
        run.write_json("history.csv", {})
        with raises(RunError, problem="Another process"), open_run(path, resume=True):
            pytest.fail("opened")

    with open_run(path, resume=True) as again:
        assert again.read_recipe() == Recipe()


def end_with(error, path, name):
    """Begin a run, write one file more, and end with an error."""
    with open_run(path, resume=False) as run:
        run.write_recipe(Recipe())
        (path / name).write_text("kept")
        raise error


ENDS = [DataError("no images"), KeyboardInterrupt(), OSError(errno.ENOSPC, "full")]


@pytest.mark.parametrize("error", ENDS)
def test_an_end_before_the_first_epoch_leaves_no_folder(tmp_path, error):
    """There is nothing to resume, and the same command can be given again."""
    with pytest.raises((DataError, KeyboardInterrupt, OutputError)):
        end_with(error, tmp_path / "runs" / "run", "environment.json")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["model.keras", "history.csv", "checkpoint.npz", "notes of mine.txt"])
@pytest.mark.parametrize("error", ENDS)
def test_an_end_after_it_keeps_everything(tmp_path, name, error):
    path = tmp_path / "run"

    with pytest.raises((DataError, KeyboardInterrupt, OutputError)):
        end_with(error, path, name)

    assert (path / name).read_text() == "kept"
    assert (path / "recipe.toml").is_file()


def test_an_error_in_a_resumed_run_keeps_everything(begun):
    """Even if it had only its recipe."""
    with pytest.raises(DataError), open_run(begun.path, resume=True):
        raise DataError("no images")

    assert {file.name for file in begun.path.iterdir()} == {"recipe.toml", "environment.json"}


def test_a_full_disk_is_a_sentence(begun):
    with (
        raises(OutputError, problem="No space left", hint="resume with --resume"),
        open_run(begun.path, resume=True),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_in_a_cross_validation_is_answered_with_what_that_offers(begun):
    """`cross-validate` has no --resume."""
    with (
        raises(OutputError, hint="run the same command again") as raised,
        open_run(begun.path, resume=True, try_again="run the same command again"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert "--resume" not in raised.value.hint


def test_an_error_about_another_file_is_not_blamed_on_the_run(begun, tmp_path_factory):
    """It names its own file."""
    other = str(tmp_path_factory.mktemp("other") / "image.ppm")

    with pytest.raises(OSError, match=r"image\.ppm"), open_run(begun.path, resume=True):
        raise OSError(errno.EIO, "Input/output error", other)


def test_a_run_knows_when_it_is_complete(run):
    """By its metrics."""
    assert not run.is_complete
    run.write_json("figures.json", {"complete": False})
    assert not run.is_complete
    run.write_json("figures.json", {"complete": True})
    assert run.is_complete


def test_the_record_is_plain_json(run):
    """Other programs read it."""
    run.write_json("figures.json", {"complete": True, "accuracy": 0.5})

    assert json.loads((run.path / "figures.json").read_text()) == {"complete": True, "accuracy": 0.5}


def test_json_keeps_paths_that_are_not_utf_8(tmp_path):
    with open_run(tmp_path / "s\udcfcd", resume=False) as run:
        run.write_json("figures.json", {"undecodable": ["s\udcfcd/Süd.png"], "complete": True})

        assert run.read_json("figures.json")["undecodable"] == ["s\udcfcd/Süd.png"]
        assert "Süd" in (run.path / "figures.json").read_text(encoding="utf-8")
