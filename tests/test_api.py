"""The public Python API: its examples run, and importing it loads next to nothing."""

import doctest
import inspect
import subprocess
import sys

import pytest
from fixtures.errors import raises

import roadsigns
from roadsigns import api, errors

HEAVY = {"numpy", "cv2", "PIL", "onnxruntime", "keras", "tensorflow", "pydantic", "joblib", "rich", "click"}


@pytest.fixture
def folder_of_the_examples(tmp_path, monkeypatch):
    """A current folder with the data set `signs` that the examples read."""
    monkeypatch.chdir(tmp_path)
    roadsigns.draw_dataset("signs", tracks=2, frames=3, test_tracks=1)


@pytest.mark.parametrize("name", api.__all__)
def test_example_of_a_function_runs(name, folder_of_the_examples):
    """Each docstring has one, and it prints what it says."""
    (example,) = doctest.DocTestFinder(recurse=False).find(getattr(api, name), name, globs={})

    assert example.examples
    assert doctest.DocTestRunner().run(example).failed == 0


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
        (lambda: roadsigns.read_image(""), errors.ImageError, "image"),
        (lambda: roadsigns.read_dataset(""), errors.DataError, "data folder"),
        (lambda: roadsigns.evaluate("fast", ""), errors.DataError, "data folder"),
        (lambda: roadsigns.evaluate("", "signs"), errors.ModelError, "model"),
        (lambda: roadsigns.draw_dataset(""), errors.OutputError, "folder to draw into"),
        (lambda: roadsigns.draw_dataset("signs", templates=""), errors.DataError, "folder of templates"),
        (lambda: roadsigns.train("", run="run"), errors.DataError, "data folder"),
        (lambda: roadsigns.train("signs", run=""), errors.RunError, "run folder"),
        (lambda: roadsigns.train("signs", run="run", init=""), errors.ModelError, "model to fine-tune"),
        (lambda: roadsigns.train("signs", run="run", recipe=""), errors.RecipeError, "recipe"),
        (lambda: roadsigns.recipe_text(""), errors.RecipeError, "recipe"),
    ],
)
def test_empty_name_is_refused(tmp_path, monkeypatch, call, kind, what):
    """It is neither the current folder nor the default."""
    monkeypatch.chdir(tmp_path)

    with raises(kind, problem=f"The name of the {what} is empty."):
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
