"""A plan says what is in a data folder, whatever its layout."""

import json

import pytest
from fixtures.errors import raises
from fixtures.sign_folders import write_classes

from roadsigns.dataset_check.plan import plan_data
from roadsigns.errors import DataError


def test_folders_of_any_language_and_size_are_counted(tmp_path):
    """Uneven, of three images, of none."""
    data = write_classes(tmp_path / "data", {"Straße gesperrt": 12, "few": 3, "empty": 0, "ストップ": 10})

    plan = plan_data(data)

    assert {one.name: one.training for one in plan.classes} == {
        "Straße gesperrt": 12,
        "empty": 0,
        "few": 3,
        "ストップ": 10,
    }
    assert [doubt.kind for doubt in plan.doubts] == ["empty-class", "few-images", "no-tracks"]
    assert plan.trainable
    assert (plan.boxes, plan.tracks, plan.training_images) == (0, 0, 25)


def test_boxes_tracks_and_test_images_of_gtsrb_are_known(drawn_folder):
    """As the official layout has them."""
    plan = plan_data(drawn_folder)

    assert plan.layout == "the official layout of GTSRB"
    assert plan.boxes == plan.training_images + plan.test_images
    assert plan.images_with_tracks == plan.training_images > 0
    assert plan.test_images > 0


def test_what_is_passed_over_is_listed(tmp_path):
    """With its place."""
    data = write_classes(tmp_path / "data", {"go": 2, "stop": 2})
    (data / "stop" / "x.heic").touch()

    assert plan_data(data).passed_over == ("stop: 1 .heic file",)


def test_plan_as_json_is_plain_and_complete(tmp_path):
    """Every field, and the sums."""
    data = write_classes(tmp_path / "data", {"go": 2, "stop": 2})

    result = json.loads(json.dumps(plan_data(data).as_dict(), allow_nan=False))

    assert result["data"] == str(data)
    assert (result["training_images"], result["validation_images"], result["test_images"]) == (4, 0, 0)
    assert result["classes"][1] == {
        **{"class_id": 1, "name": "stop", "training": 2, "validation": 0, "test": 0, "signs": 2}
    }
    assert result["trainable"] is True


def test_nothing_is_written_into_the_data(tmp_path, monkeypatch):
    """Nor beside it."""
    data = write_classes(tmp_path / "data", {"go": 2, "stop": 2})
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))

    plan_data(data)

    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["gone", "."])
def test_nothing_to_read_is_an_error(name, tmp_path):
    """No folder, or no images in it."""
    with raises(DataError, problem="does not exist" if name == "gone" else "no images"):
        plan_data(tmp_path / name)
