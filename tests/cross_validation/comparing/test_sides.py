"""The sides of a comparison: folders or files, of the same images and classes."""

import dataclasses
import json
import shutil

import pytest
from fixtures.errors import raises

from roadsigns.cross_validation.comparing.comparison import compare
from roadsigns.errors import RunError
from roadsigns.types import DataSet


@pytest.fixture
def bare_files(tmp_path, sides):
    """The files of a fold, outside of their folders."""
    return [shutil.copy(side / "fold-1.csv", tmp_path / f"{name}.csv") for name, side in zip("ab", sides, strict=True)]


def test_classes_that_nothing_names_are_called_by_their_numbers(bare_files):
    """They may be custom classes: GTSRB's names would be wrong."""
    comparison = compare(*bare_files)

    assert [change.name for change in comparison.classes] == ["class 0", "class 1", "class 2"]


def test_names_may_be_given_for_files_without_a_record(bare_files, sides):
    """Or come from the other side; a record outweighs them."""
    names = ["tram", "taxi", "truck", "ferry"]

    assert [change.name for change in compare(*bare_files, classes=names).classes] == names[:3]
    mixed = compare(bare_files[0], sides[1] / "fold-1.csv", classes=names)
    assert [change.name for change in mixed.classes] == ["Bus", "stop", "[b]ferry"]
    with pytest.raises(RunError) as raised:
        compare(*bare_files, classes=["tram"])
    assert raised.value.problem == "There are names for 1 classes, and an image of class 2."
    assert "--classes" in raised.value.hint


def test_classes_of_other_names_are_refused(tmp_path, sides, write_cross, three_signs):
    """The first that differs is named."""
    classes = (dataclasses.replace(three_signs.classes[0], name="tram"), *three_signs.classes[1:])
    other = write_cross(tmp_path / "other", dataclasses.replace(three_signs, classes=classes))

    with pytest.raises(RunError) as raised:
        compare(sides[0], other)
    assert raised.value.problem == f"Class 0 is 'Bus' in {sides[0]} and 'tram' in {other}."


def test_other_images_are_refused(tmp_path, sides, write_cross, three_signs):
    """With how many differ, and which side is not complete."""
    partial = write_cross(tmp_path / "partial", three_signs, finished=(1,))

    with raises(RunError, problem="30 only in the first, 0 only in the second, 30 in both") as raised:
        compare(sides[0], partial)
    assert f"{partial} is PARTIAL: fold 1 of 2" in raised.value.problem


def test_the_same_folds_of_two_that_are_not_complete_are_compared(tmp_path, write_cross, three_signs):
    folders = [write_cross(tmp_path / name, three_signs, finished=(2,)) for name in "ab"]

    comparison = compare(*folders)

    labels = {side.partial_label for side in (comparison.a, comparison.b)}
    assert labels == {"PARTIAL: fold 2 of 2, 30 of 60 images"}


def test_other_labels_are_refused(tmp_path, sides, write_cross, three_signs):
    """Of images with the same names."""
    first, *others = three_signs.samples
    changed = DataSet((dataclasses.replace(first, track="9"), *others), three_signs.classes, "own")

    with raises(RunError, problem="the same images, but 1 of them with another class or track"):
        compare(sides[0], write_cross(tmp_path / "changed", changed))


def test_nothing_to_compare_is_reported(tmp_path, sides, write_cross, three_signs):
    """A folder that has only begun, and none at all."""
    begun = write_cross(tmp_path / "begun", three_signs, finished=())

    with pytest.raises(RunError) as raised:
        compare(begun, sides[0])
    assert (raised.value.subject, raised.value.problem) == (str(begun), "No fold is finished yet.")
    with pytest.raises(RunError) as raised:
        compare(sides[0], tmp_path / "nothing")
    assert raised.value.subject == str(tmp_path / "nothing")


def test_folders_without_corrupted_predictions_are_refused(tmp_path, write_cross, three_signs, sides):
    """Single files too, since they do not record their seed."""
    a = write_cross(tmp_path / "a", three_signs, corrupted=())

    with pytest.raises(RunError) as raised:
        compare(a, sides[0], corruptions=True)
    assert raised.value.subject == str(sides[0])
    assert "roadsigns cross-validate --corruptions" in raised.value.hint
    with raises(RunError, problem="single file"):
        compare(a / "fold-1-hard.csv", a, corruptions=True)


def test_corruptions_of_another_seed_or_list_are_refused(tmp_path, write_cross, three_signs):
    """An image would have two; a later version of a corruption counts as another."""
    a, other_list = (write_cross(tmp_path / name, three_signs, corrupted=()) for name in ("a", "list"))
    other_seed = write_cross(tmp_path / "seed", three_signs, corrupted=(), seed=1)
    record = other_list / "cross-validation.json"
    values = json.loads(record.read_text())
    values["corruptions"][0]["version"] = 2
    record.write_text(json.dumps(values))

    with raises(RunError, problem=f"{other_seed} is 1"):
        compare(a, other_seed, corruptions=True)
    with raises(RunError, problem=f"{other_list} are dark 2, "):
        compare(a, other_list, corruptions=True)
    assert compare(a, other_list).errors_p == 1


def test_files_with_other_corruptions_are_refused(tmp_path, write_cross, three_signs):
    """Each names the corruption of every image."""
    a = write_cross(tmp_path / "a", three_signs, corrupted=())
    changed = tmp_path / "changed.csv"
    text = (a / "fold-1-hard.csv").read_text()
    changed.write_text(text.replace(",dark,", ",tilted,"))
    count = text.count(",dark,")

    assert compare(a / "fold-1-hard.csv", a / "fold-1-hard.csv").errors_p == 1
    with raises(RunError, problem=f"{count} of them"):
        compare(a / "fold-1-hard.csv", changed)
