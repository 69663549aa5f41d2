"""Whole trainings on drawn signs: what a run folder holds, and that a killed run ends as one that was not."""

import csv
import hashlib
import json
import os
import shutil
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from fixtures.errors import raises
from fixtures.runs import history_of

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.reader import read_training
from roadsigns.datasets.splits import HoldOutRecord, split_samples, tracks_of
from roadsigns.errors import DataError, MissingExtraError, RunError
from roadsigns.inference.load_network import load_network
from roadsigns.loading.batches import TrainingBatches
from roadsigns.model_files.model_file import read_metadata
from roadsigns.recipe import load_recipe
from roadsigns.synthesis.dataset import draw_dataset
from roadsigns.synthesis.designs import read_templates
from roadsigns.training import train as train_module
from roadsigns.training.environment import peak_memory_mb
from roadsigns.training.open_run import open_run
from roadsigns.training.optimization.steps import Step, Steps
from roadsigns.training.run_folder import RunFolder
from roadsigns.training.train import run_training
from roadsigns.types import TrackKey

SEED = 5
SMALL = ("data.image_size=32", "training.batch_size=16")


@dataclass(frozen=True)
class Trained:
    """A run that went to its end, and what came with it."""

    run: RunFolder
    data: Path
    figures: dict
    stderr: str
    data_before: str
    data_after: str
    batches: TrainingBatches
    memory_before: int


def tree_hash(folder):
    """One checksum of every name, size, time and byte below a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(f"{path.relative_to(folder)} {path.stat().st_mtime_ns}".encode())
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def small_recipe(*overrides):
    """The augmented recipe at 32x32, 2 epochs by default."""
    return load_recipe("tutorial-augmented", [*SMALL, "training.epochs=2", *overrides])


def train_into(path, data_set, recipe, *, seed=SEED):
    """As the command does it."""
    with open_run(path, resume=False) as run:
        run.write_recipe(recipe)
        result = run_training(recipe, data_set, run, name="tutorial-augmented", seed=seed, cache_folder=None)
        return run, result.as_dict()


@pytest.fixture
def rehearsed(monkeypatch):
    """Steps count and learn nothing: what is trained on, evaluated and recorded does not depend on what is learnt."""

    def take(steps, images, labels):
        assert np.isfinite(images).all()
        assert images.shape[:2] == labels.shape
        return [Step(1.0, 0.5)] * len(labels)

    monkeypatch.setattr(Steps, "take", take)


def training_tracks(data):
    """The tracks that the default split trains on."""
    split = split_samples(read_training(data).samples, by="group", validation_fraction=0.2, seed=SEED)
    return tracks_of(split.train)


@pytest.fixture(scope="module")
def damaged_folder(drawn_folder, tmp_path_factory):
    """The drawn signs, four of them undecodable: one frame each of classes 0 and 1, and class 2's training track."""
    folder = tmp_path_factory.mktemp("damaged") / "data"
    shutil.copytree(drawn_folder, folder)
    images = folder / "Final_Training" / "Images"
    (images / "00000" / "00000_00000.ppm").write_bytes(b"")
    (images / "00001" / "00001_00001.ppm").write_text("no picture")
    (track,) = (key.track for key in training_tracks(folder) if key.class_id == 2)
    for frame in range(2):
        (images / "00002" / f"{track}_{frame:05d}.ppm").write_bytes(b"P6\n30 30\n255\nshort")
    return folder


@pytest.fixture(scope="module")
def trained(damaged_folder, tmp_path_factory):
    """Two epochs on the damaged folder, split by track."""
    path = tmp_path_factory.mktemp("runs") / "run"
    before, memory = tree_hash(damaged_folder), peak_memory_mb()
    made = []

    def make(*arguments, **options):
        made.append(TrainingBatches(*arguments, **options))
        return made[0]

    with pytest.MonkeyPatch.context() as patch:
        lines = []
        patch.setattr(sys, "stderr", Lines(lines))
        patch.setattr(train_module, "TrainingBatches", make)
        run, figures = train_into(path, read_training(damaged_folder), small_recipe())
    (batches,) = made
    return Trained(run, damaged_folder, figures, "".join(lines), before, tree_hash(damaged_folder), batches, memory)


