"""The public Python API: its examples run, and importing it loads next to nothing."""

import doctest
import inspect
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from fixtures.clips import drawn_drive, write_clip
from fixtures.errors import raises

import roadsigns
from roadsigns import api, errors
from roadsigns.errors import DataError, ImageError
from roadsigns.video import detect, open_video

HEAVY = {"numpy", "cv2", "PIL", "onnxruntime", "keras", "tensorflow", "pydantic", "joblib", "rich", "click"}


@pytest.fixture(scope="module")
def signs_of_the_examples(tmp_path_factory):
    """The data set that the examples read, beside a video. Not to be changed."""
    folder = tmp_path_factory.mktemp("examples") / "signs"
    roadsigns.draw_dataset(folder, tracks=2, frames=3, test_tracks=1)
    write_clip(folder.with_name("drive.mp4"), [frame.image for frame in drawn_drive(28, frames=20)])
    return folder


@pytest.fixture
def folder_of_the_examples(signs_of_the_examples, tmp_path, monkeypatch):
    """A current folder with a copy of it, and a video."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(signs_of_the_examples, "signs")
    shutil.copy(signs_of_the_examples.with_name("drive.mp4"), "drive.mp4")


@pytest.mark.parametrize("name", api.__all__)
def test_example_of_a_function_runs(name, folder_of_the_examples):
    """Each docstring has one, and it prints what it says."""
    (example,) = doctest.DocTestFinder(recurse=False).find(getattr(api, name), name, globs={})

    assert example.examples
    assert doctest.DocTestRunner().run(example).failed == 0


# A call with arguments that are all right, up to the one that is changed; none gets as far as its work.
CALLS = {
    "load": {},
    "explain": {"image": np.zeros((40, 40, 3), np.uint8), "model": "tiny"},
    "read_dataset": {"folder": "signs"},
    "split_dataset": {"data": roadsigns.DataSet((), (), "own")},
    "tracks_of": {"samples": ()},
    "draw_dataset": {"folder": "new"},
    "read_image": {"path": "a.png"},
    "prepare": {"image": np.zeros((40, 40, 3), np.uint8)},
    "augment": {"images": np.zeros((1, 48, 48, 3), np.float32)},
    "recipe_text": {"name": "tutorial"},
    "train": {"data": "signs", "run": "new"},
    "evaluate": {"model": "fast", "data": "signs"},
    "evaluate_corruptions": {"model": "fast", "data": "signs"},
    "detect_video": {"video": "drive.mp4"},
}
WRONG_TYPES = [
    ("load", "model", None),
    ("load", "threads", "2"),
    ("explain", "model", None),
    ("explain", "class_id", "14"),
    ("read_dataset", "folder", 5),
    ("split_dataset", "data", "signs"),
    ("split_dataset", "validation_fraction", "0.2"),
    ("split_dataset", "seed", None),
    ("tracks_of", "samples", roadsigns.DataSet((), (), "own")),
    ("tracks_of", "samples", ["a.png"]),
    ("draw_dataset", "folder", None),
    ("draw_dataset", "tracks", "2"),
    ("draw_dataset", "frames", 2.5),
    ("draw_dataset", "test_tracks", None),
    ("draw_dataset", "seed", [0]),
    ("draw_dataset", "templates", 5),
    ("read_image", "path", b"P6"),
    ("prepare", "image_size", "48"),
    ("prepare", "margin", None),
    ("augment", "images", [[0.5]]),
    ("augment", "recipe", None),
    ("augment", "overrides", "augmentation.rotation_degrees=30"),
    ("augment", "seed", "0"),
    ("recipe_text", "name", 5),
    ("train", "data", None),
    ("train", "run", None),
    ("train", "recipe", 5),
    ("train", "seed", "0"),
    ("train", "overrides", "training.epochs=1"),
    ("train", "init", 5),
    ("evaluate", "model", None),
    ("evaluate", "data", None),
    ("evaluate_corruptions", "data", None),
    ("evaluate_corruptions", "kinds", "fog"),
    ("evaluate_corruptions", "frames", "1"),
    ("evaluate_corruptions", "limit", 2.5),
    ("evaluate_corruptions", "seed", None),
    ("detect_video", "video", None),
    ("detect_video", "detector", "detector"),
    ("detect_video", "every", "3"),
    ("detect_video", "min_frames", 1.5),
    ("detect_video", "top_k", None),
]
WRONG_VALUES = [
    ("explain", "class_id", 43, "at most 42"),
    ("read_dataset", "part", "validation", "one of training, test"),
    ("split_dataset", "by", "groups", "one of group, track, random, none"),
    ("split_dataset", "validation_fraction", 20, "between 0 and 1"),
    ("split_dataset", "seed", -1, "at least 0"),
    ("draw_dataset", "tracks", 0, "at least 1"),
    ("prepare", "image_size", 0, "at least 1"),
    ("prepare", "image_size", 10**6, "at most"),
    ("prepare", "margin", -0.5, "between -0.5"),
    ("augment", "seed", -1, "at least 0"),
    ("train", "seed", 2**32, "at most"),
    ("evaluate", "split", "training", "one of test, validation, all"),
    ("evaluate", "boxes", "jitter", "one of given, none, jittered"),
    ("evaluate_corruptions", "split", "training", "one of test, validation, all"),
    ("evaluate_corruptions", "limit", 0, "at least 1"),
    ("evaluate_corruptions", "seed", 2**32, "at most"),
    ("detect_video", "every", 0, "at least 1"),
    ("detect_video", "min_frames", 0, "at least 1"),
    ("detect_video", "top_k", 0, "at least 1"),
]


@pytest.mark.parametrize(("function", "argument", "value"), WRONG_TYPES)
def test_argument_of_another_type_is_refused_by_its_name(function, argument, value):
    """In one sentence, not in an error from inside."""
    with pytest.raises(TypeError) as raised:
        getattr(roadsigns, function)(**CALLS[function] | {argument: value})
    assert str(raised.value).startswith(f"'{argument}' is ")
    assert ". Expected " in str(raised.value)


@pytest.mark.parametrize(("function", "argument", "value", "expected"), WRONG_VALUES)
def test_argument_that_makes_no_sense_is_refused_by_its_name(function, argument, value, expected):
    """Nothing is quietly taken for something else."""
    with raises(DataError, problem=f"'{argument}' is ", expected=expected):
        getattr(roadsigns, function)(**CALLS[function] | {argument: value})


@pytest.mark.parametrize("image", [None, "a.png", np.zeros((40, 40)), np.zeros((40, 40, 3), np.float32)])
def test_only_an_rgb_image_is_prepared(image):
    """A path is read first, by `read_image`."""
    with raises(ImageError, expected="an RGB array, shape (height, width, 3), uint8, of at least one pixel"):
        roadsigns.prepare(image)


@pytest.mark.parametrize(
    "images", [np.zeros((48, 48, 3), np.float32), np.zeros((1, 48, 48, 3), np.uint8), np.zeros((1, 40, 48, 3))]
)
def test_only_prepared_images_are_augmented(images):
    """Several, square, floats."""
    with raises(DataError, problem=str(images.shape), expected="shape (count, image_size, image_size, 3)"):
        roadsigns.augment(images)


def test_images_in_double_precision_are_augmented_like_others():
    """NumPy makes them by default."""
    images = np.random.default_rng(0).random((2, 48, 48, 3))

    np.testing.assert_array_equal(roadsigns.augment(images), roadsigns.augment(images.astype(np.float32)))


def test_images_may_come_from_an_iterator(drawn_folder):
    """Their number is then not known beforehand."""
    image = next(drawn_folder.glob("Final_Test/Images/*.ppm"))

    assert len(roadsigns.predict(iter([image]), model="fast")) == 1


def test_recipe_may_be_a_path(tmp_path):
    """As a str or as a path."""
    path = tmp_path / "mine.toml"
    path.write_text(roadsigns.recipe_text("tutorial"))

    assert roadsigns.recipe_text(path) == roadsigns.recipe_text(str(path))


def test_video_that_breaks_off_gives_its_signs_and_then_the_error(monkeypatch):
    """Nothing that was seen is lost."""
    video = SimpleNamespace(problem=DataError("The stream stalled."), close=lambda: None)
    monkeypatch.setattr(open_video, "open_video", lambda name: video)
    monkeypatch.setattr(detect, "detect_signs", lambda detector, opened, following: iter([opened]))

    monkeypatch.setattr(roadsigns.Detector, "load", lambda: None)

    signs = roadsigns.detect_video("rtsp://camera/1")

    assert next(signs) is video
    with raises(DataError, problem="The stream stalled."):
        next(signs)


def test_another_share_than_asked_for_is_told():
    """The built-in models have thresholds for some shares."""
    with pytest.warns(UserWarning, match="no threshold that keeps 97 % of the known signs; the one used keeps 98 %"):
        recognizer = roadsigns.load("fast", keep=0.97)
    assert recognizer.rule.keep == 0.98


def test_examples_of_errors_run():
    """How an error carries its parts."""
    assert doctest.testmod(errors).attempted > 0
    assert doctest.testmod(errors).failed == 0


@pytest.mark.parametrize("name", sorted(set(roadsigns.__all__) - {"__version__"}))
def test_public_name_is_there_and_described(name):
    """With a docstring; functions have a section for each thing that a caller asks."""
    value = getattr(roadsigns, name)
    text = inspect.getdoc(value)

    assert text
    if inspect.isfunction(value):
        assert "Args:" in text
        assert "Examples:" in text


@pytest.mark.parametrize(
    ("call", "kind", "what"),
    [
        (lambda: roadsigns.load(""), errors.ModelError, "model"),
        (lambda: roadsigns.predict(["a.png"], model=""), errors.ModelError, "model"),
        (lambda: roadsigns.Recognizer.load(""), errors.ModelError, "model"),
        (lambda: roadsigns.predict([""], model="fast"), errors.ImageError, "image"),
        (lambda: roadsigns.read_image(""), errors.ImageError, "path"),
        (lambda: roadsigns.read_dataset(""), errors.DataError, "folder"),
        (lambda: roadsigns.evaluate("fast", ""), errors.DataError, "data"),
        (lambda: roadsigns.evaluate("", "signs"), errors.ModelError, "model"),
        (lambda: roadsigns.draw_dataset(""), errors.OutputError, "folder"),
        (lambda: roadsigns.draw_dataset("signs", templates=""), errors.DataError, "templates"),
        (lambda: roadsigns.train("", run="run"), errors.DataError, "data"),
        (lambda: roadsigns.train("signs", run=""), errors.RunError, "run"),
        (lambda: roadsigns.train("signs", run="run", init=""), errors.ModelError, "init"),
        (lambda: roadsigns.train("signs", run="run", recipe=""), errors.RecipeError, "recipe"),
        (lambda: roadsigns.recipe_text(""), errors.RecipeError, "name"),
    ],
)
def test_empty_name_is_refused(tmp_path, monkeypatch, call, kind, what):
    """It is neither the current folder nor the default."""
    monkeypatch.chdir(tmp_path)

    with raises(kind, problem=f"'{what}' is empty."):
        call()
    assert list(tmp_path.iterdir()) == []


def test_dir_lists_the_public_names():
    """And nothing else."""
    assert sorted(dir(roadsigns)) == sorted(roadsigns.__all__)


def test_unknown_name_is_an_attribute_error():
    """As in any module."""
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = roadsigns.nothing_of_the_kind


def loaded_after(code):
    """The heavy packages that a fresh Python has loaded after some code."""
    program = f"import sys\n{code}\nprint(*sorted({HEAVY!r} & sys.modules.keys()))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_importing_the_package_loads_neither_keras_nor_numpy():
    """Nor anything else that takes time."""
    assert loaded_after("import roadsigns") == set()


def test_loading_a_model_loads_neither_keras_nor_what_trains():
    """Reading signs starts in a fraction of a second."""
    code = "import roadsigns; roadsigns.load('fast', engine='onnxruntime')"

    assert loaded_after(code) == {"numpy", "cv2", "PIL", "onnxruntime"}
