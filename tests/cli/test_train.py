"""`roadsigns train` as a user meets it: result and status, Ctrl-C, --resume, and folders that cannot be written."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from fixtures.documents import without_graphs
from fixtures.runs import history_of

from roadsigns.cli import main
from roadsigns.inference.load_network import load_network
from roadsigns.model_files.model_file import read_metadata
from roadsigns.recipe import load_recipe
from roadsigns.training.run_folder import RunFolder

SMALL = ["--set", "data.image_size=32", "--set", "training.batch_size=16", "--no-cache"]
MAIN = "from roadsigns.cli.main import main; main()"
# Ctrl-C comes while the step that the first argument names is at work.
INTERRUPTED = """
import os, signal, sys
from roadsigns.cli.main import main
from roadsigns.training.optimization.steps import Steps

number, take, done = int(sys.argv.pop(1)), Steps.take, []

def interrupted(self, images, labels):
    if len(done) < number <= len(done) + len(labels):
        signal.raise_signal(signal.SIGINT)
    for step in take(self, images, labels):
        done.append(step)
        print(f"step {len(done)}", file=sys.stderr)
    return done[-len(labels):]

Steps.take = interrupted
main()
"""
# An endless training that leaves the cores to whoever waits for it.
SLOW = """
import time
from roadsigns.cli.main import main
from roadsigns.training.optimization.steps import Steps

take = Steps.take

def slow(self, images, labels):
    time.sleep(0.1 * len(labels))
    return take(self, images, labels)

Steps.take = slow
main()
"""
# No file may grow beyond a megabyte, as on a disk that is full: history and records go in, weights do not.
FULL_DISK = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20)); {MAIN}"
# Dropped only here: the interpreter and the data may lie where nobody else may read.
OTHER_USER = f"""
import os
from roadsigns.training import open_run as run

open_run = run.open_run

def as_nobody(*arguments, **options):
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    return open_run(*arguments, **options)

run.open_run = as_nobody
{MAIN}
"""


def start(program, *arguments, **options):
    """Start `roadsigns train ARGUMENTS` by a program."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
        **options,
    )


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    stdout: str
    stderr: str


def ended(process):
    """Wait for a process."""
    stdout, stderr = process.communicate(timeout=300)
    return Ended(process.returncode, stdout, stderr)


