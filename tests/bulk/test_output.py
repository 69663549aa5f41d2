"""A file appears whole or not at all; Ctrl-C leaves what there is beside it."""

import csv
import io
import json
import os
from functools import partial
from pathlib import Path

import pytest
from fixtures.errors import raises

from roadsigns.bulk.entries import Entry
from roadsigns.bulk.fields import PredictionFields
from roadsigns.bulk.output import Layout, Tally, choose_format, write_file, write_stream
from roadsigns.bulk.result_table import TableWriter
from roadsigns.bulk.stream import Result
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.errors import DataError, ImageError, OutputError


@pytest.fixture
def results(prediction):
    """Two images and one that could not be read."""
    return [
        Result(Entry("a.png", b""), prediction(14)),
        Result(Entry("b.png", b""), ImageError("no image")),
        Result(Entry("b\udce4d.png", b""), prediction(3)),
    ]


def layout(file_format):
    """Of the 43 classes."""
    table = partial(TableWriter, classes=GTSRB_CLASSES, with_boxes=False, with_decisions=False)
    return Layout(file_format, PredictionFields(GTSRB_CLASSES, 3), table)


def interrupted(results, error=KeyboardInterrupt):
    """Results that break off."""
    yield from results
    raise error


def paths_in(path):
    """The images that a file lists."""
    if path.suffix == ".parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        return parquet.read_table(path).column("path").to_pylist()
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        return [row["path"] for row in csv.DictReader(io.StringIO(text))]
    return [json.loads(line)["path"] for line in text.splitlines()]


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet"])
def test_file_holds_all_results(results, tmp_path, suffix):
    """In place of what was there; nothing else is left."""
    path = tmp_path / f"out.{suffix}"
    path.write_text("old")

    tally = write_file(results, path, layout(suffix))

    assert tally == Tally(count=3, failures=1)
    assert paths_in(path)[:2] == ["a.png", "b.png"]
    assert len(paths_in(path)) == 3
    assert list(tmp_path.iterdir()) == [path]


def test_table_is_written_to_a_file_too(results, tmp_path):
    """A line an image, names made printable."""
    write_file(results, tmp_path / "out.txt", layout("table"))

    assert len((tmp_path / "out.txt").read_text().splitlines()) == 4


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet"])
@pytest.mark.parametrize("old", ["old", None])
def test_interrupt_leaves_what_there_is_beside_the_file(results, tmp_path, suffix, old):
    """The partial results are a complete file of their own; an earlier file stays."""
    path = tmp_path / f"out.{suffix}"
    if old:
        path.write_text(old)

    with pytest.warns(UserWarning, match="(3 results)") as warned, pytest.raises(KeyboardInterrupt):
        write_file(interrupted(results), path, layout(suffix))

    partial = tmp_path / f"out.partial.{suffix}"
    assert len(paths_in(partial)) == 3
    assert sorted(tmp_path.iterdir()) == sorted([partial, path] if old else [partial])
    assert str(warned[0].message).endswith(f"{path} was not changed." if old else f"{path} was not written.")
    assert not old or path.read_text() == old
    # As readable as any new file.
    (tmp_path / "other").touch()
    assert partial.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_interrupt_before_the_first_result_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write_file(interrupted([]), tmp_path / "out.csv", layout("csv"))

    assert list(tmp_path.iterdir()) == []


def test_error_leaves_nothing(results, tmp_path):
    (tmp_path / "out.csv").write_text("old")

    with raises(DataError, problem="the reason"):
        write_file(interrupted(results, DataError("the reason")), tmp_path / "out.csv", layout("csv"))

    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_full_disk_is_reported(results, tmp_path, monkeypatch):
    """In a sentence, and nothing is left."""

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(csv.DictWriter, "writeheader", fail)

    with raises(OutputError, problem="No space left on device") as raised:
        write_file(results, tmp_path / "out.csv", layout("csv"))
    assert raised.value.subject == str(tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []


def test_stream_takes_names_that_are_no_text(results):
    """Bytes that are no UTF-8 are escaped."""
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding="utf-8")

    assert write_stream(results, stream, layout("csv")) == Tally(3, 1)

    assert rb"b\xe4d.png" in buffer.getvalue()


@pytest.mark.parametrize("file_format", ["csv", "json"])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_stream_for_programs_is_utf_8_whatever_the_encoding(prediction, file_format, encoding):
    """A table is for people, and keeps the encoding of their terminal."""
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding=encoding)

    write_stream([Result(Entry("Süd….png", b""), prediction(14))], stream, layout(file_format))

    text = buffer.getvalue().decode("utf-8")
    assert "Süd….png" in (text if file_format == "csv" else json.loads(text)["path"])


@pytest.mark.parametrize(
    ("wanted", "out", "expected"),
    [
        (None, None, "table"),
        ("csv", None, "csv"),
        (None, "a.csv", "csv"),
        (None, "a.JSONL", "json"),
        (None, "a.json", "json"),
        (None, "a.txt", "table"),
        ("json", "a.csv", "json"),
    ],
)
def test_format_is_what_was_requested_or_what_the_suffix_stands_for(tmp_path, wanted, out, expected):
    """In any case."""
    assert choose_format(wanted, out and tmp_path / out) == expected


@pytest.mark.parametrize(
    ("wanted", "out", "message"),
    [
        (None, "a.xls", "which format"),
        (None, "a", "which format"),
        ("parquet", None, "standard output"),
        ("csv", "none/a.csv", "no folder"),
        ("csv", ".", "This is a folder"),
        ("csv", "/dev/null", "not a file that could be replaced"),
    ],
)
def test_place_that_cannot_be_is_refused_before_anything_is_read(tmp_path, wanted, out, message):
    """Folders, devices, suffixes of something else."""
    if wanted == "parquet":
        pytest.importorskip("pyarrow")

    with raises(OutputError, problem=message):
        choose_format(wanted, out and Path(os.path.normpath(tmp_path / out)))
