"""Keras networks as ONNX: the same answers, from a file of its own."""

from dataclasses import replace

import numpy as np
import pytest

from roadsigns.errors import ModelError
from roadsigns.model_files.onnx_file import METADATA_KEY, read_onnx_file
from roadsigns.models.build import NETWORKS, build_inference_network
from roadsigns.onnx_writer.graph import onnx_model, stored_weights

SIZE = 13
CLASSES = 5


@pytest.fixture(scope="module")
def ort():
    """ONNX Runtime."""
    import onnxruntime

    return onnxruntime


@pytest.fixture(scope="module")
def metadata(tiny_metadata):
    """Of small networks for bytes."""
    return replace(
        tiny_metadata, preparation="box", image_size=SIZE, classes=tiny_metadata.classes[:CLASSES], network="any"
    )


def run(ort, content, crops):
    """What ONNX Runtime answers."""
    return ort.InferenceSession(content).run(None, {"images": crops})[0]


def some_crops(count=3, size=SIZE):
    """Noise."""
    return np.random.default_rng(0).integers(0, 256, (count, size, size, 3), np.uint8)


def ask(network, images):
    """What Keras answers, on whichever back-end."""
    from keras import ops

    return ops.convert_to_numpy(network(images))


def in_float(crops):
    """As Keras takes them."""
    return crops.astype(np.float32) / 255


def chain(*layers):
    """A network of these layers and a softmax, of seeded weights, none of which is 0 or 1."""
    import keras

    last = [keras.layers.Flatten(), keras.layers.Dense(CLASSES, activation="softmax")]
    network = keras.Sequential([keras.Input((SIZE, SIZE, 3)), *layers, *last])
    rng = np.random.default_rng(1)
    network.set_weights([rng.uniform(0.05, 0.3, weight.shape) for weight in network.get_weights()])
    return network


def every_chain():
    """Layers by name; all that the table knows occur here or in the network below."""
    import keras
    from keras import layers

    yield "a stride over an odd side", [layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")]
    yield "an even kernel", [layers.Conv2D(4, 4, strides=2, padding="same", use_bias=False)]
    yield "a hole in the kernel", [layers.Conv2D(4, 3, dilation_rate=2, activation="silu")]
    yield "groups", [layers.Conv2D(6, 3, groups=3, activation="tanh")]
    yield "channels on their own", [layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="gelu")]
    yield "pooling beyond the edge", [layers.MaxPooling2D(2, padding="same")]
    yield "means beyond the edge", [layers.AveragePooling2D(3, strides=2, padding="same")]
    yield "the largest of each channel", [layers.GlobalMaxPooling2D()]
    yield "batch normalisation", [layers.BatchNormalization(epsilon=0.01), layers.ReLU(max_value=6)]
    yield "batch normalisation without a scale", [layers.BatchNormalization(scale=False, center=False)]
    yield "an image normalised", [layers.LayerNormalization(axis=(1, 2, 3), epsilon=0.01)]
    yield "an image normalised, bare", [layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)]
    yield "each pixel normalised", [layers.LayerNormalization(epsilon=0.1)]
    yield "features normalised", [layers.Flatten(), layers.LayerNormalization(center=False, epsilon=0.1)]
    yield "levels changed", [layers.Rescaling(3, offset=-1), layers.Activation("hard_silu")]
    yield "what only training does", [layers.Dropout(0.5), layers.SpatialDropout2D(0.5), layers.GaussianNoise(1.0)]
    inner = keras.Sequential([layers.Conv2D(3, 3, activation="relu"), layers.MaxPooling2D(2)])
    yield "a network in a network", [layers.Conv2D(3, 1), inner]
    yield "odd ends", [layers.Activation("relu6"), layers.Activation("sigmoid"), layers.Activation("hard_sigmoid")]


def test_layers_answer_as_in_keras(ort, metadata):
    """Each kind, in every way in which a network of ours may use it."""
    crops = some_crops()

    for name, layers in every_chain():
        network = chain(*layers)
        answers = run(ort, onnx_model(network, metadata), crops)
        np.testing.assert_allclose(answers, ask(network, in_float(crops)), atol=5e-5, err_msg=name)


@pytest.fixture(scope="module")
def branched():
    """A network that parts and joins."""
    import keras
    from keras import layers

    images = keras.Input((SIZE, SIZE, 3))
    stem = layers.Conv2D(4, 3, padding="same")(images)
    joined = layers.Add()([stem, layers.Conv2D(4, 3, padding="same", activation="relu")(stem)])
    weights = layers.GlobalAveragePooling2D(keepdims=True)(joined)
    weighted = layers.Multiply()([joined, layers.Activation("sigmoid")(weights)])
    both = layers.Concatenate()([weighted, joined])
    logits = layers.Dense(CLASSES)(layers.GlobalAveragePooling2D()(both))
    return keras.Model(images, layers.Softmax()(logits))


def test_branches_are_followed(ort, metadata, branched):
    """Also with a temperature, which finds the softmax by itself."""
    crops = some_crops()
    expected = ask(branched, in_float(crops))
    cooled = expected ** (1 / 2.5)

    np.testing.assert_allclose(run(ort, onnx_model(branched, metadata), crops), expected, atol=1e-6)
    content = onnx_model(branched, replace(metadata, temperature=2.5))
    np.testing.assert_allclose(run(ort, content, crops), cooled / cooled.sum(axis=1, keepdims=True), atol=1e-6)
    for stored, weight in zip(stored_weights(content, branched), branched.get_weights(), strict=True):
        np.testing.assert_array_equal(stored, weight)


