"""Typed metrics: as JSON and as text."""

import json

import numpy as np

from roadsigns.evaluation.compute_metrics import compute_metrics


def test_json_has_null_where_there_is_nothing():
    """No recall without images, no tracks, no subsets; NaN is not JSON."""
    metrics = compute_metrics(np.eye(3, dtype=np.float32)[[0, 0, 1]], np.array([0, 1, 1]), tracks=[None] * 3)

    values = json.loads(json.dumps(metrics.as_dict(["a", "b", "c"]), allow_nan=False))

    assert values["classes"][1] == {"class_id": 1, "name": "b", "images": 2, "errors": 1, "recall": 0.5}
    assert values["classes"][2]["recall"] is None
    assert [values[key] for key in ("tracks", "mostly_misread_tracks", "bootstrap_interval", "subsets")] == [None] * 4
