"""Models on disk: found by folder, file or name; they say what they are without Keras, and plain Keras loads them."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import ModelError
from roadsigns.inference.load_network import load_network
from roadsigns.model_files import model_file
from roadsigns.model_files.builtin import DEFAULT_DETECTOR
from roadsigns.model_files.metadata import weights_checksum
from roadsigns.model_files.model_file import (
    METADATA_MEMBER,
    builtin_models,
    find_detector,
    find_model,
    read_metadata,
    save_model,
)
from roadsigns.onnx_writer.graph import onnx_model

PLAIN_KERAS = """
import sys, keras
network = keras.saving.load_model(sys.argv[1])
assert not any(name.startswith("roadsigns") for name in sys.modules)
print(network.count_params())
"""


@pytest.fixture
def not_a_model(tmp_path, tiny_model, request):
    """Files that are not models of ours, by name."""
    path = tmp_path / "model.keras"
    if request.param == "a plain zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "hello")
    elif request.param == "a truncated model":
        content = tiny_model.read_bytes()
        path.write_bytes(content[: len(content) // 2])
    elif request.param == "a text":
        path.write_text("hello")
    elif request.param == "an empty file":
        path.touch()
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(METADATA_MEMBER, request.param)
    return path


def test_metadata_comes_back_as_it_was_saved(tiny_model, tiny_metadata, tiny_network):
    """Classes, tracks and all; only the checksum is filled in."""
    metadata = read_metadata(tiny_model)

    assert metadata == replace(tiny_metadata, weights_sha256=weights_checksum(tiny_network))
    assert metadata.classes[0].name_de == "Zulässige Höchstgeschwindigkeit 20"


def test_network_comes_back_as_it_was_saved(tiny_model, tiny_network):
    """The same weights and the same probabilities."""
    loaded = load_network(tiny_model)
    images = np.random.default_rng(0).random((3, 32, 32, 3), np.float32)

    assert weights_checksum(loaded) == weights_checksum(tiny_network)
    np.testing.assert_allclose(loaded(images), tiny_network(images), atol=1e-6)


def test_network_of_an_onnx_file_is_built_anew(tmp_path, tiny_network, tiny_metadata):
    """To continue training from it, or to export it; its weights are those of the file."""
    path = tmp_path / "tiny.onnx"
    path.write_bytes(onnx_model(tiny_network, tiny_metadata))

    assert weights_checksum(load_network(path)) == weights_checksum(tiny_network)
    assert read_metadata(path).weights_sha256 == weights_checksum(tiny_network)


def test_plain_keras_loads_the_file(tiny_model, tiny_network):
    """Without roadsigns in the process: the member that is ours is passed over."""
    result = subprocess.run(
        [sys.executable, "-c", PLAIN_KERAS, tiny_model], capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == str(tiny_network.count_params())


def test_checksum_distinguishes_weights(tiny_network):
    """One weight changed by next to nothing is another network."""
    before = weights_checksum(tiny_network)
    weights = tiny_network.get_weights()
    changed = [weights[0] + np.float32(1e-3), *weights[1:]]
    try:
        tiny_network.set_weights(changed)
        assert weights_checksum(tiny_network) != before
    finally:
        tiny_network.set_weights(weights)
    assert weights_checksum(tiny_network) == before


def test_failed_saving_keeps_the_model_that_stood_there(tmp_path, tiny_metadata):
    """All or nothing."""

    class Unsavable:
        def get_weights(self):
            return []

        def save(self, path):
            path.write_bytes(b"half")
            raise OSError("No space left on device")

    path = tmp_path / "model.keras"
    path.write_text("the old one")

    with pytest.raises(OSError, match="No space"):
        save_model(Unsavable(), tiny_metadata, path)

    assert path.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_run_folder_and_file_are_found(tiny_run, tiny_model):
    for model in (tiny_run, str(tiny_run), tiny_model, str(tiny_model)):
        assert find_model(model) == tiny_model


def test_builtin_model_is_found_by_its_name(tiny_model, monkeypatch):
    """Only the name, no suffix."""
    monkeypatch.setattr(model_file, "builtin_models", lambda: {"small": tiny_model})

    assert find_model("small") == tiny_model


def test_builtin_models_are_files_of_ours():
    """Every model in the package says what it is."""
    for name, path in builtin_models().items():
        assert path.stem == name
        assert read_metadata(path).classes


def test_folder_without_a_model_is_refused(tmp_path):
    """A run folder is expected."""
    with raises(ModelError, problem="model.keras", expected="a run folder", subject=str(tmp_path)):
        find_model(tmp_path)


@pytest.mark.parametrize("name", ["MODEL.KERAS", "model.Onnx"])
def test_suffix_in_capitals_is_refused_with_what_to_rename_it_to(tmp_path, name):
    """Whatever reads the file next would take it for another format."""
    path = tmp_path / name
    path.touch()
    wanted = path.with_suffix(path.suffix.lower()).name

    with raises(ModelError, problem=f"ends in '{path.suffix}'", hint=f"Rename the file to {wanted}."):
        find_model(path)


def test_unknown_model_is_refused_with_what_there_is(tiny_model, monkeypatch):
    """The built-in ones are listed, by alias and name; so is their absence."""
    monkeypatch.setattr(model_file, "builtin_models", lambda: {"gtsrb-best-v9": tiny_model, "large": tiny_model})
    with raises(ModelError, problem="'huge'") as raised:
        find_model("huge")
    assert raised.value.hint == "The built-in models are best (gtsrb-best-v9), large."

    monkeypatch.setattr(model_file, "builtin_models", dict)
    with raises(ModelError, problem="'huge'") as raised:
        find_model("huge")
    assert raised.value.hint == "No model is built into this version."


@pytest.mark.parametrize(
    "not_a_model",
    [
        "a plain zip",
        "a truncated model",
        "a text",
        "an empty file",
        "no json",
        "[]",
        "{}",
        '{"classes": [{"id": 3}], "trained_on": []}',
        '{"classes": 5, "trained_on": []}',
    ],
    indirect=True,
)
def test_file_that_is_no_model_of_ours_is_refused(not_a_model):
    """The file is named, and what is expected."""
    with raises(ModelError, problem="not a roadsigns model") as raised:
        read_metadata(not_a_model)
    assert raised.value.subject == str(not_a_model)
    assert "`roadsigns train`" in raised.value.expected


@pytest.mark.parametrize("not_a_model", ["a plain zip", "a truncated model", "a text", "an empty file"], indirect=True)
def test_file_that_does_not_load_is_refused(not_a_model):
    """Keras's own words, in one of our errors."""
    with raises(ModelError, problem="does not load") as raised:
        load_network(not_a_model)
    assert raised.value.subject == str(not_a_model)


