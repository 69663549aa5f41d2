"""How a model's validation was held out, to JSON and back."""

import json

import pytest

from roadsigns.datasets.folds import FoldRecord
from roadsigns.datasets.split_record import split_record_from_dict
from roadsigns.datasets.splits import HoldOutRecord


@pytest.mark.parametrize(
    ("record", "values"),
    [
        (HoldOutRecord("group", 0.2, 3), {"by": "group", "validation_fraction": 0.2, "seed": 3}),
        (FoldRecord("track", 5, 2, 0), {"by": "track", "folds": 5, "fold": 2, "seed": 0}),
    ],
)
def test_record_goes_to_json_and_back(record, values):
    """Both kinds are distinguished by their keys, which are those of every model file so far."""
    text = json.dumps(record.as_dict())

    assert text == json.dumps(values)
    assert split_record_from_dict(json.loads(text)) == record


def test_nothing_recorded_is_none():
    """Such as in a model that was never validated."""
    assert split_record_from_dict({}) is None


@pytest.mark.parametrize("values", [{"by": "track"}, {"by": "track", "folds": 5}, {"folds": 5, "more": 1}])
def test_record_with_missing_or_unknown_fields_is_refused(values):
    with pytest.raises(TypeError):
        split_record_from_dict(values)
