"""An evaluation: what stands beside its metrics, and its JSON."""

import json
from dataclasses import replace
from pathlib import Path

from roadsigns.datasets.registry import OWN_SOURCE
from roadsigns.evaluation.evaluate import evaluate


def test_json_has_null_where_there_is_nothing(evaluation):
    """A class without images has no recall; NaN is no JSON."""
    confusion = evaluation.metrics.confusion.copy()
    confusion[5] = 0
    values = replace(evaluation, metrics=replace(evaluation.metrics, confusion=confusion)).as_dict()

    assert values["classes"][5]["recall"] is None
    json.dumps(values, allow_nan=False)


def test_seen_signs_are_labelled_where_allowed(track_model, drawn_folder):
    """The label says so in capitals."""
    result = evaluate(track_model, drawn_folder, split="all", allow_seen=True)

    assert result.leakage is True
    assert result.split_label.endswith("SEEN IN TRAINING")
    assert result.metrics.images == 172


def test_allowing_does_not_call_unseen_signs_seen(track_model, drawn_folder):
    """The label tells what is, not what was allowed."""
    result = evaluate(track_model, drawn_folder, split="validation", allow_seen=True)

    assert result.leakage is False
    assert "SEEN" not in result.split_label


def test_random_validation_is_labelled_leaky_where_allowed(model_split_by, drawn_folder):
    """Leaky and seen both show."""
    result = evaluate(model_split_by("random"), drawn_folder, split="validation", allow_seen=True)

    assert (result.leaky_split, result.leakage) == (True, True)
    assert result.split_label.startswith("LEAKY")


def test_test_images_of_a_random_split_are_not_leaky(model_split_by, drawn_folder):
    """The leak is between training and validation only."""
    result = evaluate(model_split_by("random"), drawn_folder)

    assert (result.leaky_split, result.leakage) == (False, False)


def test_title_names_the_folder_of_data_that_nobody_published(evaluation):
    """All of them have one source."""
    own = replace(evaluation, data=Path("photos/mine"), source=OWN_SOURCE)

    assert own.title.startswith(f"{evaluation.model} on mine,")
    assert f" on {evaluation.source}," in evaluation.title
