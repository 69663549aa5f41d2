"""What several tests share: the real images where they are present, a small drawn data set, a tiny model."""

import os
import pty
import subprocess
import sys
import threading
from pathlib import Path

import hypothesis
import pytest

from roadsigns.classes import GTSRB_CLASSES

# Machines that run tests are busy: no deadlines, few examples. The same examples each time, so that a run that passed
# passes again; whoever wants new ones searches: HYPOTHESIS_PROFILE=search pytest.
hypothesis.settings.register_profile("repeat", deadline=None, max_examples=40, derandomize=True, database=None)
hypothesis.settings.register_profile("search", deadline=None, max_examples=400)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))

GTSRB_VARIABLE = "ROADSIGNS_GTSRB"
TINY_IMAGE_SIZE = 32


def pytest_runtest_setup(item):
    """Skip what wants the real images where they are not present."""
    if item.get_closest_marker("gtsrb") and not os.environ.get(GTSRB_VARIABLE):
        pytest.skip(f"{GTSRB_VARIABLE} is not set: give it the folder that holds Final_Training to run this test")


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory):
    """Nothing that a test runs, in this process or another, writes into the cache of whoever runs it."""
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


@pytest.fixture(scope="session")
def gtsrb_folder():
    """The folder of the real images; a test that uses it is marked gtsrb."""
    folder = Path(os.environ[GTSRB_VARIABLE])
    if not (folder / "Final_Training" / "Images").is_dir():
        pytest.fail(f"{GTSRB_VARIABLE} is {folder}, which holds no Final_Training/Images")
    return folder


@pytest.fixture(scope="session")
def drawn_folder(tmp_path_factory):
    """A drawn data set: two training tracks and one test track of two frames in each class. Not to be changed."""
    from roadsigns.data.drawn import draw_dataset

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
    from roadsigns.data.samples import TrackKey
    from roadsigns.inference.model_file import ModelMetadata

    return ModelMetadata(
        network="tutorial",
        recipe="tutorial",
        preparation="tutorial",
        image_size=TINY_IMAGE_SIZE,
        classes=GTSRB_CLASSES,
        source="drawn",
        trained_on=frozenset({TrackKey(0, "00001"), TrackKey(42, "00000")}),
        split={"by": "track", "validation_fraction": 0.2, "seed": 0},
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
    from roadsigns.inference.model_file import save_model

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
    """Write the folder of a cross-validation that misreads the images so named, as the next class.

    Under hard conditions others, if any are named.
    """
    import numpy as np

    from roadsigns.data.folds import Fold, split_folds
    from roadsigns.evaluation.cross_folder import describe_cross_validation, fold_file, hard_file, write_record
    from roadsigns.evaluation.predictions import keep_top, labelled_image, write_predictions
    from roadsigns.recipe import load_recipe, to_toml

    def predict(samples, misread, classes):
        rows = np.full((len(samples), classes), 0.1 / (classes - 1), np.float32)
        for row, sample in zip(rows, samples, strict=True):
            row[(sample.class_id + (labelled_image(sample).image in misread)) % classes] = 0.9
        return keep_top(samples, rows)

    def write(folder, data, *, misread=(), hard=None, folds=2, by="track", seed=0, finished=None, recipe=()):
        splits = split_folds(data.samples, folds=folds, by=by, seed=seed)
        numbered = [Fold(number, folds, by, seed, split) for number, split in enumerate(splits, start=1)]
        toml = to_toml(load_recipe("tutorial", recipe))
        folder.mkdir()
        write_record(describe_cross_validation(data, numbered, recipe_name="tutorial", recipe=toml, seed=seed), folder)
        for fold in numbered:
            if finished is None or fold.number in finished:
                for file_of, names in ((fold_file, misread), (hard_file, hard)):
                    if names is not None:
                        predictions = predict(fold.split.validation, names, len(data.classes))
                        write_predictions(predictions, file_of(folder, fold.number))
        return folder

    return write
