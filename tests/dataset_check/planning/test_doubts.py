"""Each doubt is raised by data that deserves it, and by no other."""

import pytest
from fixtures.sign_folders import write_classes

from roadsigns.dataset_check.planning.plan import plan_data


def doubts(data):
    """The messages by kind."""
    return {doubt.kind: doubt.message for doubt in plan_data(data).doubts}


def test_good_data_has_no_doubt(tmp_path):
    """Ten signs of each class, named as tracks."""
    assert doubts(write_classes(tmp_path, {"go": 10, "stop": 10}, name="{number}_0.png")) == {}


def test_one_class_cannot_be_trained_and_the_reason_is_given(tmp_path):
    """An empty folder makes no second class."""
    plan = plan_data(write_classes(tmp_path, {"stop": 12, "go": 0}, name="{number}_0.png"))

    assert not plan.trainable
    assert plan.doubts[0].kind == "one-class"
    assert "it says 'stop' whatever it is shown" in plan.doubts[0].message


@pytest.mark.parametrize(
    ("counts", "name", "kind", "text"),
    [
        ({"go": 10, "few": 3, "stop": 10}, "{number}_0.png", "few-images", "few (3)"),
        ({"go": 210, "stop": 10}, "{number}_0.png", "imbalance", "go has 210 images, stop 10"),
        ({"go": 10, "stop": 10, "none": 0}, "{number}_0.png", "empty-class", ": none."),
        ({"go": 10, "one": 1}, "{number}_0.png", "untested-class", ": one."),
        ({"1": 10, "3": 10}, "{number}_0.png", "numbered-classes", "taken as labels"),
        ({"go": 10, "stop": 10}, "photo{number}.png", "no-tracks", "the split is by image"),
        ({"go": 10, "stop": 10}, "2024051{number}_101500.png", "doubtful-tracks", "begin with dates"),
    ],
)
def test_doubtful_classes_and_names_are_told(counts, name, kind, text, tmp_path):
    """With what they are."""
    found = doubts(write_classes(tmp_path, counts, name=name))

    assert text in found[kind]
    assert set(found) - {"few-images", "empty-class"} <= {kind}


def test_missing_parts_of_a_parquet_table_are_told(tmp_path):
    """A plan for half of the images would be one for other data; they are listed as passed over, too."""
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    (picture,) = write_classes(tmp_path / "one", {"go": 1}).rglob("*.png")
    images = [{"bytes": picture.read_bytes(), "path": f"{number}.png"} for number in range(20)]
    (tmp_path / "table" / "data").mkdir(parents=True)
    path = tmp_path / "table" / "data" / "train-00000-of-00005.parquet"
    pq.write_table(pa.table({"image": images, "label": ["go", "stop"] * 10}), path)
    plan = plan_data(tmp_path / "table")

    told = "data/train-00000-of-00005.parquet: without part 2 and 3 more of 5"
    (doubt,) = (doubt for doubt in plan.doubts if doubt.kind == "missing-parts")
    assert doubt.message.endswith(f"their images are not read. Download them: {told}.")
    assert plan.passed_over == (told,)
    assert plan.trainable


@pytest.mark.parametrize(("side", "kind"), [(14, "tiny"), (401, "large-images"), (15, None), (400, None)])
def test_tiny_signs_and_whole_photographs_are_told(side, kind, tmp_path):
    """As far as the images that were opened show."""
    found = doubts(write_classes(tmp_path, {"go": 10, "stop": 10}, name="{number}_0.png", side=side))

    assert set(found) == ({kind} if kind else set())


def test_broken_images_are_told_and_prevent_a_training_where_there_is_no_other(tmp_path):
    """Of some, training leaves them out."""
    write_classes(tmp_path, {"go": 10, "stop": 10}, name="{number}_0.png")
    (tmp_path / "go" / "0_0.png").write_bytes(b"")
    some = plan_data(tmp_path)
    for path in tmp_path.glob("*/*.png"):
        path.write_bytes(b"")
    everything = plan_data(tmp_path)

    assert (some.doubts[0].kind, some.trainable) == ("undecodable", True)
    assert (everything.doubts[0].kind, everything.trainable) == ("undecodable", False)


def test_classes_that_own_splits_lack_are_told(tmp_path):
    """To test with only, or not to validate with."""
    write_classes(tmp_path / "train", {"go": 10, "stop": 10}, name="{number}_0.png")
    write_classes(tmp_path / "val", {"go": 2}, name="1{number}_0.png")
    write_classes(tmp_path / "test", {"go": 2, "new": 2}, name="2{number}_0.png")

    found = doubts(tmp_path)

    assert "and so not learned: new." in found["unlearned-class"]
    assert found["untested-class"] == "Not among your validation images: stop."


def test_classes_that_recipes_draw_are_not_called_unlearned(official_folder):
    """Six of GTSRB's classes: the others are drawn by the recipe of the command that the plan gives."""
    found = doubts(official_folder)

    assert found["empty-class"].startswith("Without an image, and so learned only by recipes that draw signs")


def test_signs_on_both_sides_are_told(tmp_path):
    """Training calls its validation LEAKY then."""
    write_classes(tmp_path / "train", {"go": 10, "stop": 10}, name="{number}_0.png")
    write_classes(tmp_path / "val", {"go": 2, "stop": 2}, name="{number}_1.png")

    message = doubts(tmp_path)["track-across-splits"]

    assert message.startswith("4 signs in several splits, such as track 0 of 'go' in training and validation:")


def test_names_with_blanks_around_them_are_told(tmp_path):
    """In quotation marks, without which they look like one."""
    found = doubts(write_classes(tmp_path, {" a": 10, "a ": 10, "b": 10}, name="{number}_0.png"))

    assert set(found) == {"blank-name"}
    assert found["blank-name"].endswith("These are: ' a', 'a '.")


def test_data_without_training_images_are_to_evaluate_with(tmp_path):
    """Nothing can be trained on them."""
    write_classes(tmp_path / "val", {"go": 2, "stop": 2})
    write_classes(tmp_path / "test", {"go": 2, "stop": 2})

    assert set(doubts(tmp_path)) == {"no-training-images"}


def test_error_that_stops_the_reader_is_told_with_its_place(tmp_path):
    """Folders 7 and 07 are one class."""
    plan = plan_data(write_classes(tmp_path, {"7": 2, "07": 2, "8": 2}))

    assert (plan.doubts[0].kind, plan.trainable) == ("same-class", False)
    assert "both are class 7" in plan.doubts[0].message


def test_images_of_ones_own_validation_folder_are_not_split(tmp_path):
    """So nothing is said of a split by image."""
    for split in ("train", "val"):
        write_classes(tmp_path / split, {"go": 10, "stop": 10}, name="photo{number}.png")

    assert "no-tracks" not in doubts(tmp_path)
