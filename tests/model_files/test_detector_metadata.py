"""What a detector says of itself."""

from roadsigns.model_files.detector_metadata import DetectorMetadata


def test_metadata_is_the_same_after_json():
    """What was not measured is None."""
    metadata = DetectorMetadata("detector", "detector", "GTSDB", scenes=480, epoch=20)

    assert DetectorMetadata.from_dict(metadata.as_dict()) == metadata
    assert metadata.as_dict()["min_score"] is None
    assert metadata.with_checksum("ab").weights_sha256 == "ab"
