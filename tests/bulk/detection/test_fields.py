"""The fields of pictures and their signs, in JSON, CSV and Parquet."""

import csv
import io
import json

import pytest
from fixtures.stand_in_detector import detected_sign

from roadsigns.bulk.detection.fields import DetectionFields
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.results import CsvWriter, JsonWriter, ParquetWriter
from roadsigns.bulk.stream import Result
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.detection.detected import DetectedImage
from roadsigns.errors import ImageError

FIELDS = DetectionFields(GTSRB_CLASSES, 2)


@pytest.fixture
def results():
    """Pictures with two signs and with none, one that could not be read, and a name that is not text."""
    signs = detected_sign(14), detected_sign(0, "uncertain", box=(50, 1, 60.25, 11))
    return [
        Result(Entry("a.png", b""), DetectedImage(100, 80, signs)),
        Result(Entry("b.png", b""), DetectedImage(30, 20, ())),
        Result(Entry("c.png", b""), ImageError("no image", subject="c.png")),
        Result(Entry("b\udce4d.png", b""), DetectedImage(1, 1, ())),
    ]


def write_all(writer, results):
    """Write them and end the file."""
    for result in results:
        writer.write(result)
    writer.close()


def test_json_has_a_picture_a_line_with_all_its_signs(results):
    """Each with its box, its score and the fields of a prediction."""
    file = io.StringIO()

    write_all(JsonWriter(file, FIELDS), results)

    two, none, broken, strange = map(json.loads, file.getvalue().splitlines())
    assert list(two) == ["path", "width", "height", "signs"]
    assert (two["path"], two["width"], two["height"]) == ("a.png", 100, 80)
    stop, other = two["signs"]
    assert list(stop)[:6] == ["box", "score", "class_id", "name", "name_de", "sign_number"]
    assert stop["box"] == [10.0, 20.0, 40.5, 52.0]
    assert (stop["score"], stop["class_id"], stop["sign_number"], stop["decision"]) == (0.9, 14, "206", "known")
    assert (other["decision"], other["candidates"], other["box"][2]) == ("uncertain", [0, 1], 60.2)
    assert none == {"path": "b.png", "width": 30, "height": 20, "signs": []}
    assert broken == {"path": "c.png", "error": "no image"}
    assert strange["path"] == r"b\xe4d.png"


def test_csv_has_a_row_for_each_sign(results):
    """A picture without signs, and one that could not be read, have one without a box."""
    file = io.StringIO(newline="")

    write_all(CsvWriter(file, FIELDS), results)

    rows = list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))
    assert list(rows[0]) == list(FIELDS.example())
    assert [row["path"] for row in rows] == ["a.png", "a.png", "b.png", "c.png", r"b\xe4d.png"]
    first, second, none, broken, _ = rows
    assert [first[name] for name in ("x1", "y1", "x2", "y2", "score")] == ["10.0", "20.0", "40.5", "52.0", "0.9"]
    assert (first["class_id"], first["class_id_2"], second["class_id"]) == ("14", "15", "0")
    assert (second["width"], second["candidates"], second["error"]) == ("100", "0 1", "")
    assert (none["width"], none["x1"], none["class_id"], none["error"]) == ("30", "", "", "")
    assert (broken["width"], broken["x1"], broken["error"]) == ("", "", "no image")


def test_parquet_has_csvs_columns_typed(results, tmp_path):
    """Boxes to a tenth of a pixel, as they are."""
    pq = pytest.importorskip("pyarrow.parquet")

    write_all(ParquetWriter(tmp_path / "a.parquet", FIELDS), results)

    table = pq.read_table(tmp_path / "a.parquet")
    assert table.column_names == list(FIELDS.example())
    first, second, none, broken, _ = table.to_pylist()
    assert (first["width"], first["x2"], first["name"]) == (100, 40.5, "stop")
    assert second["x2"] == 60.2
    assert (none["x1"], none["error"], broken["width"], broken["error"]) == (None, None, None, "no image")
