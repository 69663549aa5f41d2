"""A cross-validation trains each fold once, resumes from what is there, and refuses what does not belong to it."""

import contextlib
import dataclasses
import shutil
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from fixtures.corruptions import own_corruption
from fixtures.errors import raises
from fixtures.sign_folders import write_classes

from roadsigns.cross_validation import fold_trainer as module
from roadsigns.cross_validation.fold_outputs import read_fold_outputs
from roadsigns.cross_validation.locks import hold_fold
from roadsigns.cross_validation.metrics import compute_cross_metrics
from roadsigns.cross_validation.run import cross_validate
from roadsigns.cross_validation.settings import CrossSettings
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.datasets.folds import FoldRecord, split_folds
from roadsigns.datasets.reader import read_training
from roadsigns.errors import DataError, OutputError, RecipeError, RunError
from roadsigns.evaluation.evaluate import evaluate
from roadsigns.evaluation.predictions import keep_top
from roadsigns.evaluation.predictions_csv import read_predictions
from roadsigns.evaluation.probabilities import read_probabilities
from roadsigns.model_files.model_file import read_metadata
from roadsigns.robustness import corruptions
from roadsigns.robustness.assignment import CorruptionAssignment
from roadsigns.robustness.corruptions import UNRECORDED_CORRUPTIONS
from roadsigns.synthesis.dataset import draw_dataset
from roadsigns.training import train as train_module
from roadsigns.training.history import write_history
from roadsigns.training.loop import EpochMetrics
from roadsigns.training.run_folder import Checkpoint, RunFolder
from roadsigns.types import labelled_image

SMALL = ("data.image_size=32", "training.epochs=1", "training.batch_size=4")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two classes of three tracks of two drawn signs, in folders of people's own. Not to be changed."""
    drawn = tmp_path_factory.mktemp("drawn") / "gtsrb"
    draw_dataset(drawn, tracks=3, frames=2, test_tracks=0, seed=0)
    folder = drawn.parent / "own"
    for name in ("00013", "00017"):
        for image in (drawn / "Final_Training" / "Images" / name).glob("*.ppm"):
            (folder / name).mkdir(parents=True, exist_ok=True)
            image.rename(folder / name / image.name)
    for name in ("00013", "00017"):
        (folder / name).rename(folder / {"00013": "give way", "00017": "no entry"}[name])
    return folder


def run(data, out, **options):
    """Cross-validate in two folds."""
    only_fold = options.pop("only_fold", None)
    values = {"data": data, "out": out, "recipe": "tutorial", "folds": 2, "overrides": SMALL, **options}
    return cross_validate(CrossSettings(**values), only_fold=only_fold)


@dataclasses.dataclass
class Training:
    """What stands in for a training: it keeps what it was called with, and ends as it was told."""

    calls: list
    complete: bool = True

    @property
    def folds(self):
        """The numbers of the folds that were trained."""
        return [call["fold"].number for call in self.calls]


@contextlib.contextmanager
def no_training():
    """No network is trained; every image is read right."""
    state = Training([])

    def run_training(recipe, data, run, **options):
        state.calls.append({"run": run, "files": sorted(path.name for path in run.path.iterdir()), **options})
        run.model.write_bytes(b"")
        run.write_json("figures.json", {"complete": state.complete})
        return SimpleNamespace(complete=state.complete)

    def predict(model_file, samples, **_):
        assert model_file.is_file()
        return keep_top(samples, np.eye(2, dtype=np.float32)[[sample.class_id for sample in samples]])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_module, "run_training", run_training)
        patch.setattr(module, "predict_images", predict)
        # It looks through all that TensorFlow has made, for a second.
        patch.setattr(keras.backend, "clear_session", lambda: None)
        yield state


@pytest.fixture
def training():
    """See `no_training`."""
    with no_training() as state:
        yield state


# What a finished cross-validation of two folds is.
FINISHED = [
    "cross-validation.json",
    "fold-1-probabilities.npz",
    "fold-1.csv",
    "fold-2-probabilities.npz",
    "fold-2.csv",
]
# And what lies there too if its images were predicted with corruptions.
CORRUPTED = [f"fold-{number}-hard{end}" for number in (1, 2) for end in (".csv", "-probabilities.npz")]


