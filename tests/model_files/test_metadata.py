"""What a model file says of its network; see test_model_file.py for the files."""

import json
from dataclasses import replace

import pytest

from roadsigns.model_files.metadata import Ancestor, ModelMetadata


def test_images_that_trained_are_remembered_in_files(tiny_metadata):
    """Those of the model and of the one that it was fine-tuned from."""
    start = Ancestor("first", "", "own", ("duck",), frozenset(), frozenset({"cc"}))
    metadata = replace(tiny_metadata, trained_images=frozenset({"bb", "aa"}), ancestors=(start,))

    text = json.dumps(metadata.as_dict())

    assert ModelMetadata.from_dict(json.loads(text)) == metadata
    assert '"trained_images": ["aa", "bb"]' in text
    assert metadata.learned_images == {"aa", "bb", "cc"}


def test_files_without_a_record_of_images_still_load(tiny_metadata):
    """Those of earlier versions, and of images whose tracks are known."""
    start = Ancestor("first", "", "own", ("duck",), frozenset())
    metadata = replace(tiny_metadata, ancestors=(start,))

    text = json.dumps(metadata.as_dict())

    assert "trained_images" not in text
    assert ModelMetadata.from_dict(json.loads(text)) == metadata
    assert metadata.learned_images == frozenset()


def test_model_remembers_a_data_set_if_every_ancestor_does(tiny_metadata):
    """Ancestors that learned from other data do not matter."""
    names = [sign.name for sign in tiny_metadata.classes]
    start = Ancestor("first", "", "drawn", tuple(names), frozenset())
    remembers = replace(tiny_metadata, trained_images=frozenset({"aa"}))

    assert not tiny_metadata.remembers_images("drawn", names)
    assert remembers.remembers_images("drawn", names)
    assert not replace(remembers, ancestors=(start,)).remembers_images("drawn", names)
    assert replace(remembers, ancestors=(replace(start, source="own"),)).remembers_images("drawn", names)


@pytest.mark.parametrize(
    "change",
    [
        {"unknown_kinds": ["danger", "nonsense"]},
        {"known_thresholds": {"unit": "group", "units": 9, "thresholds": {"0.9": 0.5}}},
        {"classes": [{"class_id": 0, "name": 14}]},
        {"margin": "0.1"},
        {"temperature": 0},
        {"temperature": float("nan")},
    ],
    ids=["kinds", "thresholds without kinds", "name", "margin", "temperature", "no number"],
)
def test_values_that_would_decide_wrongly_are_refused(tiny_metadata, change):
    """As damage of the file, which its reader reports."""
    with pytest.raises((TypeError, ValueError)):
        ModelMetadata.from_dict({**tiny_metadata.as_dict(), **change})
