"""An engine takes only a network that its metadata describe."""

from dataclasses import replace

import pytest
from fixtures.errors import raises

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.errors import ModelError
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files.model_file import save_model
from roadsigns.model_files.onnx_file import attach_metadata


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
@pytest.mark.parametrize("change", [{"classes": GTSRB_CLASSES[:42]}, {"image_size": 48}, {"preparation": "box"}])
def test_onnx_file_whose_metadata_is_anothers_is_refused(tmp_path, tiny_onnx, tiny_metadata, change, engine):
    """Classes, sides and the type of its input."""
    path = tmp_path / "model.onnx"
    path.write_bytes(attach_metadata(tiny_onnx.read_bytes(), replace(tiny_metadata, **change)))

    with raises(ModelError, problem="metadata belongs to another network", subject=str(path)):
        Recognizer.load(path, engine=engine)


@pytest.mark.parametrize("change", [{"classes": GTSRB_CLASSES[:42]}, {"image_size": 48}])
def test_model_whose_metadata_is_anothers_is_refused(tmp_path, tiny_network, tiny_metadata, change):
    """Its labels would name the wrong classes."""
    path = tmp_path / "model.keras"
    save_model(tiny_network, replace(tiny_metadata, **change), path)

    with raises(ModelError, problem="metadata belongs to another network"):
        Recognizer.load(path)
