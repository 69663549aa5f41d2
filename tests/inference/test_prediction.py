"""A prediction as the fields that every output shows."""

from roadsigns.inference.prediction import ClassProbability, Prediction

STOP = ClassProbability(14, "stop", 0.9)
YIELD = ClassProbability(13, "yield", 0.1)


def test_a_class_probability_becomes_three_fields():
    """In this order, which is the order of columns and keys."""
    assert list(STOP.as_dict().items()) == [("class_id", 14), ("name", "stop"), ("probability", 0.9)]


def test_a_prediction_becomes_its_fields_and_those_of_its_top_classes():
    """The most probable class comes first, and again at the top of `top_k`."""
    prediction = Prediction(14, "stop", 0.9, (STOP, YIELD))

    assert prediction.as_dict() == {
        "class_id": 14,
        "name": "stop",
        "probability": 0.9,
        "decision": None,
        "known_score": None,
        "unknown_kind": None,
        "candidates": [],
        "top_k": [
            {"class_id": 14, "name": "stop", "probability": 0.9},
            {"class_id": 13, "name": "yield", "probability": 0.1},
        ],
    }


def test_a_decision_becomes_four_fields():
    """Candidates as a list, which JSON has."""
    prediction = Prediction(14, "stop", 0.9, (STOP,), "unknown", 0.2, "danger", (14, 13))

    fields = prediction.as_dict()

    assert [fields[name] for name in ("decision", "known_score", "unknown_kind", "candidates")] == [
        "unknown",
        0.2,
        "danger",
        [14, 13],
    ]
