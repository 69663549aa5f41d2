"""A cross-validation begins in a folder of its own, and is resumed only with what it was begun with."""

import dataclasses
from pathlib import Path

import pytest
from fixtures.corruptions import own_corruption
from fixtures.errors import raises

from roadsigns.cross_validation import resume
from roadsigns.cross_validation.record import describe_cross_validation, read_record
from roadsigns.cross_validation.resume import begin_cross_validation, forgotten_unless_trained
from roadsigns.datasets.folds import Fold, split_folds
from roadsigns.errors import OutputError, RunError
from roadsigns.recipe import load_recipe, to_toml
from roadsigns.robustness import corruptions
from roadsigns.robustness.corruptions import UNRECORDED_CORRUPTIONS
from roadsigns.types import DataSet, Sample, SignClass

DATA = DataSet(
    tuple(
        Sample(Path(f"own/{name}/{track}_{frame}.png"), class_id, track=str(track))
        for class_id, name in enumerate(("give way", "no entry"))
        for track in range(3)
        for frame in range(2)
    ),
    (SignClass(0, "give way"), SignClass(1, "no entry")),
    "own",
)


def asked(data=DATA, *, recipe="tutorial", overrides=(), folds=2, by="track", seed=0):
    """The record of a requested cross-validation."""
    splits = split_folds(data.samples, folds=folds, by=by, seed=seed)
    numbered = [Fold(number, folds, by, seed, split) for number, split in enumerate(splits, start=1)]
    toml = to_toml(load_recipe(recipe, overrides))
    return describe_cross_validation(data, numbered, recipe_name=recipe, recipe=toml, seed=seed)


def grouped(tracks):
    """The data with these tracks of a class joined to one group, and each other one a group of its own."""
    samples = (dataclasses.replace(one, group="0" if one.track in tracks else one.track) for one in DATA.samples)
    return dataclasses.replace(DATA, samples=tuple(samples))


