"""A detector as an ONNX file: the same locations as in Keras, for pictures of any size."""

import numpy as np
import pytest

from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.model_files.onnx_file import read_detector_file
from roadsigns.onnx_writer.detector import detector_to_onnx

METADATA = DetectorMetadata("detector", "detector", "drawn", scenes=3, epoch=1, width=0.5)


@pytest.fixture(scope="module")
def network():
    """A narrow one with seeded random weights."""
    import keras

    from roadsigns.models.detector import detector_network

    keras.utils.set_random_seed(0)
    return detector_network(dtype="float32", width=0.5)


@pytest.mark.parametrize(("half", "atol"), [(False, 1e-4), (True, 0.05)])
def test_pictures_of_any_size_give_the_locations_of_keras(ask_onnx, ask_keras, network, half, atol):
    content = detector_to_onnx(network, METADATA, half=half)

    for height, width in ((32, 32), (64, 160), (224, 96)):
        pictures = np.random.default_rng(0).integers(0, 256, (2, height, width, 3), np.uint8)
        expected = ask_keras(network, pictures.astype(np.float32) / 255)

        np.testing.assert_allclose(ask_onnx(content, pictures), expected, atol=atol)


def test_file_holds_its_metadata_and_the_checksum_of_its_weights(tmp_path, network):
    """Halved weights take half the bytes."""
    whole, halved = (detector_to_onnx(network, METADATA, half=half) for half in (False, True))
    path = tmp_path / "detector.onnx"
    path.write_bytes(halved)

    metadata = read_detector_file(path).metadata

    assert metadata == METADATA.with_checksum(metadata.weights_sha256)
    assert len(metadata.weights_sha256) == 64
    assert len(halved) < 0.6 * len(whole)