def files(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def crossed(data, tmp_path_factory):
    """Fold 1 is there; fold 2 is really trained, and kept. With what was there in between, and what was trained."""
    out = tmp_path_factory.mktemp("cross") / "out"
    with no_training():
        assert run(data, out, only_fold=1)
    between = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in out.iterdir()}
    trained = []
    with pytest.MonkeyPatch.context() as patch:
        real = train_module.run_training
        patch.setattr(train_module, "run_training", lambda *a, **k: trained.append(k["fold"].number) or real(*a, **k))
        assert run(data, out, keep_models=True)
    return out, between, trained


def test_fold_that_is_there_is_not_trained_again(crossed):
    """Its file is not touched, and nothing but its file and the record was needed to continue."""
    out, between, trained = crossed

    assert sorted(between) == ["cross-validation.json", "fold-1-probabilities.npz", "fold-1.csv"]
    assert trained == [2]
    for name, (modified, content) in between.items():
        assert ((out / name).stat().st_mtime_ns, (out / name).read_bytes()) == (modified, content)


def test_every_image_is_evaluated_once(crossed, data):
    """By the fold that held it out."""
    cross = read_cross_validation(crossed[0])

    samples = read_training(data).samples
    assert sorted(cross.predictions.names) == sorted(labelled_image(sample).image for sample in samples)
    for number, split in enumerate(split_folds(samples, folds=2, by="track", seed=0), start=1):
        assert cross.parts[number].names == [labelled_image(sample).image for sample in split.validation]
    assert compute_cross_metrics(cross).metrics.images == 12


def test_kept_model_is_evaluated_on_the_images_of_its_fold(crossed, data):
    """The same images, none of them seen, and the same readings."""
    out, *_ = crossed
    assert files(out) == [*FINISHED[:3], "fold-2", *FINISHED[3:]]
    assert read_metadata(out / "fold-2" / "model.keras").split == FoldRecord("track", folds=2, fold=2, seed=0)

    evaluation = evaluate(out / "fold-2", data, split="validation")

    kept = read_predictions(out / "fold-2.csv")
    assert [labelled_image(sample).image for sample in evaluation.samples] == kept.names
    assert evaluation.probabilities.argmax(axis=1).tolist() == kept.class_ids[:, 0].tolist()
    assert evaluation.split_label == "validation by (class, track), fold 2 of 2"
    assert not evaluation.leakage
    assert RunFolder(out / "fold-2").read_json("figures.json")["split"] == evaluation.split_label


def test_kept_model_reads_its_fold_again_without_a_training(crossed, data, tmp_path, monkeypatch):
    """Where its predictions were deleted; the run folder that a real training left is known again."""
    out = shutil.copytree(crossed[0], tmp_path / "out")
    (out / "fold-2.csv").unlink()
    monkeypatch.setattr(train_module, "run_training", None)

    assert run(data, out)

    assert (out / "fold-2.csv").read_bytes() == (crossed[0] / "fold-2.csv").read_bytes()
    assert files(out) == FINISHED


def test_all_probabilities_of_a_fold_are_kept(crossed, data):
    """As the model computed them, in the order of the CSV; resuming does not need them."""
    out, *_ = crossed

    kept = read_probabilities(out / "fold-2-probabilities.npz", read_predictions(out / "fold-2.csv"), num_classes=2)

    np.testing.assert_array_equal(kept, evaluate(out / "fold-2", data, split="validation").probabilities)


def test_finished_folds_continue_without_all_probabilities(data, tmp_path, training):
    """Record and CSV files are enough, as they were before there were others."""
    run(data, tmp_path / "out", only_fold=1)
    (tmp_path / "out" / "fold-1-probabilities.npz").unlink()

    assert run(data, tmp_path / "out")

    assert training.folds == [1, 2]
    assert compute_cross_metrics(read_cross_validation(tmp_path / "out")).metrics.images == 12


def test_all_folds_are_trained_by_one_recipe_and_seed(data, tmp_path, training):
    """Each in a run folder that is gone when its predictions are written."""
    assert run(data, tmp_path / "out", seed=3)

    assert training.folds == [1, 2]
    assert [call["seed"] for call in training.calls] == [3, 3]
    assert [call["run"].path.name for call in training.calls] == ["fold-1", "fold-2"]
    assert files(tmp_path / "out") == FINISHED


