"""Signs of videos as GeoJSON (RFC 7946): points on a map."""

import json
import warnings
from typing import IO

from roadsigns.bulk.stream import Result
from roadsigns.errors import ImageError
from roadsigns.video.fields import VideoFields
from roadsigns.video.signs import VideoSign

__all__ = ["GeoJsonWriter"]


class GeoJsonWriter:
    """A collection of features, in ASCII. A sign whose place is not known has the geometry null.

    A video that could not be read to its end is a warning: GeoJSON has no place for it.
    """

    def __init__(self, file: IO[str], fields: VideoFields) -> None:
        self._file = file
        self._fields = fields
        self._count = 0
        file.write('{"type": "FeatureCollection", "features": [')

    def write(self, result: Result[VideoSign]) -> None:
        """Write a feature."""
        fields = self._fields.as_json(result)
        if isinstance(result.outcome, ImageError):
            warnings.warn(f"{fields['path']}: {fields['error']}", stacklevel=2)
            return
        longitude, latitude = fields.pop("longitude"), fields.pop("latitude")
        # The boxes of all frames are of no use on a map.
        del fields["boxes"]
        known = longitude is not None and latitude is not None
        point = {"type": "Point", "coordinates": [longitude, latitude]} if known else None
        feature = {"type": "Feature", "geometry": point, "properties": fields}
        self._file.write(f"{',' if self._count else ''}\n{json.dumps(feature)}")
        self._count += 1

    def close(self) -> None:
        """End the collection."""
        self._file.write("\n]}\n")
        self._file.flush()
