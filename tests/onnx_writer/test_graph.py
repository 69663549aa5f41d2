"""Keras networks as ONNX files: the same answers, self-contained."""

import json
from dataclasses import replace

import numpy as np
import pytest

from roadsigns.errors import ModelError
from roadsigns.model_files.onnx_file import METADATA_KEY, read_onnx_file
from roadsigns.models.build import NETWORKS, build_inference_network
from roadsigns.onnx_writer.graph import onnx_model

SIZE = 13
CLASSES = 5


@pytest.fixture(scope="module")
def metadata(box_metadata):
    """That of small networks on bytes."""
    return box_metadata(SIZE, CLASSES)


def in_float(crops):
    """As Keras takes them."""
    return crops.astype(np.float32) / 255


@pytest.fixture(scope="module")
def branched():
    """A network with a residual block and squeeze-and-excitation."""
    import keras
    from keras import layers

    images = keras.Input((SIZE, SIZE, 3))
    stem = layers.Conv2D(4, 3, padding="same")(images)
    joined = layers.Add()([stem, layers.Conv2D(4, 3, padding="same", activation="relu")(stem)])
    weights = layers.Conv2D(4, 1, activation="sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(joined))
    weighted = layers.Multiply()([joined, weights])
    features = layers.GlobalAveragePooling2D()(layers.Add()([weighted, joined, stem]))
    return keras.Model(images, layers.Dense(CLASSES, activation="softmax")(features))


@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_branches_are_followed(ask_onnx, ask_keras, some_crops, metadata, branched, temperature):
    crops = some_crops(3, SIZE)
    expected = ask_keras(branched, in_float(crops)) ** (1 / temperature)

    answers = ask_onnx(onnx_model(branched, replace(metadata, temperature=temperature)), crops)

    np.testing.assert_allclose(answers, expected / expected.sum(axis=1, keepdims=True), atol=1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_our_networks_answer_as_in_keras(ask_onnx, ask_keras, some_crops, tiny_metadata, name):
    """From bytes where the preparation is "box", from floats where it is "tutorial"; any number of images."""
    network = build_inference_network(name, num_classes=43, image_size=32)
    # Not the initial weights: a spatial transformer begins as the identity.
    rng = np.random.default_rng(1)
    network.set_weights([weight + rng.normal(0, 0.02, weight.shape) for weight in network.get_weights()])
    box = name != "tutorial"
    metadata = replace(tiny_metadata, preparation="box" if box else "tutorial", image_size=32)
    content = onnx_model(network, metadata)

    for count in (1, 4):
        crops = some_crops(count, 32)
        expected = ask_keras(network, in_float(crops))
        np.testing.assert_allclose(ask_onnx(content, crops if box else in_float(crops)), expected, atol=1e-5)


def test_float16_halves_the_file_and_hardly_changes_the_answers(ask_onnx, some_crops, tiny_network, tiny_metadata):
    """Arithmetic stays in float32."""
    whole, half = (onnx_model(tiny_network, tiny_metadata, float16=float16) for float16 in (False, True))
    images = in_float(some_crops(4, 32))

    assert len(half) < 0.6 * len(whole)
    np.testing.assert_allclose(ask_onnx(half, images), ask_onnx(whole, images), atol=1e-3)


def test_loaded_network_is_written_too(ask_onnx, ask_keras, some_crops, tiny_model, tiny_network, tiny_metadata):
    """The layers of a Sequential that Keras has loaded belong to several graphs."""
    from roadsigns.inference.load_network import load_network

    images = in_float(some_crops(2, 32))

    content = onnx_model(load_network(tiny_model), tiny_metadata)

    np.testing.assert_allclose(ask_onnx(content, images), ask_keras(tiny_network, images), atol=1e-6)


def test_file_carries_its_metadata(tmp_path, tiny_network, tiny_metadata):
    """Readable by us and by any runtime; a missing checksum is filled in."""
    import onnxruntime

    path = tmp_path / "tiny.onnx"
    path.write_bytes(onnx_model(tiny_network, tiny_metadata))

    session = onnxruntime.InferenceSession(str(path))
    assert len(read_onnx_file(path).metadata.weights_sha256) == 64
    assert json.loads(session.get_modelmeta().custom_metadata_map[METADATA_KEY])["temperature"] == 1
    assert [value.name for value in (*session.get_inputs(), *session.get_outputs())] == ["images", "probabilities"]


def test_layer_that_is_used_twice_is_refused(metadata):
    """Keras does not tell which of its inputs is meant."""
    import keras
    from keras import layers

    images = keras.Input((SIZE, SIZE, 3))
    twice = layers.Conv2D(3, 3, padding="same", name="twice")
    network = keras.Model(images, layers.Dense(CLASSES)(layers.Flatten(name="flat")(twice(twice(images)))))

    with pytest.raises(ModelError) as raised:
        onnx_model(network, metadata)

    assert "'flat'" in raised.value.problem
    assert "used in several places" in raised.value.problem


def test_temperature_without_a_softmax_is_refused(metadata):
    """There are no logits that it could divide."""
    import keras
    from keras import layers

    network = keras.Sequential([keras.Input((SIZE, SIZE, 3)), layers.Flatten(), layers.Dense(CLASSES, name="end")])

    with pytest.raises(ModelError) as raised:
        onnx_model(network, replace(metadata, temperature=2.0))

    assert "a temperature of 2.0 and ends in the layer 'end'" in raised.value.problem
    assert "softmax" in raised.value.expected


def test_weights_beyond_float16_are_refused(tiny_network, tiny_metadata):
    """They would become infinite."""
    import keras

    network = keras.models.clone_model(tiny_network)
    network.set_weights([weight * 1e6 for weight in tiny_network.get_weights()])

    with pytest.raises(ModelError) as raised:
        onnx_model(network, tiny_metadata, float16=True)

    assert "65504" in raised.value.expected
    assert "float32" in raised.value.hint
