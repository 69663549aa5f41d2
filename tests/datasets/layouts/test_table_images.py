"""The images that a table names."""

from contextlib import nullcontext

import pytest
from fixtures.errors import raises

from roadsigns.cross_validation.run import cross_validate
from roadsigns.cross_validation.settings import CrossSettings
from roadsigns.datasets.layouts.table_images import images_of_table, require_outside_of_table
from roadsigns.errors import OutputError
from roadsigns.loading.cache import check_cache_folder
from roadsigns.training.api import train


def test_images_of_a_table_lie_where_it_says(tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("path,label\nimg\\a.png,stop\nb.png,stop\n")

    assert images_of_table(table) == [tmp_path / "img/a.png", tmp_path / "b.png"]


def test_what_is_no_table_names_no_images(tmp_path):
    (tmp_path / "bad.csv").write_text("x,y\n1,2\n")

    for data in (tmp_path, tmp_path / "bad.csv", tmp_path / "gone.csv"):
        assert images_of_table(data) == []


@pytest.mark.parametrize(("place", "refused"), [("photos/results", True), ("photos", True), ("results", False)])
def test_nothing_is_written_among_the_images_of_a_table(tmp_path, place, refused):
    table = tmp_path / "labels.csv"
    table.write_text("path,label\nphotos/a.png,stop\n")

    with raises(OutputError, problem="nothing is ever written", hint="--run") if refused else nullcontext():
        require_outside_of_table(tmp_path / place, table, option="--run")


@pytest.mark.parametrize(
    "work",
    [
        check_cache_folder,
        lambda place, data: train(data, run=place),
        lambda place, data: cross_validate(CrossSettings(data=data, out=place, recipe="fast")),
    ],
    ids=["cache", "train", "cross-validate"],
)
def test_no_command_writes_among_them(tmp_path, work):
    """It is said before anything is read."""
    (tmp_path / "labels.csv").write_text("path,label\nphotos/a.png,stop\n")

    with raises(OutputError, problem="nothing is ever written"):
        work(tmp_path / "photos/results", tmp_path / "labels.csv")
