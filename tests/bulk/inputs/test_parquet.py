"""Parquet files as inputs: with the images in them, or with their paths."""

import logging
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from fixtures.errors import raises

from roadsigns.bulk.inputs.parquet import read_parquet
from roadsigns.errors import DataError, ImageError
from roadsigns.types import Box


def write(file, **columns):
    pq.write_table(pa.table(columns), file)
    return file


def test_images_in_a_column_are_entries(tmp_path):
    """Named by their rows, with boxes where there are some."""
    path = write(
        tmp_path / "a.parquet", image=[b"one", b"two"], xmin=[1.0, None], ymin=[2, 2], xmax=[9, 9], ymax=[9, 9]
    )

    has_boxes, (first, second) = read_parquet(path)

    assert has_boxes
    assert (first.name, first.image, first.box) == (f"{path}/000000", path / "000000", Box(1, 2, 9, 9))
    assert isinstance(second.image, ImageError)
    assert "xmin is empty" in second.image.problem


def test_paths_in_a_column_start_from_the_table(tmp_path):
    """As those in a CSV file do."""
    path = write(tmp_path / "a.parquet", path=["signs/a.png"])

    has_boxes, (entry,) = read_parquet(path)

    assert not has_boxes
    assert entry.image == Path(tmp_path, "signs", "a.png")


def test_columns_that_are_not_used_are_named(tmp_path, caplog):
    """As those of a CSV file are; the path is known in the same spellings."""
    caplog.set_level(logging.INFO)
    path = write(tmp_path / "a.parquet", **{"Image Path": ["a.png"], "label": [1]})

    _, (entry,) = read_parquet(path)

    assert entry.local == "a.png"
    assert caplog.messages == [f"{path}: columns not used: label."]


def test_table_without_images_is_refused(tmp_path):
    """With the columns that it has."""
    with raises(DataError, problem="its columns are label", expected="image or path", subject="a.parquet"):
        read_parquet(write(tmp_path / "a.parquet", label=[1]))
