"""Weights come back from an ONNX file as Keras has them, or are refused."""

import numpy as np
import pytest

from roadsigns.errors import ModelError
from roadsigns.models.build import NETWORKS, build_inference_network
from roadsigns.onnx_writer.graph import onnx_model
from roadsigns.onnx_writer.read_weights import stored_weights

SIZE = 13
CLASSES = 5


@pytest.fixture(scope="module")
def metadata(box_metadata):
    """That of small networks on bytes."""
    return box_metadata(SIZE, CLASSES)


def averaged(**options):
    """A convolution, pooling, and the means of its channels, which have as many values for any padding."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((SIZE, SIZE, 3)),
            layers.Conv2D(4, 3, **options),
            layers.MaxPooling2D(2),
            layers.GlobalAveragePooling2D(),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_weights_come_back_in_keras_order_and_layout(box_metadata, name):
    """Unchanged, of every network."""
    network = build_inference_network(name, num_classes=CLASSES, image_size=32)

    weights = stored_weights(onnx_model(network, box_metadata(32, CLASSES)), network)

    for stored, weight in zip(weights, network.get_weights(), strict=True):
        np.testing.assert_array_equal(stored, weight)


def test_weights_of_float16_come_back_rounded(tiny_network, tiny_metadata):
    """In float32; biases are stored as they are."""
    weights = stored_weights(onnx_model(tiny_network, tiny_metadata, float16=True), tiny_network)

    for stored, weight in zip(weights, tiny_network.get_weights(), strict=True):
        assert stored.dtype == np.float32
        np.testing.assert_array_equal(stored, weight if weight.ndim == 1 else weight.astype(np.float16))


def test_weights_of_another_network_are_refused(metadata, tiny_network):
    """By their shapes."""
    with pytest.raises(ModelError) as raised:
        stored_weights(onnx_model(averaged(), metadata), tiny_network)

    assert "no weight 0 of shape (3, 3, 3, 32)" in raised.value.problem
    assert "'tutorial'" in raised.value.expected


@pytest.mark.parametrize("options", [{"padding": "valid"}, {"padding": "same", "strides": 2}])
def test_weights_of_a_network_with_other_padding_or_strides_are_refused(metadata, options):
    """As of another version's network of that name: the shapes of its weights may be the same."""
    content = onnx_model(averaged(padding="same"), metadata)

    assert len(stored_weights(content, averaged(padding="same"))) == 4
    with pytest.raises(ModelError) as raised:
        stored_weights(content, averaged(**options))

    assert "another version" in raised.value.problem
    assert "train its recipe again" in raised.value.hint
