"""Signs of videos as GeoJSON."""

import io
import json

import pytest
from fixtures.video_results import FAILED, at_place, video_result

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.video.fields import VideoFields
from roadsigns.video.geojson import GeoJsonWriter


def test_geojson_is_a_collection_of_points():
    """In the order longitude, latitude; a sign without a place is there without one."""
    file = io.StringIO()
    writer = GeoJsonWriter(file, VideoFields(GTSRB_CLASSES, 2, with_places=True))
    writer.write(video_result(place=at_place(11.5, 48.25)))
    writer.write(video_result(place=at_place(None, None)))
    with pytest.warns(UserWarning, match=r"b\.mp4: It is cut off"):
        writer.write(FAILED)
    writer.close()

    collection = json.loads(file.getvalue())

    assert collection["type"] == "FeatureCollection"
    first, second = collection["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [11.5, 48.25]}
    assert (first["properties"]["name"], first["properties"]["time"]) == ("stop", "2026-05-03T10:00:01.250+00:00")
    assert {"boxes", "longitude", "latitude"}.isdisjoint(first["properties"])
    assert second["geometry"] is None


def test_geojson_of_nothing_is_whole():
    """A drive without signs."""
    file = io.StringIO()
    GeoJsonWriter(file, VideoFields(GTSRB_CLASSES, 2, with_places=True)).close()

    assert json.loads(file.getvalue()) == {"type": "FeatureCollection", "features": []}
