"""What several tests share: the real images where they are present, a small drawn data set, a tiny model."""

import gc
import multiprocessing
import os
import pty
import signal
import subprocess
import sys
import threading
from multiprocessing import forkserver
from pathlib import Path

import hypothesis
import pytest

from roadsigns import cpu
from roadsigns.datasets.gtsrb import GTSRB_CLASSES

pytest_plugins = [
    "fixtures.browser",
    "fixtures.detectors",
    "fixtures.documents",
    "fixtures.evaluated_models",
    "fixtures.layouts",
    "fixtures.object_store",
    "fixtures.own_code",
    "fixtures.service",
    "fixtures.stand_in_detector",
]

# Machines that run tests are busy: no deadlines, few examples. The same examples each time, so that a run that passed
# passes again; whoever wants new ones searches: HYPOTHESIS_PROFILE=search pytest.
hypothesis.settings.register_profile("repeat", deadline=None, max_examples=40, derandomize=True, database=None)
hypothesis.settings.register_profile("search", deadline=None, max_examples=400)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))

GTSRB_VARIABLE, GTSDB_VARIABLE = "ROADSIGNS_GTSRB", "ROADSIGNS_GTSDB"
# Of tests that need real images: the variable with their folder, and what it holds.
REAL_IMAGES = {"gtsrb": (GTSRB_VARIABLE, "Final_Training"), "gtsdb": (GTSDB_VARIABLE, "the street scenes and gt.txt")}
TINY_IMAGE_SIZE = 32

# By seconds. pytest-xdist would hand out the files with the most tests first, and at the end one core waits for another
# that has only begun a file of few and long ones.
LONGEST_FIRST = (
    "documents/test_blocks.py",
    "exports/test_export.py",
    "training/test_fine_tune.py",
    "documents/test_own_signs.py",
    "training/test_train.py",
    "cli/test_train.py",
    "documents/test_notebook.py",
    "documents/test_formats.py",
    "dataset_check/test_check.py",
    "training/test_loop.py",
    "cli/test_evaluate.py",
    "inference/test_forks.py",
    "dataset_check/planning/test_commands.py",
    "test_network.py",
    "models/test_spatial_transformer.py",
    "models/test_build.py",
    "documents/test_site.py",
    "test_api.py",
    "cross_validation/test_run.py",
    "synthesis/test_track.py",
    "evaluation/test_evaluate.py",
)


