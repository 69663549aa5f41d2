"""Data with a single class is refused before anything is trained or written; of missing classes it is told."""

import warnings
from dataclasses import replace
from pathlib import Path

import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.datasets.reader import read_training
from roadsigns.datasets.splits import split_samples
from roadsigns.errors import DataError
from roadsigns.recipe import load_recipe
from roadsigns.training.api import train
from roadsigns.training.require_classes import require_classes, warn_of_missing_classes
from roadsigns.types import DataSet, Sample, SignClass

STOP, GO = SignClass(0, "stop"), SignClass(1, "go")
ONE = DataSet((Sample(Path("stop/1.png"), 0), Sample(Path("stop/2.png"), 0)), (STOP,), "own")


def test_one_class_is_refused_with_the_reason_and_what_to_do():
    """The network would say "stop" whatever it is shown."""
    with raises(DataError, problem="A network of one class answers nothing", hint="another class", subject="data"):
        require_classes(ONE, load_recipe("fast", ("data.train_on=real",)), Path("data"))


def test_class_without_images_makes_no_second_class():
    """An empty folder, or the gap below a class called 1."""
    with raises(DataError, problem="one class, 'stop'"):
        require_classes(replace(ONE, classes=(STOP, GO)), load_recipe("tutorial"), Path("data"))


@pytest.mark.parametrize(("split", "is_refused"), [("track", True), ("none", False)])
def test_images_that_only_validate_make_no_second_class(split, is_refused):
    """Unless the split trains on them too."""
    data = DataSet((*ONE.samples, Sample(Path("go/1.png"), 1, held_out=True)), (STOP, GO), "own")
    recipe = load_recipe("tutorial", (f"data.split={split}",))

    if is_refused:
        with raises(DataError, problem="one class"):
            require_classes(data, recipe, Path("data"))
    else:
        require_classes(data, recipe, Path("data"))


def test_drawn_signs_of_other_classes_count():
    """Photographs of one class beside drawings of two can be learned."""
    recipe = load_recipe("tutorial", ("data.train_on=both",))

    require_classes(replace(ONE, classes=(STOP, GO)), recipe, Path("data"))


def test_training_of_one_class_leaves_no_run_folder(tmp_path):
    """It is refused before Keras is imported."""
    (tmp_path / "data" / "stop").mkdir(parents=True)
    Image.new("RGB", (32, 32)).save(tmp_path / "data" / "stop" / "1.png")

    with raises(DataError, problem="one class, 'stop'", subject=str(tmp_path / "data")):
        train(tmp_path / "data", run=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("train_on", ["real", "both"])
def test_class_that_only_validates_is_warned_of_unless_it_is_drawn(drawn_folder, train_on):
    """A recipe that draws its signs learns it from the drawings."""
    data = read_training(drawn_folder)
    ferry = tuple(replace(sample, held_out=sample.class_id == 3) for sample in data.samples)
    split = split_samples(ferry, by="track", validation_fraction=0.2, seed=7)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_missing_classes(split, data, are_drawn=train_on != "real")

    told = [str(one.message) for one in caught if "cannot learn these classes" in str(one.message)]
    assert len(told) == (train_on == "real")