class Lines:
    """A standard error that is not a terminal and is kept."""

    def __init__(self, lines):
        self.write = lines.append

    def flush(self):
        """Nothing is held back."""

    def isatty(self):
        """A file."""
        return False


def test_a_run_leaves_what_its_description_says(trained):
    """Every file of roadsigns.training.run_folder but the checkpoint, which a complete run needs no more."""
    assert {path.name for path in trained.run.path.iterdir()} == {
        "recipe.toml",
        "environment.json",
        "history.csv",
        "curves.png",
        "model.keras",
        "figures.json",
    }
    assert trained.run.is_complete


def test_the_recipe_is_recorded_with_its_overrides(trained):
    assert trained.run.read_recipe() == small_recipe()


def test_the_metrics_are_recorded(trained):
    """As returned, with images, times, waiting, memory and the split's label."""
    figures = trained.run.read_json("figures.json")

    assert figures == trained.figures
    assert figures["complete"] is True
    assert figures["split"] == "validation by (class, track)"
    assert figures["precision"] in {"float32", "mixed_bfloat16"}
    assert figures["images"]["train"] + figures["images"]["validation"] == 2 * 2 * len(GTSRB_CLASSES) - 4
    assert figures["images"]["drawn"] == 0
    parts = ["images", "network", "first step", "steps", "validation", "saving", "curves", "evaluation"]
    assert [part for part in figures["seconds"] if part not in {"annotations", "imports"}] == parts
    assert figures["seconds"]["steps"] > 0
    assert figures["augmenting_cpu_seconds"] == pytest.approx(trained.batches.waiting.making_seconds, abs=0.005)
    assert figures["training_images_per_second"] > 0
    assert 0 <= figures["waited_for_data_seconds"] <= sum(line.seconds for line in history_of(trained.run)) + 0.01
    assert trained.memory_before <= figures["peak_memory_mb"] <= peak_memory_mb()


def test_the_validation_metrics_are_those_of_the_saved_model(trained):
    """Measured on the file in float32: the accuracy is the errors', the loss that of its epoch."""
    figures = trained.figures["validation"]
    line = history_of(trained.run)[trained.figures["model_epoch"] - 1]

    assert figures["images"] == trained.figures["images"]["validation"]
    assert figures["accuracy"] == pytest.approx(1 - figures["errors"] / figures["images"])
    assert figures["loss"] == pytest.approx(line.validation_loss, rel=0.02)


def test_the_best_model_by_validation_loss_is_kept(trained):
    """The model's epoch is where the history is lowest."""
    with (trained.run.path / "history.csv").open(newline="") as file:
        losses = [float(row["validation_loss"]) for row in csv.DictReader(file)]

    assert len(losses) == 2
    best = int(np.argmin(losses)) + 1
    assert read_metadata(trained.run.model).epoch == trained.figures["model_epoch"] == best


def test_the_environment_is_recorded(trained):
    """Seed, machine, versions, precision and data."""
    environment = trained.run.read_json("environment.json")

    assert environment["recipe"] == "tutorial-augmented"
    assert environment["seed"] == SEED
    assert environment["precision"] == trained.figures["precision"]
    assert environment["backend"] == "tensorflow"
    assert {"keras", "numpy"} <= environment["packages"].keys()
    assert environment["cores"] == os.cpu_count()
    assert environment["device"] == environment["cpu"]
    assert {"roadsigns", "command", "started", "python", "platform", "cpu"} <= environment.keys()
    data = environment["data"]
    assert data["folder"] == str(trained.data / "Final_Training" / "Images")
    assert (data["images"], len(data["sha256"])) == (172, 64)