def test_one_fold_may_be_trained_alone(data, tmp_path, training):
    """On another day the rest."""
    assert run(data, tmp_path / "out", only_fold=2)
    assert training.folds == [2]

    assert run(data, tmp_path / "out")
    assert training.folds == [2, 1]


def test_data_of_one_class_are_refused(tmp_path):
    """Before anything is written: every fold would be read without an error, and mean nothing."""
    write_classes(tmp_path / "data", {"stop": 4})

    with raises(DataError, problem="A network of one class answers nothing"):
        run(tmp_path / "data", tmp_path / "cross")
    assert not (tmp_path / "cross").exists()


@pytest.mark.parametrize("number", [0, 3])
def test_fold_that_does_not_exist_is_refused(data, tmp_path, training, number):
    """Before anything is made."""
    with raises(RunError, problem=f"no fold {number}", expected="from 1 to 2"):
        run(data, tmp_path / "out", only_fold=number)
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_it_and_the_run_stays(data, tmp_path, training):
    """No further fold is begun, and no predictions are written of a model that is not done."""
    training.complete = False

    assert not run(data, tmp_path / "out")

    assert training.folds == [1]
    assert files(tmp_path / "out") == ["cross-validation.json", "fold-1"]


def begin(data, out, training, checkpoint=True):
    """A fold that Ctrl-C ended after an epoch."""
    training.complete = False
    assert not run(data, out)
    training.complete = True
    environment = {
        "seed": 0,
        "data": {"sha256": read_cross_validation(out).record.data_sha256},
        "precision": train_module.choose_precision("auto"),
        "backend": keras.backend.backend(),
    }
    began = RunFolder(out / "fold-1")
    began.write_json("environment.json", environment)
    if checkpoint:
        began.write_checkpoint(Checkpoint(1, 0.5, [np.zeros(2)], [np.zeros(1)]))
        epoch = dict.fromkeys((field.name for field in dataclasses.fields(EpochMetrics)), 0.5) | {"epoch": 1}
        write_history([EpochMetrics(**epoch)], began.history, EpochMetrics)
    return began


def test_stopped_fold_continues_from_its_checkpoint(data, tmp_path, training):
    """The training finds it where it was."""
    begin(data, tmp_path / "out", training)

    assert run(data, tmp_path / "out")

    assert "checkpoint.npz" in training.calls[1]["files"]
    assert training.folds == [1, 1, 2]


DAMAGES = [
    "no checkpoint",
    "broken checkpoint",
    "no history",
    "broken history",
    "no environment",
    "broken recipe",
    "nothing",
]


@pytest.mark.parametrize("damage", [*DAMAGES, "other precision"])
def test_fold_that_cannot_resume_starts_again(data, tmp_path, training, damage):
    """Such as after a kill, or from another machine."""
    began = begin(data, tmp_path / "out", training, checkpoint=damage != "no checkpoint")
    if damage == "broken checkpoint":
        (began.path / "checkpoint.npz").write_bytes(b"PK")
    elif damage == "no history":
        began.history.unlink()
    elif damage == "broken history":
        began.history.write_text(began.history.read_text()[:-4])
    elif damage == "no environment":
        (began.path / "environment.json").unlink()
    elif damage == "broken recipe":
        began.recipe.write_text("[data")
    elif damage == "other precision":
        began.write_json("environment.json", began.read_json("environment.json") | {"precision": "float8"})
    elif damage == "nothing":
        for path in began.path.iterdir():
            path.unlink()

    assert run(data, tmp_path / "out")

    assert training.calls[1]["files"] == [".lock", "recipe.toml"]
    assert training.folds == [1, 1, 2]


