"""Results as JSON lines, CSV and Parquet."""

import csv
import io
import json
import sys

import numpy as np
import pytest

from roadsigns.bulk import results as results_module
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.fields import PredictionFields
from roadsigns.bulk.results import CsvWriter, JsonWriter, ParquetWriter
from roadsigns.bulk.stream import Result
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.errors import ImageError, MissingExtraError
from roadsigns.types import Box

NAMES = "path x1 y1 x2 y2 class_id name name_de sign_number probability"
DECIDED = ["decision", "known_score", "unknown_kind", "candidates"]
CSV_COLUMNS = [*NAMES.split(" "), *DECIDED, "class_id_2", "name_2", "probability_2", "error"]


@pytest.fixture
def results(prediction):
    """A whole image, one with a box, one that could not be read, and a name that is not text."""
    return [
        Result(Entry("a,b.png", b""), prediction(14, top_k=2)),
        Result(Entry("c.png", b"", Box(1, 2, 3, 4)), prediction(0, top_k=2)),
        Result(Entry("d.png", b"", Box(5, 6, 7, 8)), ImageError('no "image"\nat all')),
        Result(Entry("b\udce4d.png", b""), prediction(42, top_k=2)),
    ]


def write_all(writer, results):
    """Write them and end the file."""
    for result in results:
        writer.write(result)
    writer.close()


def test_json_has_an_object_a_line(results):
    """ASCII, a box only where there is one, an error in place of a class."""
    file = io.StringIO()

    write_all(JsonWriter(file, PredictionFields(GTSRB_CLASSES, 2)), results)

    assert file.getvalue().isascii()
    whole, boxed, broken, strange = map(json.loads, file.getvalue().splitlines())
    assert list(whole) == ["path", "class_id", "name", "name_de", "sign_number", "probability", *DECIDED, "top_k"]
    assert (whole["path"], whole["class_id"], whole["name"], whole["sign_number"]) == ("a,b.png", 14, "stop", "206")
    assert [entry["class_id"] for entry in whole["top_k"]] == [14, 15]
    assert boxed["box"] == [1, 2, 3, 4]
    assert broken == {"path": "d.png", "box": [5, 6, 7, 8], "error": 'no "image"\nat all'}
    assert strange["path"] == r"b\xe4d.png"


def test_csv_has_the_same_columns_in_every_row(results):
    """Empty where there is nothing; floats are written whole."""
    file = io.StringIO(newline="")

    write_all(CsvWriter(file, PredictionFields(GTSRB_CLASSES, 2)), results)

    rows = list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))
    assert list(rows[0]) == CSV_COLUMNS
    whole, boxed, broken, strange = rows
    assert (whole["path"], whole["x1"], whole["class_id"], whole["error"]) == ("a,b.png", "", "14", "")
    assert (whole["name"], whole["name_2"], float(whole["probability_2"])) == ("stop", GTSRB_CLASSES[15].name, 0.1875)
    assert [boxed[name] for name in ("x1", "y1", "x2", "y2")] == ["1", "2", "3", "4"]
    assert (broken["class_id"], broken["probability_2"], broken["error"]) == ("", "", 'no "image"\nat all')
    assert strange["path"] == r"b\xe4d.png"


def test_csv_on_a_terminal_gives_it_no_orders(prediction):
    """An archive's names are anybody's; in a file they stay as they are."""
    shown, kept = io.StringIO(), io.StringIO()
    shown.isatty = lambda: True
    for file in (shown, kept):
        write_all(
            CsvWriter(file, PredictionFields(GTSRB_CLASSES, 1)), [Result(Entry("\x1b[2J.png", b""), prediction(0, 1))]
        )

    assert "\x1b" not in shown.getvalue()
    assert "\x1b[2J.png" in kept.getvalue()


def test_parquet_has_csvs_columns_typed(results, tmp_path, monkeypatch):
    """In several groups."""
    pq = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(results_module, "ROWS_OF_A_GROUP", 3)
    path = tmp_path / "a.parquet"

    write_all(ParquetWriter(path, PredictionFields(GTSRB_CLASSES, 2)), results)

    table = pq.read_table(path)
    assert table.column_names == CSV_COLUMNS
    assert pq.ParquetFile(path).num_row_groups == 2
    whole, boxed, broken, strange = table.to_pylist()
    assert (whole["class_id"], whole["name"], whole["x1"], whole["error"]) == (14, "stop", None, None)
    assert np.float32(whole["probability_2"]) == np.float32(0.1875)
    assert (boxed["x1"], boxed["y2"]) == (1, 4)
    assert (broken["class_id"], broken["error"]) == (None, 'no "image"\nat all')
    assert strange["path"] == r"b\xe4d.png"


def test_parquet_of_nothing_is_a_table_without_rows(tmp_path):
    """With its columns."""
    pq = pytest.importorskip("pyarrow.parquet")
    write_all(ParquetWriter(tmp_path / "a.parquet", PredictionFields(GTSRB_CLASSES, 2)), [])

    assert pq.read_table(tmp_path / "a.parquet").shape == (0, len(CSV_COLUMNS))


def test_missing_pyarrow_is_reported(tmp_path, monkeypatch):
    """With what to install."""
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)

    with pytest.raises(MissingExtraError) as raised:
        ParquetWriter(tmp_path / "a.parquet", PredictionFields(GTSRB_CLASSES, 2))

    assert "roadsigns[parquet]" in raised.value.hint
