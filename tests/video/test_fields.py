"""Signs of videos as rows."""

import pytest
from fixtures.video_results import FAILED, at_place, video_result

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.video.fields import VideoFields


def test_json_has_all_of_a_sign():
    """In a fixed order: where and when, then what it is."""
    fields = VideoFields(GTSRB_CLASSES, 2).as_json(video_result())

    assert list(fields)[:8] == [
        *("path", "first_seconds", "last_seconds", "best_frame", "box", "frames", "boxes", "score"),
    ]
    assert (fields["path"], fields["last_seconds"], fields["score"]) == ("a.mp4", 63.25, 0.8765)
    assert (fields["name"], fields["name_de"], fields["sign_number"]) == ("stop", "Halt. Vorfahrt gewähren", "206")
    assert fields["box"] == [1.0, 2.0, 30.0, 40.0]
    assert "longitude" not in fields


def test_json_has_places_where_there_is_a_ride():
    """None where the ride has none."""
    fields = VideoFields(GTSRB_CLASSES, 2, with_places=True)

    known = fields.as_json(video_result(place=at_place(11.5, 48.25)))
    unknown = fields.as_json(video_result(place=at_place(None, None)))

    assert (known["time"], known["longitude"], known["latitude"]) == ("2026-05-03T10:00:01.250+00:00", 11.5, 48.25)
    assert (unknown["longitude"], unknown["latitude"]) == (None, None)


def test_a_video_that_failed_has_its_reason():
    """Which does not repeat its name."""
    assert VideoFields(GTSRB_CLASSES, 2).as_json(FAILED) == {"path": "b.mp4", "error": "It is cut off. Copy it again."}


@pytest.mark.parametrize("with_places", [False, True])
def test_rows_fit_the_example(with_places):
    """Every cell has a column, and boxes of all frames have none."""
    fields = VideoFields(GTSRB_CLASSES, 2, with_places)
    place = at_place(11.5, 48.25) if with_places else None
    example = fields.example()

    for one in (video_result(place=place), video_result(decision="unknown", place=place), FAILED):
        (row,) = fields.rows(one)
        assert set(row) <= set(example)
    assert "boxes" not in example
    assert list(example)[4:8] == ["x1", "y1", "x2", "y2"]
    assert ("time" in example) is with_places