def test_undecodable_files_are_named_and_counted(trained):
    """Each on standard error and in the metrics; the others train."""
    images = trained.data / "Final_Training" / "Images"
    undecodable = trained.figures["undecodable"]

    assert len(undecodable) == 4
    assert {str(images / "00000" / "00000_00000.ppm"), str(images / "00001" / "00001_00001.ppm")} < set(undecodable)
    told = [line for line in trained.stderr.splitlines() if line.startswith("Left out: ")]
    assert len(told) == 4
    assert all(any(path in line for line in told) for path in undecodable)


def test_the_data_folder_is_not_touched(trained):
    assert trained.data_after == trained.data_before


def test_the_model_records_the_tracks_it_was_trained_on(trained):
    """Exactly those of the split, without the track of which no image decoded."""
    metadata = read_metadata(trained.run.model)
    split = training_tracks(trained.data)

    assert len(split) == len(GTSRB_CLASSES)
    assert metadata.trained_on == {key for key in split if key.class_id != 2}
    assert metadata.split == HoldOutRecord("group", validation_fraction=0.2, seed=SEED)
    assert metadata.classes == GTSRB_CLASSES
    assert (metadata.recipe, metadata.network, metadata.image_size) == ("tutorial-augmented", "tutorial", 32)


def test_off_a_terminal_an_epoch_is_a_line(trained):
    """No escape sequences, no carriage returns."""
    # A slow machine adds lines of progress within an epoch.
    epochs = [line for line in trained.stderr.splitlines() if line.startswith("Epoch ") and ", rate " in line]

    assert [line.partition(":")[0] for line in epochs] == ["Epoch 1/2", "Epoch 2/2"]
    assert all("rate 0.01, loss " in line and "validation loss " in line for line in epochs)
    assert "\x1b" not in trained.stderr
    assert "\r" not in trained.stderr


@pytest.mark.usefixtures("rehearsed")
def test_a_random_split_records_tracks_that_validate_too(drawn_folder, tmp_path):
    """Its metrics carry the word leaky, and `evaluate` can see the overlap."""
    recipe = small_recipe("data.split=random", "training.epochs=1", "training.keep=last")
    data_set = read_training(drawn_folder)

    run, figures = train_into(tmp_path / "run", data_set, recipe)

    split = split_samples(data_set.samples, by="random", validation_fraction=0.2, seed=SEED)
    metadata = read_metadata(run.model)
    assert metadata.trained_on == tracks_of(split.train)
    assert metadata.trained_on & tracks_of(split.validation)
    assert figures["split"].startswith("LEAKY")
    assert (figures["leakage"], figures["leaky_split"], figures["seen_by_init"]) == (True, True, False)
    assert metadata.epoch == 1


@pytest.mark.usefixtures("rehearsed")
def test_without_a_split_every_image_trains(drawn_folder, tmp_path):
    """The model is the last epoch's; there are no validation metrics, and the record is strict JSON."""
    data_set = read_training(drawn_folder)

    run, figures = train_into(tmp_path / "run", data_set, small_recipe("data.split=none", "training.batch_size=64"))

    metadata = read_metadata(run.model)
    assert metadata.trained_on == {
        TrackKey(sign.class_id, f"{track:05d}") for sign in GTSRB_CLASSES for track in (0, 1)
    }
    assert metadata.epoch == figures["model_epoch"] == 2
    assert figures["images"] == {"train": 172, "drawn": 0, "validation": 0, "negatives": 0}
    assert figures["validation"] is None
    assert figures["split"] == "no validation: every image trains"
    text = (run.path / "figures.json").read_text()
    json.loads(text, parse_constant=pytest.fail)