def test_metadata_of_a_later_version_is_refused(tmp_path, tiny_model):
    """An unknown key may mean that predictions want something that this version does not do."""
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(tiny_model) as archive:
        values = json.loads(archive.read(METADATA_MEMBER))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(METADATA_MEMBER, json.dumps({**values, "rejection": 2.0}))

    with raises(ModelError, problem="rejection"):
        read_metadata(path)


def test_path_that_cannot_be_looked_up_is_refused():
    """Longer than the file system allows."""
    with raises(ModelError, problem="The model cannot be read: File name too long.", hint="Check the path"):
        find_model("a" * 5000)


@pytest.mark.parametrize("model", [None, 5, b"fast", ["fast"]])
def test_what_is_neither_name_nor_path_is_refused(model):
    with pytest.raises(TypeError, match=r"^'model' is .*Expected the name of a built-in model, or the path"):
        find_model(model)


def test_detector_is_found_in_a_run_folder_as_a_file_or_by_its_alias(tmp_path, monkeypatch):
    path = tmp_path / "detector.onnx"
    with raises(ModelError, problem="contains no detector.onnx", hint="--recipe detector"):
        find_detector(tmp_path)
    path.write_bytes(b"any")

    assert find_detector(tmp_path) == find_detector(path) == find_detector(str(path)) == path

    monkeypatch.setattr(model_file, "builtin_detectors", lambda: {DEFAULT_DETECTOR: path})
    assert find_detector("detector") == find_detector(DEFAULT_DETECTOR) == path


def test_file_of_the_other_kind_is_found_too(tmp_path, tiny_model, monkeypatch):
    """Whoever reads it says what it is."""
    path = tmp_path / "detector.onnx"
    path.write_bytes(b"any")
    monkeypatch.setattr(model_file, "builtin_detectors", lambda: {DEFAULT_DETECTOR: path})

    assert find_model("detector") == find_model(tmp_path) == path
    assert find_detector(tiny_model.parent) == tiny_model


def test_unknown_detector_is_told_beside_those_that_there_are(monkeypatch):
    monkeypatch.setattr(model_file, "builtin_detectors", lambda: {DEFAULT_DETECTOR: Path("any")})
    with raises(ModelError, problem="no detector 'finder'", hint=f"are detector ({DEFAULT_DETECTOR})"):
        find_detector("finder")

    monkeypatch.setattr(model_file, "builtin_detectors", dict)
    with raises(ModelError, problem="no detector 'finder'", hint="No detector is built into this version"):
        find_detector("finder")