# Whoever starts the tests in the background of a script has told them, and all that they start, to ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config):
    """Files go to the processes of pytest-xdist in the order of the tests."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What the test files import lives to the end: no garbage is looked for in a million objects of TensorFlow."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items):
    """The longest files are begun first; within a file nothing moves."""
    here = Path(__file__).parent

    def place(item):
        name = item.path.relative_to(here).as_posix()
        return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)

    items.sort(key=place)


def pytest_runtest_setup(item):
    """Skip tests that need the real images where they are not present."""
    for marker, (variable, held) in REAL_IMAGES.items():
        if item.get_closest_marker(marker) and not os.environ.get(variable):
            pytest.skip(f"{variable} is not set: give it the folder that holds {held} to run this test")


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory):
    """Nothing that a test runs, in this process or another, writes into the cache of the person who runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROADSIGNS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def run_on_terminal():
    """Run Python code with standard error on a terminal; gives its status, standard output and what was shown."""

    def run(code, *arguments):
        ours, theirs = pty.openpty()
        command = [sys.executable, "-c", code, *map(str, arguments)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
            os.close(theirs)
            shown = []
            # A terminal holds few bytes; unread, it would block the process.
            reader = threading.Thread(target=_read_terminal, args=(ours, shown))
            reader.start()
            output, _ = process.communicate(timeout=60)
            reader.join()
        os.close(ours)
        return process.returncode, output, "".join(shown)

    return run


def _read_terminal(terminal, shown):
    try:
        while content := os.read(terminal, 4096):
            shown.append(content.decode(errors="replace"))
    except OSError:
        # Linux's way of telling that the other side is closed.
        return


# What a copy does before it runs a program: its output goes to files, and its words are its own.
COPY = """
import logging, os, sys
for number, path in ((1, stdout), (2, stderr)):
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    os.dup2(handle, number)
    os.close(handle)
# As roadsigns does where it imports Keras itself.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
sys.argv[:] = ["-c", *arguments]
exec(compile(program, "<string>", "exec"), {"__name__": "__main__"})
"""


class CopiedProcess:
    """A process that began as a copy of one that has imported Keras; to be used like `subprocess.Popen`."""

    def __init__(self, context, folder, program, arguments):
        self._files = folder / "stdout", folder / "stderr"
        stdout, stderr = map(str, self._files)
        names = {"stdout": stdout, "stderr": stderr, "program": program, "arguments": [*map(str, arguments)]}
        self._process = context.Process(target=exec, args=(COPY, names))
        self._process.start()

    @property
    def returncode(self):
        """Its status, or less than 0 for the signal that ended it; None while it runs."""
        return self._process.exitcode

    def poll(self):
        """The same."""
        return self.returncode

    def send_signal(self, number):
        """Send it a signal, if it runs."""
        if self.poll() is None:
            os.kill(self._process.pid, number)

    def kill(self):
        """End it at once, if it runs."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout=300):
        """Wait for its end; gives what it wrote on standard output and on standard error."""
        self._process.join(timeout)
        assert self.poll() is not None, f"still running after {timeout} s"
        return tuple(path.read_text() if path.exists() else "" for path in self._files)


@pytest.fixture(scope="session")
def start_with_keras(tmp_path_factory):
    """Start Python code in a process of its own, where Keras is imported already: that takes seven seconds of a core.

    The processes are copies (forks) of one that imported TensorFlow and ran nothing. They are killed, interrupted and
    limited like any other. What the start of Python itself decides is for `subprocess`.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["roadsigns.cli.train", "roadsigns.training.train"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TF_CPP_MIN_LOG_LEVEL", "2")
        forkserver.ensure_running()

    def start(program, *arguments):
        return CopiedProcess(context, tmp_path_factory.mktemp("process"), program, arguments)

    return start


@pytest.fixture(scope="session")
def gtsrb_folder():
    """The folder of the real images; a test that uses it is marked gtsrb."""
    folder = Path(os.environ[GTSRB_VARIABLE])
    if not (folder / "Final_Training" / "Images").is_dir():
        pytest.fail(f"{GTSRB_VARIABLE} is {folder}, which holds no Final_Training/Images")
    return folder


@pytest.fixture(scope="session")
def gtsrb_data(gtsrb_folder):
    """The labelled real images, read once; a test that uses it is marked gtsrb."""
    from roadsigns.datasets.reader import read_training

    return read_training(gtsrb_folder)


@pytest.fixture(scope="session")
def gtsdb_folder():
    """The folder of the real street scenes; a test that uses it is marked gtsdb."""
    folder = Path(os.environ[GTSDB_VARIABLE])
    if not (folder / "gt.txt").is_file():
        pytest.fail(f"{GTSDB_VARIABLE} is {folder}, which holds no gt.txt")
    return folder


@pytest.fixture(scope="session")
def drawn_folder(tmp_path_factory):
    """A drawn data set: two training tracks and one test track of two frames in each class. Not to be changed."""
    from roadsigns.synthesis.dataset import draw_dataset

    folder = tmp_path_factory.mktemp("data") / "drawn"
    draw_dataset(folder, tracks=2, frames=2, test_tracks=1, seed=0)
    return folder


@pytest.fixture(scope="session")
def template_folder(tmp_path_factory):
    """Templates of three classes: an SVG, a PNG, and a folder with one of each. Not to be changed."""
    from PIL import Image

    folder = tmp_path_factory.mktemp("data") / "templates"
    (folder / "sign 10").mkdir(parents=True)
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><path fill="{}" d="{}"/></svg>'
    (folder / "Bus.svg").write_text(svg.format("#05a", "M10 10H90V90H10Z"))
    (folder / "sign 10" / "a.svg").write_text(svg.format("#c00", "M50 5L95 90H5Z"))
    for name, colour in (("sign 2", (230, 190, 0, 255)), ("sign 10/b", (200, 0, 40, 255))):
        image = Image.new("RGBA", (60, 40))
        image.paste(colour, (6, 4, 54, 36))
        image.save(folder / f"{name}.png")
    return folder


@pytest.fixture(scope="session")
def tiny_metadata():
    """What the tiny model says of itself."""
    from roadsigns.datasets.splits import HoldOutRecord
    from roadsigns.model_files.model_file import ModelMetadata
    from roadsigns.types import TrackKey

    return ModelMetadata(
        network="tutorial",
        recipe="tutorial",
        preparation="tutorial",
        image_size=TINY_IMAGE_SIZE,
        classes=GTSRB_CLASSES,
        source="drawn",
        trained_on=frozenset({TrackKey(0, "00001"), TrackKey(42, "00000")}),
        split=HoldOutRecord("track", validation_fraction=0.2, seed=0),
        epoch=3,
    )


@pytest.fixture(scope="session")
def tiny_network():
    """The tutorial's network at 32x32 with seeded random weights."""
    import keras

    from roadsigns.models.build import build_inference_network

    keras.utils.set_random_seed(0)
    return build_inference_network("tutorial", num_classes=len(GTSRB_CLASSES), image_size=TINY_IMAGE_SIZE)


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory, tiny_network, tiny_metadata):
    """A run folder that holds the tiny model. Not to be changed."""
    from roadsigns.model_files.model_file import save_model

    folder = tmp_path_factory.mktemp("runs") / "tiny"
    folder.mkdir()
    save_model(tiny_network, tiny_metadata, folder / "model.keras")
    return folder


@pytest.fixture(scope="session")
def tiny_model(tiny_run):
    """The tiny model's file. Not to be changed."""
    return tiny_run / "model.keras"


@pytest.fixture(scope="session")
def write_cross():
    """Write the folder of a cross-validation that misreads the images with these names, as the next class.

    With corruptions those in `corrupted`, if it is given. With `old`, as before version 0.2.0.
    """
    import json
    from dataclasses import replace

    import numpy as np

    from roadsigns.cross_validation.record import RECORD, describe_cross_validation, write_record
    from roadsigns.cross_validation.store import corrupted_file, fold_file
    from roadsigns.datasets.folds import Fold, split_folds
    from roadsigns.evaluation.predictions import keep_top
    from roadsigns.evaluation.predictions_csv import write_predictions
    from roadsigns.recipe import load_recipe, to_toml
    from roadsigns.types import labelled_image

    def predict(samples, misread, classes):
        rows = np.full((len(samples), classes), 0.1 / (classes - 1), np.float32)
        for row, sample in zip(rows, samples, strict=True):
            row[(sample.class_id + (labelled_image(sample).image in misread)) % classes] = 0.9
        return keep_top(samples, rows)

    def write(
        folder, data, *, misread=(), corrupted=None, folds=2, by="track", seed=0, finished=None, recipe=(), old=False
    ):
        splits = split_folds(data.samples, folds=folds, by=by, seed=seed)
        numbered = [Fold(number, folds, by, seed, split) for number, split in enumerate(splits, start=1)]
        toml = to_toml(load_recipe("tutorial", recipe))
        folder.mkdir()
        record = describe_cross_validation(data, numbered, recipe_name="tutorial", recipe=toml, seed=seed)
        write_record(record, folder)
        if old:
            values = json.loads((folder / RECORD).read_text())
            del values["corruptions"]
            (folder / RECORD).write_text(json.dumps(values))
        for fold in numbered:
            if finished is None or fold.number in finished:
                samples = fold.split.validation
                write_predictions(predict(samples, misread, len(data.classes)), fold_file(folder, fold.number))
                if corrupted is not None:
                    predictions = predict(samples, corrupted, len(data.classes))
                    names = tuple(record.assignment.corruption_of(row).name for row in predictions.rows)
                    predictions = replace(predictions, corruptions=None if old else names)
                    write_predictions(predictions, corrupted_file(folder, fold.number))
        return folder

    return write


@pytest.fixture(scope="session")
def write_sure_cross():
    """Write a cross-validation with all probabilities, `sureness` times as sure as they may be.

    With `right`, nothing is misread. With `corrupted_sureness`, the images with corruptions are there too. Gives the
    folder, the probabilities and the labels, fold by fold.
    """
    import numpy as np

    from roadsigns.cross_validation.record import describe_cross_validation, write_record
    from roadsigns.cross_validation.store import corrupted_file, fold_file
    from roadsigns.datasets.folds import Fold, split_folds
    from roadsigns.evaluation.calibration import log_probabilities
    from roadsigns.evaluation.predictions import keep_top
    from roadsigns.evaluation.predictions_csv import write_predictions
    from roadsigns.evaluation.probabilities import probabilities_file, write_probabilities
    from roadsigns.recipe import load_recipe, to_toml

    def write(
        folder, data, *, sureness, folds=2, right=False, recipe="tutorial", overrides=(), corrupted_sureness=None
    ):
        rng = np.random.default_rng(1)
        splits = split_folds(data.samples, folds=folds, by="track", seed=0)
        numbered = [Fold(number, folds, "track", 0, split) for number, split in enumerate(splits, start=1)]
        toml = to_toml(load_recipe(recipe, overrides))
        folder.mkdir()
        write_record(describe_cross_validation(data, numbered, recipe_name=recipe, recipe=toml, seed=0), folder)
        everything = []
        for fold in numbered:
            samples = fold.split.validation
            labels = np.array([sample.class_id for sample in samples])
            logits = rng.normal(scale=1.5, size=(len(samples), len(data.classes)))
            chances = np.exp(log_probabilities(logits))
            # What would have been drawn changes places with the truth.
            drawn = (chances.cumsum(axis=1) > rng.random((len(samples), 1))).argmax(axis=1)
            drawn = logits.argmax(axis=1) if right else drawn
            places = np.arange(len(samples))
            logits[places, drawn], logits[places, labels] = logits[places, labels], logits[places, drawn]
            rows = np.exp(log_probabilities(logits * sureness)).astype(np.float32)
            predictions = keep_top(samples, rows)
            write_probabilities(rows, probabilities_file(folder, fold.number))
            write_predictions(predictions, fold_file(folder, fold.number))
            if corrupted_sureness:
                sure = np.exp(log_probabilities(logits * corrupted_sureness)).astype(np.float32)
                write_probabilities(sure, probabilities_file(folder, fold.number, corrupted=True))
                write_predictions(keep_top(samples, sure), corrupted_file(folder, fold.number))
            everything.append((rows, labels))
        rows, labels = (np.concatenate(arrays) for arrays in zip(*everything, strict=True))
        return folder, rows, labels

    return write


@pytest.fixture(scope="session")
def bfloat16_in_openvino():
    """Skip where OpenVINO does not compute in bfloat16: on CPUs below AVX-512."""
    import openvino

    if "BF16" not in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        pytest.skip("OpenVINO has no bfloat16 on this CPU")
    # It asks the CPU what to compute in, and its oneDNN then lacks the operations.
    if "AVX2" in os.environ.get("ONEDNN_MAX_CPU_ISA", "").upper():
        pytest.skip("oneDNN is told to do with AVX2")


@pytest.fixture
def openvino_without_bfloat16(monkeypatch):
    """OpenVINO computes in float32 whatever the hint, as on CPUs below AVX-512."""
    import openvino

    compile_model = openvino.Core.compile_model

    def compile_in_float32(core, model, device, settings):
        return compile_model(core, model, device, {**settings, "INFERENCE_PRECISION_HINT": "f32"})

    monkeypatch.setattr(openvino.Core, "compile_model", compile_in_float32)


@pytest.fixture
def pretend_cpu(monkeypatch, tmp_path):
    """Makes the machine look as this /proc/cpuinfo says; None takes the file away."""

    for name in cpu.ONEDNN_LIMITS:
        monkeypatch.delenv(name, raising=False)

    def pretend(text):
        path = tmp_path / "cpuinfo"
        if text is not None:
            path.write_text(text)
        monkeypatch.setattr(cpu, "CPU_INFO", path)

    return pretend