@pytest.mark.parametrize(("train_on", "train"), [("both", 3 * 3 * 2 + 12), ("drawn", 12)])
def test_drawn_signs_train_and_real_ones_validate(template_folder, tmp_path, train_on, train):
    """The metrics tell how many were drawn; the model knows the tracks of the real images it saw, and only those."""
    draw_dataset(tmp_path / "data", tracks=4, frames=2, test_tracks=0, seed=1, designs=read_templates(template_folder))
    data_set = read_training(tmp_path / "data")
    drawing = (f"drawing.templates={template_folder}", "drawing.tracks=2", "drawing.frames=2")
    recipe = small_recipe(f"data.train_on={train_on}", "training.epochs=1", *drawing)

    run, figures = train_into(tmp_path / "run", data_set, recipe)

    split = split_samples(data_set.samples, by="track", validation_fraction=0.2, seed=SEED)
    metadata = read_metadata(run.model)
    assert figures == run.read_json("figures.json")
    assert figures["images"] == {"train": train, "drawn": 12, "validation": 6, "negatives": 0}
    assert figures["validation"]["images"] == 6
    assert metadata.trained_on == (tracks_of(split.train) if train_on == "both" else frozenset())
    assert [sign.name for sign in metadata.classes] == ["Bus", "sign 2", "sign 10"]
    assert run.read_recipe() == recipe


def test_training_images_of_which_none_decodes_are_refused(damaged_folder, tmp_path):
    """Validation alone is no training; no folder stays."""
    data_set = read_training(damaged_folder)
    two = tuple(sample for sample in data_set.samples if sample.class_id == 2)
    (bad,) = (key for key in training_tracks(damaged_folder) if key.class_id == 2)
    splits = (split_samples(two, by="track", validation_fraction=0.2, seed=seed) for seed in range(20))
    seed = next(seed for seed, split in enumerate(splits) if tracks_of(split.train) == {bad})

    with raises(DataError, problem="None of the 2 training images"):
        train_into(tmp_path / "run", replace(data_set, samples=two), small_recipe(), seed=seed)

    assert not (tmp_path / "run").exists()


def test_missing_matplotlib_is_reported_in_one_line(trained, monkeypatch, capsys):
    """The training continues without curves."""

    def missing(history, path):
        raise MissingExtraError("Pictures need matplotlib. Install it: pip install 'roadsigns[report]'")

    monkeypatch.setattr(train_module, "draw_curves", missing)

    class Ended:
        """What the curves are drawn from."""

        history = history_of(trained.run)
        run = trained.run

    train_module._draw_curves(Ended)

    assert capsys.readouterr().err == (
        "curves.png was not drawn: Pictures need matplotlib. Install it: pip install 'roadsigns[report]'\n"
    )


# Kills this process where its first argument says: before the checkpoint of an epoch is written, or in a step, counted
# from the start of the process.
KILLABLE = """
import os, signal, sys
import keras
from roadsigns.cli.main import main
from roadsigns.training import run_folder as run
from roadsigns.training.optimization.steps import Steps

where, _, number = sys.argv.pop(1).partition(":")

def die_if(this):
    if this == int(number):
        signal.raise_signal(signal.SIGKILL)

if where == "checkpoint":
    write = run.RunFolder.write_checkpoint
    def write_checkpoint(self, checkpoint):
        die_if(checkpoint.epoch)
        write(self, checkpoint)
    run.RunFolder.write_checkpoint = write_checkpoint
elif where == "step":
    take, done = Steps.take, []
    def killed(self, images, labels):
        for _ in labels:
            done.append(True)
            die_if(len(done))
        return take(self, images, labels)
    Steps.take = killed
main()
"""
DETERMINISTIC = (
    *SMALL,
    "training.epochs=4",
    "training.drop_every_epochs=2",
    "training.precision=float32",
    "training.deterministic=true",
)


@dataclass(frozen=True)
class Killed:
    """A run that was killed twice, copies of it after each, and one that was not."""

    uninterrupted: RunFolder
    resumed: RunFolder
    stages: list[RunFolder]


