"""The columns of a shard."""

import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.shards.columns import carried_names, find_columns

pa = pytest.importorskip("pyarrow")


def schema(**kinds):
    return pa.schema(list(kinds.items()))


def test_image_path_and_box_are_found_and_others_carried():
    """A box under the names of results stands in these; a number is no path."""
    found = find_columns(
        schema(
            image=pa.binary(),
            name=pa.string(),
            camera=pa.int64(),
            **dict.fromkeys(["x1", "y1", "x2", "y2"], pa.int32()),
        ),
        with_boxes=True,
        subject="a",
    )

    assert (found.image, found.path, found.others) == ("image", "name", ("camera",))
    assert found.box.names == ("x1", "y1", "x2", "y2")
    assert find_columns(schema(image=pa.binary(), path=pa.int64()), with_boxes=True, subject="a").path is None


def test_a_box_in_another_spelling_is_carried_too():
    """As it was given."""
    boxes = dict.fromkeys(["xmin", "ymin", "xmax", "ymax"], pa.int32())

    found = find_columns(schema(image=pa.binary(), **boxes), with_boxes=True, subject="a")

    assert found.others == ("xmin", "ymin", "xmax", "ymax")


def test_boxes_that_are_not_used_are_columns_like_others():
    """Whatever their spelling."""
    found = find_columns(schema(image=pa.binary(), x1=pa.int32()), with_boxes=False, subject="a")

    assert (found.box, found.others) == (None, ("x1",))


def test_a_shard_without_images_is_refused():
    """With its columns."""
    with raises(DataError, problem="its columns are path", hint="roadsigns pack", subject="a"):
        find_columns(schema(path=pa.string()), with_boxes=True, subject="a")


def test_columns_that_results_have_too_get_another_name():
    """Until it is free."""
    assert carried_names(["a", "class_id", "input_class_id"], ["class_id"]) == (
        "a",
        "input_class_id",
        "input_input_class_id",
    )
