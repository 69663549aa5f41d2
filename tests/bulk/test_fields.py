"""A field of a prediction is a field of every output."""

import csv
import io
import json
from dataclasses import dataclass, replace

import pytest

from roadsigns.bulk import fields as fields_module
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.fields import PredictionFields
from roadsigns.bulk.results import CsvWriter, JsonWriter, ParquetWriter
from roadsigns.bulk.stream import Result
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.errors import ImageError
from roadsigns.inference.prediction import ClassProbability, Prediction
from roadsigns.types import Box, SignClass

OF_TWO = PredictionFields(GTSRB_CLASSES, 2)


def test_row_has_the_fields_in_their_order(prediction):
    """The first of the best classes is the prediction itself and is not repeated."""
    row = OF_TWO.rows(Result(Entry("a.png", b"", Box(1, 2, 3, 4)), prediction(14, top_k=2)))[0]

    assert row == {
        "path": "a.png",
        "x1": 1,
        "y1": 2,
        "x2": 3,
        "y2": 4,
        "class_id": 14,
        "name": "stop",
        "name_de": GTSRB_CLASSES[14].name_de,
        "sign_number": "206",
        "probability": 0.75,
        "decision": None,
        "known_score": None,
        "unknown_kind": None,
        "candidates": "",
        "class_id_2": 15,
        "name_2": GTSRB_CLASSES[15].name,
        "probability_2": 0.1875,
    }
    assert list(row) == list(OF_TWO.example())[:-1]


def test_candidates_of_an_uncertain_sign_are_one_cell(prediction):
    """Class ids, best first."""
    uncertain = replace(prediction(14), decision="uncertain", candidates=(14, 15))

    row = OF_TWO.rows(Result(Entry("a.png", b""), uncertain))[0]

    assert (row["decision"], row["candidates"]) == ("uncertain", "14 15")


@pytest.mark.parametrize("class_id", [-1, 43])
def test_prediction_of_no_class_has_no_fields_of_another(class_id):
    """Python counts -1 from the end."""
    nothing = Prediction(class_id, "unknown", 0.5, (ClassProbability(42, GTSRB_CLASSES[42].name, 0.5),))

    row = OF_TWO.as_json(Result(Entry("a.png", b""), nothing))

    assert (row["class_id"], row["name"], row["name_de"], row["sign_number"]) == (class_id, "unknown", "", "")


def test_error_takes_the_place_of_the_prediction():
    """Its box stays."""
    assert OF_TWO.as_json(Result(Entry("a.png", b"", Box(1, 2, 3, 4)), ImageError("Why not."))) == {
        "path": "a.png",
        "box": (1, 2, 3, 4),
        "error": "Why not.",
    }


def test_there_are_no_more_columns_than_classes():
    """However many are requested."""
    assert list(PredictionFields((SignClass(0, "a"), SignClass(1, "b")), 9).example())[-4:] == [
        "class_id_2",
        "name_2",
        "probability_2",
        "error",
    ]


@dataclass(frozen=True)
class _Extended(Prediction):
    """What a prediction may become."""

    uncertain: bool = True

    def as_dict(self):
        return {**super().as_dict(), "uncertain": self.uncertain}


def test_new_field_of_a_prediction_appears_everywhere(tmp_path, monkeypatch):
    """In JSON, CSV and Parquet, typed, by itself."""
    extended = _Extended(1, "one", 0.5, (ClassProbability(1, "one", 0.5), ClassProbability(0, "nought", 0.25)))
    monkeypatch.setattr(fields_module, "decide", lambda *_, **__: [extended])
    json_file, csv_file = io.StringIO(), io.StringIO()
    writers = [JsonWriter(json_file, OF_TWO), CsvWriter(csv_file, OF_TWO)]
    writers.append(ParquetWriter(tmp_path / "a.parquet", OF_TWO))

    for writer in writers:
        writer.write(Result(Entry("a.png", b""), extended))
        writer.close()

    assert json.loads(json_file.getvalue())["uncertain"] is True
    assert next(csv.DictReader(io.StringIO(csv_file.getvalue())))["uncertain"] == "True"
    parquet = pytest.importorskip("pyarrow.parquet")
    assert parquet.read_table(tmp_path / "a.parquet")["uncertain"].to_pylist() == [True]


@pytest.mark.parametrize(
    ("subject", "error"),
    [
        ("b\udce4d.png", "The file is empty. Expected an image. Send it again."),
        ("t.csv, row 2", "t.csv, row 2: The file is empty. Expected an image. Send it again."),
        (None, "The file is empty. Expected an image. Send it again."),
    ],
)
def test_error_does_not_repeat_the_path(subject, error):
    """Only another subject is named, such as the row of a table."""
    outcome = ImageError("The file is empty.", expected="an image", hint="Send it again.", subject=subject)

    fields = OF_TWO.as_json(Result(Entry("b\udce4d.png", b""), outcome))

    assert fields == {"path": r"b\xe4d.png", "error": error}