@pytest.fixture(scope="module")
def killed(drawn_folder, tmp_path_factory, start_with_keras):
    """Killed in the third of six steps of epoch 2, and between history and checkpoint of epoch 3."""
    folder = tmp_path_factory.mktemp("killed")
    options = ["--recipe", "tutorial-augmented", "--seed", "7"]
    options += [part for override in DETERMINISTIC for part in ("--set", override)]

    def start(where, path, *options):
        return start_with_keras(KILLABLE, where, "train", "--data", drawn_folder, "--run", path, "--no-cache", *options)

    whole = start("nowhere", folder / "uninterrupted", *options)
    stages = []
    for index, where in enumerate(["step:9", "checkpoint:3"]):
        process = start(where, folder / "run", *(["--resume"] if index else options))
        _, stderr = process.communicate()
        assert process.returncode == -signal.SIGKILL, stderr
        stages.append(RunFolder(folder / f"stage {index}"))
        shutil.copytree(folder / "run", stages[-1].path)
    # The options of the start may be given again.
    last = start("nowhere", folder / "run", "--resume", *options)
    for process in (last, whole):
        _, stderr = process.communicate()
        assert process.returncode == 0, stderr
    return Killed(RunFolder(folder / "uninterrupted"), RunFolder(folder / "run"), stages)


def test_a_killed_run_holds_what_its_last_whole_epoch_left(killed):
    """Each file whole, the model loads; the history may be one line ahead of the checkpoint."""
    epochs = [(stage.read_checkpoint().epoch, len(history_of(stage))) for stage in killed.stages]

    assert epochs == [(1, 1), (2, 3)]
    for stage in killed.stages:
        assert read_metadata(stage.model).epoch >= 1
        assert np.isfinite(load_network(stage.model).get_weights()[0]).all()
        assert not stage.is_complete


def test_a_killed_and_resumed_run_equals_an_uninterrupted_one(killed):
    """Every epoch's rate, losses and accuracies, within 1e-5."""
    expected, history = (
        history_of(killed.uninterrupted),
        history_of(killed.resumed),
    )

    assert [line.epoch for line in history] == [line.epoch for line in expected] == [1, 2, 3, 4]
    for line, other in zip(history, expected, strict=True):
        assert line.learning_rate == other.learning_rate
        for name in ("loss", "accuracy", "validation_loss", "validation_accuracy"):
            assert getattr(line, name) == pytest.approx(getattr(other, name), abs=1e-5)
    # The validation of 86 images is at chance; that weights moved is what makes the comparison worth something.
    assert len({line.loss for line in history}) == 4
    assert [line.learning_rate for line in history] == pytest.approx([0.01, 0.01, 0.001, 0.001], rel=1e-4)


def test_a_killed_and_resumed_run_leaves_the_same_model(killed):
    """The same epoch, weights within 1e-5, the same record; and nothing left over."""
    expected, model = (read_metadata(run.model) for run in (killed.uninterrupted, killed.resumed))

    assert replace(model, weights_sha256="") == replace(expected, weights_sha256="")
    pairs = zip(*(load_network(run.model).get_weights() for run in (killed.uninterrupted, killed.resumed)), strict=True)
    for weights, others in pairs:
        np.testing.assert_allclose(weights, others, atol=1e-5)
    # A kill leaves the hidden temporary file it was writing, if any; nothing else is more or less.
    names = {path.name for path in killed.resumed.path.iterdir() if not path.name.startswith(".")}
    assert names == {path.name for path in killed.uninterrupted.path.iterdir()}
    losses = [line.validation_loss for line in history_of(killed.resumed)]
    assert model.epoch == int(np.argmin(losses)) + 1


def test_a_run_is_not_resumed_with_other_data(killed, drawn_folder, tmp_path):
    """Its files stay, except for the lock file of the process that was killed."""
    path = tmp_path / "run"
    shutil.copytree(killed.stages[1].path, path, ignore=shutil.ignore_patterns(".lock"))
    before = tree_hash(path)
    data_set = read_training(drawn_folder)
    other = replace(data_set, samples=data_set.samples[:-1])

    with (
        raises(RunError, problem="the data changed"),
        open_run(path, resume=True) as run,
    ):
        run_training(run.read_recipe(), other, run, name="tutorial-augmented", seed=7, cache_folder=None)

    assert tree_hash(path) == before
