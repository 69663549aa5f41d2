"""Each layer of Keras that is written to ONNX answers as in Keras; others are refused by name."""

import numpy as np
import pytest

from roadsigns.errors import ModelError
from roadsigns.onnx_writer.graph import onnx_model

SIZE = 13
CLASSES = 5


@pytest.fixture(scope="module")
def metadata(box_metadata):
    """That of small networks on bytes."""
    return box_metadata(SIZE, CLASSES)


def chain(*layers):
    """A network of these layers and a softmax, with seeded weights, none of which is 0 or 1."""
    import keras

    last = [keras.layers.Flatten(), keras.layers.Dense(CLASSES, activation="softmax")]
    network = keras.Sequential([keras.Input((SIZE, SIZE, 3)), *layers, *last])
    rng = np.random.default_rng(1)
    network.set_weights([rng.uniform(0.05, 0.3, weight.shape) for weight in network.get_weights()])
    return network


def every_chain():
    """Layers by name, in the ways in which a network may use them."""
    from keras import layers

    yield "a stride over an odd side", [layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")]
    yield "an even kernel", [layers.Conv2D(4, 4, strides=2, padding="same", use_bias=False)]
    yield "dilation", [layers.Conv2D(4, 3, dilation_rate=2, activation="sigmoid")]
    yield "groups", [layers.Conv2D(6, 3, groups=3)]
    yield "max pooling beyond the edge", [layers.MaxPooling2D(2, padding="same")]
    yield "average pooling beyond the edge", [layers.AveragePooling2D(3, strides=2, padding="same")]
    yield "the mean of each channel", [layers.GlobalAveragePooling2D()]
    yield "rescaling and ReLU", [layers.Rescaling(3, offset=-1), layers.ReLU()]
    yield "what is active in training only", [layers.Dropout(0.5), layers.SpatialDropout2D(0.5)]
    yield "batch normalisation", [layers.Conv2D(4, 3, use_bias=False), layers.BatchNormalization()]
    plain = layers.BatchNormalization(center=False, scale=False, epsilon=0.1)
    yield "batch normalisation of features", [layers.Flatten(), layers.Dense(7), plain]
    yield "an activation by itself", [layers.Conv2D(4, 3), layers.Activation("sigmoid")]
    yield "enlarging", [layers.UpSampling2D((2, 3))]
    yield "another shape", [layers.Reshape((-1, 3)), layers.Flatten(), layers.Reshape((3, -1))]
    yield "two dense layers", [layers.Flatten(), layers.Dense(7, activation="relu")]


def test_layers_answer_as_in_keras(ask_onnx, ask_keras, some_crops, metadata):
    """Each type, from bytes."""
    crops = some_crops(3, SIZE)

    for name, layers in every_chain():
        network = chain(*layers)
        answers = ask_onnx(onnx_model(network, metadata), crops)
        np.testing.assert_allclose(answers, ask_keras(network, crops / np.float32(255)), atol=5e-5, err_msg=name)


def test_channels_and_rows_are_joined_as_in_keras(ask_onnx, ask_keras, some_crops, metadata):
    """Of images along each axis, and of features."""
    import keras
    from keras import layers

    images = keras.Input((SIZE, SIZE, 3))
    for axis in (1, 2, 3):
        parts = [layers.Conv2D(3, 3, padding="same", activation="relu")(images) for _ in range(2)]
        rows = [layers.Flatten()(layers.Concatenate(axis=axis)(parts)), layers.GlobalAveragePooling2D()(images)]
        answer = layers.Dense(CLASSES, activation="softmax")(layers.Concatenate()(rows))
        network = keras.Model(images, answer)
        crops = some_crops(2, SIZE)

        answers = ask_onnx(onnx_model(network, metadata), crops)
        np.testing.assert_allclose(answers, ask_keras(network, crops / np.float32(255)), atol=5e-5)


def test_what_cannot_be_written_is_refused_by_name(metadata):
    """Unknown layers, and known ones with options that are not."""
    from keras import layers

    for layer, problem, expected in (
        (layers.Cropping2D(name="smaller"), "'smaller' is of type Cropping2D", "one of Conv2D"),
        (layers.UpSampling2D(interpolation="bilinear"), "interpolates by 'bilinear'", "nearest"),
        (layers.Reshape((SIZE, -1, 1)), "makes images", "one or two numbers"),
        (layers.LayerNormalization(name="normal"), "'normal' is of type LayerNormalization", "one of Conv2D"),
        (layers.BatchNormalization(axis=1), "normalises axis 1 of 4", "the last axis"),
        (layers.Conv2D(2, 3, activation="mish"), "has the activation mish", "one of linear"),
        (layers.Dense(3), "has an input of shape (None, 13, 13, 3)", "(batch, features)"),
        (layers.ReLU(negative_slope=0.1), "has a slope", "a plain ReLU"),
        (layers.ReLU(max_value=6), "a maximum", "a plain ReLU"),
    ):
        with pytest.raises(ModelError) as raised:
            onnx_model(chain(layer), metadata)

        assert problem in raised.value.problem
        assert expected in raised.value.expected


def functional(change):
    """A network of a function of its images, flattened."""
    import keras

    images = keras.Input((SIZE, SIZE, 3))
    flat = keras.layers.Flatten()(change(images))
    return keras.Model(images, keras.layers.Dense(CLASSES, activation="softmax")(flat))


def test_what_is_no_chain_of_layers_is_refused(metadata):
    """Operations without a layer, and a layer that is used twice."""
    from keras import layers, ops

    twice = layers.Conv2D(3, 3, padding="same", name="twice")
    for change, problem in (
        (lambda images: ops.add(images, 1), "The operation 'add"),
        (lambda images: twice(twice(images)), "a layer that is used in several places"),
    ):
        with pytest.raises(ModelError) as raised:
            onnx_model(functional(change), metadata)

        assert problem in raised.value.problem


def test_network_inside_a_network_is_refused(metadata):
    """No network here has one."""
    import keras

    inner = keras.Sequential([keras.layers.Conv2D(3, 3), keras.layers.MaxPooling2D(2)], name="inner")

    with pytest.raises(ModelError) as raised:
        onnx_model(chain(inner), metadata)

    assert "'inner' is of type Sequential" in raised.value.problem