def contents(folder):
    """{path: bytes} of all files."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def data(tmp_path):
    """A data folder. No image of it is read."""
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("made", [True, False])
def test_new_folder_holds_what_was_requested(data, tmp_path, made):
    """Made with the folders above it, or empty."""
    out = tmp_path / "above" / "out"
    if made:
        out.mkdir(parents=True)

    record = begin_cross_validation(out, data, asked())

    assert record == asked()
    assert [path.name for path in out.iterdir()] == ["cross-validation.json"]
    assert read_record(out) == asked()
    assert list(data.iterdir()) == []


def test_the_same_may_be_resumed(data, tmp_path, write_cross):
    """Nothing in the folder changes."""
    out = write_cross(tmp_path / "out", DATA, finished=(1,))
    before = contents(out)
    assert len(before) == 2

    begin_cross_validation(out, data, asked())

    assert contents(out) == before


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"seed": 1}, "seed was 0 and is now 1"),
        ({"folds": 3}, "folds was 2 and is now 3"),
        ({"by": "group"}, "by was track and is now group"),
        ({"overrides": ["training.momentum=0.5"]}, "training.momentum was 0.9 and is now 0.5"),
        ({"recipe": "tutorial-augmented"}, "augmentation.rotation_degrees was 0.0 and is now 10.0"),
    ],
)
def test_what_was_begun_differently_is_refused(data, tmp_path, write_cross, change, difference):
    """The difference is named, and nothing in the folder changes."""
    out = write_cross(tmp_path / "out", DATA, finished=(1,))
    before = contents(out)

    with pytest.raises(RunError) as raised:
        begin_cross_validation(out, data, asked(**change))
    assert raised.value.subject == str(out)
    assert difference in raised.value.problem
    assert "--out" in raised.value.hint

    assert contents(out) == before


def test_several_differences_are_named(data, tmp_path):
    """At once, so that there is no need to try again for the next."""
    out = tmp_path / "out"
    begin_cross_validation(out, data, asked())

    with raises(
        RunError, problem="folds was 2 and is now 3; seed was 0 and is now 4; training.epochs was 30 and is now 5"
    ):
        begin_cross_validation(out, data, asked(folds=3, seed=4, overrides=["training.epochs=5"]))


def test_other_data_are_refused(data, tmp_path):
    """With what it was begun with."""
    out = tmp_path / "out"
    begin_cross_validation(out, data, asked())
    other = DataSet(DATA.samples[:9], DATA.classes, "mine")

    with raises(RunError, problem="own with 12 images and are now mine with 9 images"):
        begin_cross_validation(out, data, asked(other))


def test_other_groups_are_refused(data, tmp_path):
    """The same images, in other folds."""
    out = tmp_path / "out"
    first, second = (asked(grouped(tracks), by="group") for tracks in ({"0", "1"}, {"0", "1", "2"}))
    assert first.data_sha256 == second.data_sha256
    begin_cross_validation(out, data, first)

    with raises(RunError, problem="the folds or classes of the data have changed"):
        begin_cross_validation(out, data, second)


def test_other_class_names_are_refused(data, tmp_path):
    """Though images and folds are the same."""
    out = tmp_path / "out"
    begin_cross_validation(out, data, asked())
    other = dataclasses.replace(DATA, classes=(SignClass(0, "give way"), SignClass(1, "stop")))

    with raises(RunError, problem="the folds or classes of the data have changed"):
        begin_cross_validation(out, data, asked(other))


def test_another_version_is_reported(data, tmp_path, monkeypatch):
    """It continues, with a warning: most versions train in the same way."""
    out = tmp_path / "out"
    begin_cross_validation(out, data, asked())

    monkeypatch.setattr(resume, "__version__", "99.0")

    with pytest.warns(UserWarning, match=r"started with roadsigns .*, and this is 99\.0"):
        begin_cross_validation(out, data, asked())


def test_broken_predictions_are_reported(data, tmp_path, write_cross):
    """Which file to delete, before anything is trained."""
    out = write_cross(tmp_path / "out", DATA, finished=(2,))
    path = out / "fold-2.csv"
    path.write_bytes(path.read_bytes()[:-9])

    with pytest.raises(RunError) as raised:
        begin_cross_validation(out, data, asked())
    assert raised.value.subject == str(path)
    assert "move that of a fold away" in raised.value.hint


def test_broken_record_is_reported(data, tmp_path):
    """It is not written over."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "cross-validation.json").write_text("{")

    with raises(RunError, problem="The record cannot be read"):
        begin_cross_validation(out, data, asked())
    assert (out / "cross-validation.json").read_text() == "{"


def test_folder_inside_the_data_is_refused(data, tmp_path):
    """Also through a link: nothing is written there."""
    (tmp_path / "link").symlink_to(data)

    for out in (data / "out", tmp_path / "link" / "out", data):
        with raises(OutputError, problem="lies in the data folder") as raised:
            begin_cross_validation(out, data, asked())
        assert raised.value.subject == str(out)
    assert list(data.iterdir()) == []


def test_folder_of_something_else_is_refused(data, tmp_path):
    """Its content stays; a file is refused too."""
    letters = tmp_path / "letters"
    letters.mkdir()
    letter = letters / "letter.txt"
    letter.write_text("dear")

    for out in (letters, letter):
        with raises(RunError, problem="not a cross-validation"):
            begin_cross_validation(out, data, asked())
    assert contents(letters) == {letter: b"dear"}


def test_folder_that_cannot_be_made_is_reported(data, tmp_path):
    """Below a file there is no room for one."""
    (tmp_path / "file").write_text("")

    with pytest.raises(OutputError) as raised:
        begin_cross_validation(tmp_path / "file" / "out", data, asked())
    assert raised.value.subject == str(tmp_path / "file" / "out")
    assert "--out" in raised.value.hint


def test_resumed_folder_keeps_its_corruptions(data, tmp_path, monkeypatch, write_cross):
    """Those that it records, or the six where it records none, whatever this version would begin with."""
    folders = [write_cross(tmp_path / name, DATA, finished=(1,), old=old) for name, old in (("a", True), ("b", False))]
    before = [contents(out) for out in folders]
    hail = own_corruption("hail")
    monkeypatch.setattr(corruptions, "CORRUPTIONS", (*corruptions.CORRUPTIONS, hail))
    assert len(asked().corruptions) == 7

    for out in folders:
        assert begin_cross_validation(out, data, asked()).corruptions == UNRECORDED_CORRUPTIONS

    assert [contents(out) for out in folders] == before


@pytest.mark.parametrize("name", ["", "fold-1.csv", "fold-2", ".fold-2.lock"])
def test_failure_before_the_first_epoch_leaves_nothing_to_resume(data, tmp_path, name):
    """Unless a fold has left something."""
    out = tmp_path / "out"

    def fail():
        with forgotten_unless_trained(out):
            begin_cross_validation(out, data, asked())
            if name:
                (out / name).mkdir()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert (out / "cross-validation.json").exists() == bool(name)


def test_failure_leaves_a_cross_validation_that_another_process_has_begun(data, tmp_path):
    """It trains by this record."""
    out = tmp_path / "out"
    begin_cross_validation(out, data, asked())

    def fail():
        with forgotten_unless_trained(out):
            begin_cross_validation(out, data, asked())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert read_record(out) == asked()
