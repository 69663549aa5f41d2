"""The metadata of an export comes back as it was written, or is refused."""

import json
from dataclasses import replace

import pytest

from roadsigns.errors import ModelError
from roadsigns.exports.export_metadata import EXPORT_KEY, ExportMetadata, metadata_from_json


@pytest.fixture
def metadata(tiny_metadata):
    """That of an export in int8."""
    return ExportMetadata(replace(tiny_metadata, temperature=1.5), "int8", 300, "ab12")


def changed(metadata, **values):
    """Its JSON, with other values of the export."""
    whole = json.loads(metadata.to_json())
    whole[EXPORT_KEY] = {key: value for key, value in {**whole[EXPORT_KEY], **values}.items() if value is not None}
    return json.dumps(whole)


def test_metadata_comes_back_as_it_was_written(metadata):
    """Classes, tracks, temperature and all."""
    assert metadata_from_json(metadata.to_json(), "a file") == metadata


@pytest.mark.parametrize(
    ("preparation", "dtype", "top"),
    [("box", "uint8", 255), ("stretched-box", "uint8", 255), ("tutorial", "float32", 1)],
)
def test_input_is_described_for_other_languages(metadata, preparation, dtype, top):
    """Type, shape, range, and the preparation by name."""
    metadata = replace(metadata, model=replace(metadata.model, preparation=preparation))

    taken = json.loads(metadata.to_json())[EXPORT_KEY]["input"]

    assert (taken["dtype"], taken["range"], taken["preparation"]) == (dtype, [0, top], preparation)
    assert taken["shape"] == [None, 32, 32, 3]
    assert metadata.input.as_dict() == taken


@pytest.mark.parametrize("text", ["", "hello", "[]", "{}", "null", '{"roadsigns": {}}', "\x00"])
def test_text_that_is_no_metadata_is_refused(text):
    """The file is named."""
    with pytest.raises(ModelError) as raised:
        metadata_from_json(text, "model.xml")

    assert raised.value.subject == "model.xml"
    assert "not an export of roadsigns" in raised.value.problem


def test_metadata_of_a_later_version_is_refused(metadata):
    """The version that wrote it is named."""
    with pytest.raises(ModelError) as raised:
        metadata_from_json(changed(metadata, version=99, made_by="roadsigns 9.0"), "model.xml")

    assert "version 99" in raised.value.problem
    assert "roadsigns 9.0" in raised.value.hint


@pytest.mark.parametrize(
    "values", [{"precision": "int4"}, {"precision": []}, {"calibration_images": "x"}, {"version": "1"}]
)
def test_damaged_metadata_is_refused(metadata, values):
    """Whichever value it is."""
    with pytest.raises(ModelError) as raised:
        metadata_from_json(changed(metadata, **values), "model.xml")

    assert "metadata of the export is damaged" in raised.value.problem


def test_model_of_a_later_version_is_refused(metadata):
    """A key that is not known may mean something to its predictions."""
    whole = json.loads(metadata.to_json())
    whole["roadsigns"]["mirror"] = True

    with pytest.raises(ModelError) as raised:
        metadata_from_json(json.dumps(whole), "model.xml")

    assert "metadata of the model is damaged" in raised.value.problem
    assert "mirror" in raised.value.problem