@pytest.mark.parametrize("name", NETWORKS)
def test_our_networks_answer_as_in_keras(ort, tiny_metadata, name):
    """From bytes where the preparation is "box", from floats where it is "tutorial"; any number of images."""
    network = build_inference_network(name, num_classes=43, image_size=32)
    # Weights that none starts with, for a transformer starts by doing nothing.
    rng = np.random.default_rng(1)
    network.set_weights([weight + rng.normal(0, 0.02, weight.shape) for weight in network.get_weights()])
    box = name != "tutorial"
    metadata = replace(tiny_metadata, preparation="box" if box else "tutorial", image_size=32)
    content = onnx_model(network, metadata)

    for count in (1, 4):
        crops = some_crops(count, 32)
        expected = ask(network, in_float(crops))
        np.testing.assert_allclose(run(ort, content, crops if box else in_float(crops)), expected, atol=1e-5)


def test_float16_halves_the_file_and_changes_next_to_nothing(ort, tiny_network, tiny_metadata):
    """The weights come back rounded, in Keras's order and layout."""
    whole, half = (onnx_model(tiny_network, tiny_metadata, float16=float16) for float16 in (False, True))
    images = in_float(some_crops(4, 32))

    assert len(half) < 0.6 * len(whole)
    np.testing.assert_allclose(run(ort, half, images), run(ort, whole, images), atol=1e-3)
    for stored, weight in zip(stored_weights(half, tiny_network), tiny_network.get_weights(), strict=True):
        np.testing.assert_array_equal(stored, weight if weight.ndim == 1 else weight.astype(np.float16))


def test_depthwise_weights_come_back(metadata):
    """Of another layout than those of other convolutions."""
    from keras import layers

    network = chain(layers.DepthwiseConv2D(3, depth_multiplier=2))

    for stored, weight in zip(
        stored_weights(onnx_model(network, metadata), network), network.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(stored, weight)


def test_loaded_network_is_written_too(ort, tiny_model, tiny_network, tiny_metadata):
    """Keras gives a loaded chain's layers tensors of other graphs."""
    from roadsigns.inference.load_network import load_network

    images = in_float(some_crops(2, 32))

    content = onnx_model(load_network(tiny_model), tiny_metadata)

    np.testing.assert_allclose(run(ort, content, images), ask(tiny_network, images), atol=1e-6)


def test_file_says_what_it_is(ort, tmp_path, tiny_network, tiny_metadata):
    """To us and to any runtime; the checksum is filled in where there is none."""
    path = tmp_path / "tiny.onnx"
    path.write_bytes(onnx_model(tiny_network, tiny_metadata))

    session = ort.InferenceSession(str(path))
    assert len(read_onnx_file(path).metadata.weights_sha256) == 64
    assert '"temperature": 1.0' in session.get_modelmeta().custom_metadata_map[METADATA_KEY]
    assert [value.name for value in (*session.get_inputs(), *session.get_outputs())] == ["images", "probabilities"]


def test_unknown_layers_are_refused_by_name(metadata):
    """And what is known of, but not in this way."""
    from keras import layers

    for layer, message in (
        (layers.UpSampling2D(name="larger"), "The layer 'larger' is of type UpSampling2D, .* Known are: Conv2D"),
        (layers.Conv2D(2, 3, activation="mish"), "has the activation mish"),
        (layers.Dense(3), "has an input of shape .* Expected it flat"),
        (layers.LayerNormalization(axis=1), "normalises over axes"),
        (layers.BatchNormalization(axis=1), "normalises over axis 1"),
        (layers.ReLU(negative_slope=0.1), "uncommon ReLU"),
    ):
        with pytest.raises(ModelError, match=message):
            onnx_model(chain(layer), metadata)


def test_layer_that_is_used_twice_is_refused(metadata):
    """Which of its inputs it tells of is anyone's guess."""
    import keras
    from keras import layers

    images = keras.Input((SIZE, SIZE, 3))
    twice = layers.Conv2D(3, 3, padding="same", name="twice")
    network = keras.Model(images, layers.Dense(CLASSES)(layers.Flatten()(twice(twice(images)))))

    with pytest.raises(ModelError, match=r"'flatten.*' takes comes from a layer that is used in several places"):
        onnx_model(network, metadata)


def test_temperature_without_a_softmax_is_refused(metadata):
    """There are no logits that it could divide."""
    import keras
    from keras import layers

    network = keras.Sequential([keras.Input((SIZE, SIZE, 3)), layers.Flatten(), layers.Dense(CLASSES, name="end")])

    with pytest.raises(ModelError, match=r"temperature of 2\.0 and ends in 'end'"):
        onnx_model(network, replace(metadata, temperature=2.0))


def test_weights_beyond_float16_are_refused(metadata):
    """They would become infinite."""
    network = chain()
    network.set_weights([weight * 1e6 for weight in network.get_weights()])

    with pytest.raises(ModelError, match="beyond float16's 65504"):
        onnx_model(network, metadata, float16=True)


def test_weights_of_another_network_are_refused(metadata, tiny_network):
    """By their number and their shapes."""
    with pytest.raises(ModelError, match="has no weight 0 of shape"):
        stored_weights(onnx_model(chain(), metadata), tiny_network)


def test_weights_of_a_network_that_goes_over_its_images_otherwise_are_refused(metadata):
    """As of a version whose network of that name padded or pooled: the shapes of its weights may be the same."""
    from keras import layers

    def averaged(**options):
        return chain(layers.Conv2D(4, 3, **options), layers.MaxPooling2D(2), layers.GlobalAveragePooling2D())

    content = onnx_model(averaged(padding="same"), metadata)

    assert len(stored_weights(content, averaged(padding="same"))) == 4
    for other in (averaged(padding="valid"), averaged(padding="same", strides=2)):
        with pytest.raises(ModelError, match="pads or pools otherwise: it is of another version"):
            stored_weights(content, other)