def invoke(monkeypatch, capfd, *arguments):
    """Run `roadsigns train ARGUMENTS` in this process, with everything its main function does."""
    monkeypatch.setattr(sys, "argv", ["roadsigns", "train", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        main.main()
    captured = capfd.readouterr()
    return Ended(int(end.value.code or 0), captured.out, captured.err)


def files(folder):
    """{name: bytes} of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@dataclass(frozen=True)
class Stopped:
    """A run that Ctrl-C ended in its first epoch, what it held then, and how it went on."""

    path: Path
    held: Path
    first: Ended
    second: Ended


@pytest.fixture(scope="module")
def stopped(drawn_folder, tmp_path_factory, start_with_keras):
    """Ctrl-C in the third of six steps of the first of two epochs; then resumed to the end, as a user does it."""
    folder = tmp_path_factory.mktemp("stopped")
    arguments = ["train", "--data", drawn_folder, "--run", folder / "run", "--no-cache"]
    options = [*SMALL, "--recipe", "tutorial", "--seed", 3, "--set", "training.epochs=2"]
    first = ended(start_with_keras(INTERRUPTED, 3, *arguments, *options))
    shutil.copytree(folder / "run", folder / "held")
    second = ended(start(MAIN, *arguments, "--resume"))
    return Stopped(folder / "run", folder / "held", first, second)


@dataclass(frozen=True)
class Running:
    """A long run, what happened to a second process in its folder, and how Ctrl-C ended it."""

    path: Path
    second: Ended
    first: Ended


@pytest.fixture(scope="module")
def running(drawn_folder, tmp_path_factory, start_with_keras):
    """An endless run; after an epoch a second process wants its folder; then Ctrl-C from outside."""
    path = tmp_path_factory.mktemp("running") / "run"
    arguments = ["train", "--data", drawn_folder, "--run", path, "--no-cache"]
    options = [*SMALL, "--recipe", "tutorial", "--set", "training.epochs=100000"]
    first = start_with_keras(SLOW, *arguments, *options)
    try:
        deadline = time.monotonic() + 200
        while not (path / "model.keras").exists() and first.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        second = ended(start(MAIN, *arguments, "--resume"))
        first.send_signal(signal.SIGINT)
        return Running(path, second, ended(first))
    finally:
        first.kill()


def test_init_fine_tunes_a_model_by_its_own_recipe(drawn_folder, tmp_path, monkeypatch, capfd):
    """The run's name and recipe are those of fine-tuning, unless another recipe is requested."""
    monkeypatch.chdir(tmp_path)
    options = ["--init", "fast", "--set", "training.epochs=1", "--set", "training.epoch_images=0", "--no-cache"]

    with without_graphs():
        result = invoke(monkeypatch, capfd, "--data", drawn_folder, *options)

    assert result.status == 0, result.stderr
    (run,) = (RunFolder(path) for path in (tmp_path / "runs").iterdir())
    assert run.path.name.startswith("fine-tune-")
    recipe = run.read_recipe()
    assert (recipe.model.init, recipe.model.name, recipe.data.preparation) == ("gtsrb-fast-v7", "fast", "stretched-box")
    assert load_network(run.model).name == "fast"

    result = invoke(monkeypatch, capfd, "--data", drawn_folder, "--init", "fast", "--recipe", "tutorial")
    assert result.status == 1
    assert "'data.preparation' is 'tutorial' in the recipe and 'stretched-box' in the model" in result.stderr


def test_init_of_no_model_is_reported(drawn_folder, tmp_path, monkeypatch, capfd):
    """With those that there are."""
    result = invoke(monkeypatch, capfd, "--data", drawn_folder, "--init", "fats", "--run", tmp_path / "run")

    assert result.status == 1
    assert "There is no model 'fats'" in result.stderr


def test_ctrl_c_ends_after_the_steps_at_work(stopped):
    """They are finished, no other is begun, and the status is that of an interrupt."""
    steps = [line for line in stopped.first.stderr.splitlines() if line.startswith("step ")]

    assert steps == ["step 1", "step 2", "step 3"]
    assert stopped.first.status == 130
    assert "Stopping after these steps" in stopped.first.stderr
    assert "Traceback" not in stopped.first.stderr


def test_ctrl_c_in_the_first_epoch_leaves_a_usable_model(stopped):
    """It loads, says that it has seen no whole epoch, and has metrics."""
    run = RunFolder(stopped.held)

    assert load_network(run.model).count_params() > 100_000
    assert read_metadata(run.model).epoch == 0
    figures = run.read_json("figures.json")
    assert figures["complete"] is False
    assert figures["validation"]["images"] == 86
    assert not (run.path / "curves.png").exists()


def test_ctrl_c_says_how_to_resume(stopped):
    """The result on standard output, the command on standard error."""
    assert stopped.first.stdout.startswith(f"{stopped.path}: epoch 0, accuracy ")
    (line,) = (line for line in stopped.first.stderr.splitlines() if line.startswith("Stopped early."))
    assert line.endswith(f"--run {stopped.path} --resume")


def test_a_stopped_run_continues_to_its_end(stopped):
    """With its own recipe and seed, which there is no need to give again."""
    run = RunFolder(stopped.path)

    assert stopped.second.status == 0, stopped.second.stderr
    assert run.is_complete
    assert [line.epoch for line in history_of(run)] == [1, 2]
    assert run.read_recipe() == load_recipe(
        "tutorial", ["data.image_size=32", "training.batch_size=16", "training.epochs=2"]
    )
    environment = run.read_json("environment.json")
    assert (environment["recipe"], environment["seed"]) == ("tutorial", 3)
    assert read_metadata(run.model).split.seed == 3
    assert not (run.path / "checkpoint.npz").exists()


def test_standard_output_holds_the_result_and_nothing_else(stopped):
    """One line; progress and everything else went to standard error, as lines."""
    (line,) = stopped.second.stdout.splitlines()

    figures = json.loads((stopped.path / "figures.json").read_text())
    validation = figures["validation"]
    assert line == (
        f"{stopped.path}: epoch {figures['model_epoch']}, accuracy {validation['accuracy']:.4f}, "
        f"{validation['errors']} errors in 86 images (validation by (class, track))"
    )
    assert "Epoch 1/2: " in stopped.second.stderr
    assert "Epoch 2/2: " in stopped.second.stderr
    assert "\x1b" not in stopped.second.stderr


def test_a_training_leaves_its_curves(stopped):
    assert (stopped.path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_a_complete_run_is_not_resumed(stopped, drawn_folder, monkeypatch, capfd):
    """A sentence; nothing is written."""
    before = files(stopped.path)

    end = invoke(monkeypatch, capfd, "--data", drawn_folder, "--run", stopped.path, "--resume")

    assert (end.status, end.stdout) == (1, "")
    assert f"{stopped.path}: The run is complete" in end.stderr
    assert files(stopped.path) == before


def test_a_second_process_does_not_get_into_a_run(running):
    """It says why and ends; the first one never notices."""
    assert running.second.status == 1
    assert f"roadsigns: {running.path}: Another process is training" in running.second.stderr
    assert "Traceback" not in running.second.stderr
    assert running.first.status == 130


def test_ctrl_c_after_an_epoch_leaves_the_best_model_and_the_curves(running):
    """History, metrics and model agree."""
    run = RunFolder(running.path)
    history = history_of(run)

    best = min(history, key=lambda line: line.validation_loss).epoch
    assert read_metadata(run.model).epoch == run.read_json("figures.json")["model_epoch"] == best
    assert run.read_checkpoint().epoch == len(history) >= 1
    assert run.curves.read_bytes().startswith(b"\x89PNG")
    assert running.first.stdout.startswith(f"{running.path}: epoch {best}, accuracy ")


def test_a_full_disk_ends_a_training_and_loses_nothing(running, drawn_folder, tmp_path, start_with_keras):
    """The sentence says how to continue; model and checkpoint stay as they were."""
    path = tmp_path / "run"
    shutil.copytree(running.path, path)
    before = files(path)

    arguments = ["train", "--data", drawn_folder, "--run", path, "--resume", "--no-cache"]
    end = ended(start_with_keras(FULL_DISK, *arguments))

    assert (end.status, end.stdout) == (1, "")
    assert f"{path}: The run folder cannot be written (File too large)." in end.stderr
    assert "resume with --resume" in end.stderr
    assert "Traceback" not in end.stderr
    after = files(path)
    assert after.keys() == before.keys()
    for name in ("model.keras", "checkpoint.npz", "recipe.toml", "curves.png"):
        assert after[name] == before[name]
    # The disk is full for the model of the last epoch, which a resume writes again, or for the checkpoint of the next:
    # an epoch that the checkpoint does not know yet is trained again on resume.
    assert len(history_of(RunFolder(path))) - RunFolder(path).read_checkpoint().epoch in (0, 1)


@pytest.fixture
def readable_folder():
    """A folder that everybody may enter and read, which pytest's own folders are not."""
    if os.geteuid() != 0:
        pytest.skip("only root can drop its user id")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_parent_that_may_not_be_written_is_a_sentence(drawn_folder, readable_folder):
    """For another user than root, whom no permission stops."""
    path = readable_folder / "run"

    end = ended(start(OTHER_USER, "train", "--data", drawn_folder, "--run", path))

    assert (end.status, end.stdout) == (1, "")
    assert end.stderr.endswith(
        f"roadsigns: {path}: The run folder cannot be created (Permission denied). Choose another with --run.\n"
    )
    assert not path.exists()


def test_a_run_that_may_not_be_written_is_not_resumed(stopped, drawn_folder, readable_folder):
    """Somebody else's run stays as it is."""
    path = readable_folder / "run"
    shutil.copytree(stopped.held, path)
    path.chmod(0o755)
    before = files(path)

    end = ended(start(OTHER_USER, "train", "--data", drawn_folder, "--run", path, "--resume"))

    assert (end.status, end.stdout) == (1, "")
    assert f"roadsigns: {path}: The run folder cannot be written. Check its permissions" in end.stderr
    assert files(path) == before


def test_a_rate_that_is_too_high_is_a_sentence(drawn_folder, tmp_path, monkeypatch, capfd):
    """Step and rate are named, a lower one is proposed, and no folder is in the way of the next try."""
    path = tmp_path / "run"

    end = invoke(
        monkeypatch,
        capfd,
        *(
            "--data",
            drawn_folder,
            "--run",
            path,
            "--recipe",
            "tutorial",
            *SMALL,
            "--set",
            "training.learning_rate=1e30",
        ),
    )

    assert (end.status, end.stdout) == (1, "")
    assert "no longer finite at step " in end.stderr
    assert "of epoch 1, at a learning rate of 1e+30" in end.stderr
    assert "--set training.learning_rate=3.3e+29" in end.stderr
    assert not path.exists()


def test_a_run_folder_that_exists_is_refused_untouched(running, drawn_folder, monkeypatch, capfd):
    """The same command given twice."""
    before = files(running.path)

    end = invoke(monkeypatch, capfd, "--data", drawn_folder, "--run", running.path, *SMALL)

    assert (end.status, end.stdout) == (1, "")
    assert f"{running.path}: The run folder already exists." in end.stderr
    assert files(running.path) == before


def test_resume_needs_a_run(drawn_folder, monkeypatch, capfd):
    """Which one is not guessed."""
    end = invoke(monkeypatch, capfd, "--data", drawn_folder, "--resume")

    assert end.status == 1
    assert "--run FOLDER" in end.stderr


@pytest.mark.parametrize("made", [True, False])
def test_a_folder_that_is_no_run_is_not_resumed(drawn_folder, tmp_path, monkeypatch, capfd, made):
    """Nothing is made."""
    path = tmp_path / "run"
    if made:
        path.mkdir()

    end = invoke(monkeypatch, capfd, "--data", drawn_folder, "--run", path, "--resume")

    assert end.status == 1
    assert f"{path}: There is no run to resume." in end.stderr
    assert path.exists() == made
    assert not made or list(path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "difference"),
    [
        ("--seed 0", "the seed was 3 and is now 0"),
        ("--recipe tutorial-augmented", "augmentation.rotation_degrees was 0.0 and is now 10.0"),
        ("--set training.epochs=3", "training.epochs was 2 and is now 3"),
    ],
)
def test_options_that_differ_from_the_run_are_refused_on_resume(
    stopped, drawn_folder, monkeypatch, capfd, options, difference
):
    """Rather than silently passed over; even where the value is the option's default."""
    before = files(stopped.held)

    end = invoke(monkeypatch, capfd, "--data", drawn_folder, "--run", stopped.held, "--resume", *shlex.split(options))

    assert end.status == 1
    assert difference in end.stderr
    assert "Leave out --recipe, --init, --set and --seed" in end.stderr
    assert files(stopped.held) == before


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--data /nowhere", "The data folder /nowhere does not exist"),
        ("--recipe tutorail", "Did you mean 'tutorial'?"),
        ("--set training.epoch=5", "Did you mean 'epochs'?"),
    ],
)
def test_what_cannot_be_used_is_refused_before_a_folder_is_made(
    drawn_folder, tmp_path, monkeypatch, capfd, options, sentence
):
    """So that the corrected command finds its place free."""
    path = tmp_path / "run"

    end = invoke(monkeypatch, capfd, "--data", drawn_folder, "--run", path, *shlex.split(options))

    assert (end.status, end.stdout) == (1, "")
    assert sentence in end.stderr
    assert not path.exists()


def test_help_names_every_option_and_loads_no_keras():
    """Fast, since nothing is trained."""
    program = f"import sys, atexit; atexit.register(lambda: print('keras' in sys.modules)); {MAIN}"

    end = ended(start(program, "train", "--help"))

    assert end.status == 0
    for option in ("--data", "--recipe", "--seed", "--run", "--set", "--resume", "--no-cache"):
        assert f"{option} " in end.stdout
    assert end.stdout.splitlines()[-1] == "False"
