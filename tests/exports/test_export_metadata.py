"""What an export says of itself comes back as it was written, or is refused."""

import json
from dataclasses import replace

import pytest

from roadsigns.errors import ModelError
from roadsigns.exports.export_metadata import EXPORT_KEY, ExportRecord, read_record, write_record


@pytest.fixture
def record(tiny_metadata):
    """Of an export in whole numbers."""
    return ExportRecord(replace(tiny_metadata, temperature=1.5), "int8", 300, "ab12")


def changed(record, **values):
    """The text of a record with other values of its export."""
    whole = json.loads(write_record(record))
    whole[EXPORT_KEY] = {key: value for key, value in {**whole[EXPORT_KEY], **values}.items() if value is not None}
    return json.dumps(whole)


def test_record_comes_back_as_it_was_written(record):
    """Classes, tracks, temperature and all."""
    assert read_record(write_record(record), "a file") == record


@pytest.mark.parametrize(
    ("preparation", "dtype", "top"),
    [("box", "uint8", 255), ("stretched-box", "uint8", 255), ("tutorial", "float32", 1)],
)
def test_input_is_described_for_other_languages(record, preparation, dtype, top):
    """Type, shape, range, and the preparation by name."""
    record = replace(record, metadata=replace(record.metadata, preparation=preparation))

    taken = json.loads(write_record(record))[EXPORT_KEY]["input"]

    assert (taken["dtype"], taken["range"], taken["preparation"]) == (dtype, [0, top], preparation)
    assert taken["shape"] == [None, 32, 32, 3]


@pytest.mark.parametrize("text", ["", "hello", "[]", "{}", "null", '{"roadsigns": {}}', "\x00"])
def test_text_that_is_no_record_is_refused(text):
    """The file is named."""
    with pytest.raises(ModelError, match=r"model\.xml is no export of roadsigns"):
        read_record(text, "model.xml")


def test_record_of_a_later_version_is_refused(record):
    """With what made it."""
    with pytest.raises(
        ModelError, match=r"an export of version 99, .* Install the one that made it \(roadsigns 9\.0\)"
    ):
        read_record(changed(record, version=99, made_by="roadsigns 9.0"), "model.xml")


@pytest.mark.parametrize(
    "values", [{"precision": "int4"}, {"precision": []}, {"calibration_images": "x"}, {"version": "1"}]
)
def test_damaged_record_is_refused(record, values):
    """Whichever value it is."""
    with pytest.raises(ModelError, match="says of its export is damaged"):
        read_record(changed(record, **values), "model.xml")


def test_model_of_a_later_version_is_refused(record):
    """A key that is not known may mean something to its predictions."""
    whole = json.loads(write_record(record))
    whole["roadsigns"]["mirror"] = True

    with pytest.raises(ModelError, match=r"says of its model is damaged .*mirror"):
        read_record(json.dumps(whole), "model.xml")