def test_fold_killed_before_its_predictions_is_not_trained_again(data, tmp_path, training, monkeypatch):
    """The model is there."""

    def kill(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_predictions", kill)
        with pytest.raises(KeyboardInterrupt):
            run(data, tmp_path / "out", only_fold=1)
    RunFolder(tmp_path / "out" / "fold-1").write_json(
        "environment.json",
        {
            "seed": 0,
            "data": {"sha256": read_cross_validation(tmp_path / "out").record.data_sha256},
            "precision": train_module.choose_precision("auto"),
            "backend": keras.backend.backend(),
        },
    )

    assert run(data, tmp_path / "out", only_fold=1)

    assert training.folds == [1]
    assert files(tmp_path / "out") == FINISHED[:3]


def test_what_was_begun_differently_is_refused(data, tmp_path, training):
    """Before anything is trained; see test_resume.py for what is refused."""
    run(data, tmp_path / "out", only_fold=1)
    before = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}

    with raises(RunError, problem="seed was 0 and is now 1; training.momentum was"):
        run(data, tmp_path / "out", seed=1, overrides=(*SMALL, "training.momentum=0.5"))

    assert {path: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    assert training.folds == [1]


def test_missing_groups_are_reported(data, tmp_path, training):
    """Folds by group are then no more than folds by track."""
    with pytest.warns(UserWarning, match="No track of .* has a group"):
        assert run(data, tmp_path / "out", by="group")


def test_broken_predictions_are_reported_before_anything_is_trained(data, tmp_path, training):
    """Which file to delete."""
    run(data, tmp_path / "out", only_fold=2)
    path = tmp_path / "out" / "fold-2.csv"
    path.write_bytes(path.read_bytes()[:-9])

    with pytest.raises(RunError) as raised:
        run(data, tmp_path / "out")
    assert raised.value.subject == str(path)
    assert training.folds == [2]


def test_folder_inside_the_data_is_refused(data, training):
    """Nothing is written there, and nothing trained."""
    for out, cache in ((data / "out", None), (data.parent / "out", data / "cache")):
        with raises(OutputError, problem="lies in the data folder", subject=str(cache or out)):
            run(data, out, cache_folder=cache)
    assert files(data) == ["give way", "no entry"]
    assert training.folds == []


def test_training_that_fails_at_once_leaves_no_folder(data, tmp_path):
    """Other options may then be given with the same --out."""
    drawn = [*SMALL, "data.train_on=drawn", f"drawing.templates={tmp_path / 'missing'}"]

    with raises(DataError, problem="does not exist", subject="missing"):
        run(data, tmp_path / "cross" / "out", overrides=drawn)
    assert list(tmp_path.iterdir()) == []


def test_two_processes_do_not_train_one_fold(data, tmp_path, training):
    """The second is refused; another fold it may train."""
    out = tmp_path / "out"
    run(data, out, only_fold=2)
    with hold_fold(out, 1):
        with raises(RunError, problem="training fold 1"):
            run(data, out)
        assert run(data, out, only_fold=2)

    assert training.folds == [2]


def test_fewer_tracks_than_folds_are_refused(data, tmp_path, training):
    """Six tracks, seven folds; nothing is made."""
    with raises(DataError, problem="7 folds by track"):
        run(data, tmp_path / "out", folds=7)
    assert not Path(tmp_path / "out").exists()


def test_corrupted_predictions_are_written_beside_the_plain_ones(data, tmp_path, training):
    """For each fold, with the corruption of each image; nothing is predicted twice after that."""
    assert run(data, tmp_path / "out", corruptions=True)
    assert run(data, tmp_path / "out", corruptions=True)

    assert training.folds == [1, 2]
    assert files(tmp_path / "out") == sorted([*FINISHED, *CORRUPTED])
    cross = read_cross_validation(tmp_path / "out")
    assert len(cross.corrupted_parts) == 2
    written = read_predictions(tmp_path / "out" / "fold-1-hard.csv")
    assert written.corruptions == tuple(cross.record.assignment.corruption_of(row).name for row in written.rows)
    assert read_predictions(tmp_path / "out" / "fold-1.csv").corruptions is None
    outputs = read_fold_outputs(cross, 1, corrupted=True)
    assert outputs.probabilities.argmax(axis=1).tolist() == written.class_ids[:, 0].tolist()


def test_kept_models_predict_corrupted_images_later(data, tmp_path, training):
    """Without a training, and the plain predictions stay as they are; so do the models."""
    out = tmp_path / "out"
    run(data, out, keep_models=True)
    before = [(out / name).stat().st_mtime_ns for name in ("fold-1.csv", "fold-2.csv")]

    assert run(data, out, corruptions=True)

    assert training.folds == [1, 2]
    assert len(read_cross_validation(out).corrupted_parts) == 2
    assert [(out / name).stat().st_mtime_ns for name in ("fold-1.csv", "fold-2.csv")] == before
    assert (out / "fold-1" / "model.keras").is_file()


def test_corruptions_are_those_that_the_folder_records(data, tmp_path, training, monkeypatch):
    """Not those of a later version of the package."""
    out = tmp_path / "out"
    run(data, out, keep_models=True)
    before = (out / "cross-validation.json").read_bytes()
    hail = own_corruption("hail")
    monkeypatch.setattr(corruptions, "CORRUPTIONS", (*corruptions.CORRUPTIONS, hail))

    assert run(data, out, corruptions=True)

    assert (out / "cross-validation.json").read_bytes() == before
    cross = read_cross_validation(out)
    six = CorruptionAssignment(UNRECORDED_CORRUPTIONS, 0)
    for part in cross.corrupted_parts.values():
        assert part.corruptions == tuple(six.corruption_of(row).name for row in part.rows)


def test_recorded_corruption_that_no_longer_exists_is_refused(data, tmp_path, training, monkeypatch):
    """Before anything is trained; without --corruptions the folder is resumed as before."""
    out = tmp_path / "out"
    run(data, out, only_fold=1)
    newer = (own_corruption("dark", 2), *corruptions.CORRUPTIONS[1:])
    monkeypatch.setattr(corruptions, "CORRUPTIONS", newer)

    with pytest.raises(RunError) as raised:
        run(data, out, only_fold=2, corruptions=True)
    assert "'dark' version 1" in raised.value.problem
    assert training.folds == [1]
    assert run(data, out)
    # A file of an earlier model would be made again.
    (out / "fold-2.csv").rename(out / "fold-2-hard.csv")
    with raises(RunError, problem="'dark' version 1"):
        run(data, out)


@pytest.mark.parametrize("damage", ["all", "model.keras"])
def test_corruptions_are_refused_where_the_model_is_gone(data, tmp_path, training, damage):
    """Before anything is trained, and the plain predictions stay; the fold whose model is there may be predicted."""
    out = tmp_path / "out"
    run(data, out, keep_models=True)
    if damage == "all":
        shutil.rmtree(out / "fold-1")
    else:
        (out / "fold-1" / damage).unlink()

    with pytest.raises(RunError) as raised:
        run(data, out, corruptions=True)
    assert raised.value.problem.endswith("fold 1.")
    assert f"Move {out}/fold-1.csv away to train again" in raised.value.hint
    assert (out / "fold-1.csv").is_file()
    assert not (out / "fold-2-hard.csv").exists()
    assert run(data, out, corruptions=True, only_fold=2)

    (out / "fold-1.csv").unlink()
    shutil.rmtree(out / "fold-1", ignore_errors=True)
    assert run(data, out, corruptions=True)
    assert training.folds == [1, 2, 1]
    assert len(read_cross_validation(out).corrupted_parts) == 2


def test_corrupted_predictions_are_of_the_model_that_made_the_plain_ones(data, tmp_path, training):
    """A fold that is trained again makes them again, though nobody asks."""
    out = tmp_path / "out"
    run(data, out, corruptions=True)
    (out / "fold-1.csv").unlink()
    (out / "fold-1-hard.csv").write_text("of an earlier model")
    assert list(read_cross_validation(out).corrupted_parts) == [2]

    assert run(data, out)

    assert len(read_cross_validation(out).corrupted_parts) == 2


def test_full_disk_is_an_error_that_keeps_the_model(data, tmp_path, training, monkeypatch):
    """The same command continues from it."""

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_predictions", full)

    with pytest.raises(OutputError) as raised:
        run(data, tmp_path / "out", only_fold=1)
    assert raised.value.subject == str(tmp_path / "out" / "fold-1.csv")
    assert "The trained model is kept" in raised.value.hint
    assert (tmp_path / "out" / "fold-1" / "model.keras").is_file()


def test_images_of_one_name_are_refused_before_any_training(tmp_path, training):
    """Predictions are kept by name, and the file of a fold could not be read again."""
    for split in ("train", "val"):
        for name in ("stop/1.png", "go/1.png"):
            (tmp_path / "data" / split / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "data" / split / name).touch()

    with raises(DataError, problem="2 signs in it are called go/1.png", hint="Rename"):
        run(tmp_path / "data", tmp_path / "out")
    assert training.folds == []
    assert not (tmp_path / "out").exists()


def test_a_detector_is_refused_at_once(tmp_path):
    """With what to do; the data are not looked at."""
    with raises(RecipeError, problem="A detector is not cross-validated by this command."):
        run(tmp_path / "none", tmp_path / "cross", recipe="detector", overrides=())
