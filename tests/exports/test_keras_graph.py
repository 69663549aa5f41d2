"""Scaling and temperature in a Keras graph."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roadsigns.errors import ModelError
from roadsigns.exports.keras_graph import keras_graph
from roadsigns.exports.parity.images import keras_probabilities
from roadsigns.preprocessing.prepare import Preparation, prepare_crop, to_unit


def as_written_down(image, box, *, size, margin, stretched):
    """docs/reference/preparation.md, "box and stretched-box", word by word, as somebody would port it."""
    height, width = image.shape[:2]
    if box:
        left, across, top, down = box[0], box[2] - box[0], box[1], box[3] - box[1]
    else:
        across, down = (max(min(side / 1.2, side - 10), side / 2) for side in (width, height))
        left, top = (width - across) / 2, (height - down) / 2
    if stretched:
        frame_width, frame_height = (1 + 2 * margin) * across, (1 + 2 * margin) * down
    else:
        frame_width = frame_height = (1 + 2 * margin) * max(across, down)
    step_x, step_y = frame_width / size, frame_height / size
    x0 = left + across / 2 - frame_width / 2 + step_x / 2 - 0.5
    y0 = top + down / 2 - frame_height / 2 + step_y / 2 - 0.5
    pixels = image.astype(np.int64)
    while max(step_x, step_y) >= 2 and min(pixels.shape[:2]) >= 2:
        rows, columns = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
        a, b, c, d = (pixels[row:rows:2, column:columns:2] for row in (0, 1) for column in (0, 1))
        pixels = (a + b + c + d + 2) >> 2
        step_x, step_y, x0, y0 = step_x / 2, step_y / 2, x0 / 2 - 0.25, y0 / 2 - 0.25
    x, y = (start + np.arange(size) * step for start, step in ((x0, step_x), (y0, step_y)))
    column, row = np.floor(x).astype(int), np.floor(y).astype(int)
    right, below = (x - column)[None, :, None], (y - row)[:, None, None]

    def at(row, column):
        return pixels[row.clip(0, pixels.shape[0] - 1)][:, column.clip(0, pixels.shape[1] - 1)]

    upper = (1 - right) * at(row, column) + right * at(row, column + 1)
    lower = (1 - right) * at(row + 1, column) + right * at(row + 1, column + 1)
    return np.floor((1 - below) * upper + below * lower + 0.5)


@given(
    height=st.integers(4, 300),
    width=st.integers(4, 300),
    size=st.sampled_from([24, 32, 48]),
    margin=st.sampled_from([-0.05, 0.1, 0.3]),
    boxed=st.booleans(),
    stretched=st.booleans(),
    seed=st.integers(0, 9),
)
def test_preparation_is_what_the_document_says(height, width, size, margin, boxed, stretched, seed):
    """On noise, where every error shows: one level at most, and hardly anywhere."""
    # Stretched from a handful of rows, whole rows of pixels lie half way between two levels.
    assume(not stretched or min(height, width) >= 25)
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    box = (width // 4, height // 3, width // 4 + width // 2 + 1, height // 3 + height // 2 + 1) if boxed else None

    crop = prepare_crop(image, Preparation("stretched-box" if stretched else "box", size, margin), box)
    off = np.abs(crop - as_written_down(image, box, size=size, margin=margin, stretched=stretched))

    assert off.max() <= 1
    # Small pictures have many pixels that lie half way between two levels.
    assert (off > 0).mean() < 0.05


@pytest.mark.parametrize("temperature", [1.0, 0.5, 3.0])
@pytest.mark.parametrize("preparation", ["box", "tutorial"])
def test_scaling_and_temperature_are_in_the_graph(tiny_network, tiny_metadata, temperature, preparation):
    """The graph agrees with scaling and temperature by hand."""
    metadata = replace(tiny_metadata, preparation=preparation, temperature=temperature)
    rng = np.random.default_rng(0)
    crops = (
        rng.integers(0, 256, (3, 32, 32, 3), np.uint8)
        if preparation == "box"
        else rng.random((3, 32, 32, 3), np.float32)
    )
    logits = np.log(np.asarray(tiny_network(to_unit(crops)), np.float64)) / temperature
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    graph = keras_graph(tiny_network, metadata)

    assert graph.inputs[0].dtype == ("uint8" if preparation == "box" else "float32")
    np.testing.assert_allclose(graph(crops), expected, atol=1e-6)
    np.testing.assert_allclose(keras_probabilities(tiny_network, metadata, crops), expected, atol=1e-6)


def test_temperature_leaves_the_network_as_it_was(tiny_network, tiny_metadata):
    """The graph has weights of its own."""
    before = [weight.copy() for weight in tiny_network.get_weights()]

    keras_graph(tiny_network, replace(tiny_metadata, temperature=2.0))

    for weight, old in zip(tiny_network.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, old)


def test_temperature_of_a_last_layer_without_a_bias(tiny_metadata):
    """Its kernel alone is divided."""
    import keras

    layers = [keras.layers.Flatten(), keras.layers.Dense(43, activation="softmax", use_bias=False)]
    network = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Conv2D(2, 9), *layers])

    *before, kernel = keras_graph(network, replace(tiny_metadata, temperature=2.0)).get_weights()

    np.testing.assert_allclose(kernel * 2, network.get_weights()[-1])
    for weight, same in zip(before, network.get_weights()[:-1], strict=True):
        np.testing.assert_array_equal(weight, same)


def test_temperature_needs_logits(tiny_metadata):
    """A network that ends otherwise has none to divide."""
    import keras

    network = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten()], name="flat")

    with pytest.raises(ModelError) as raised:
        keras_graph(network, replace(tiny_metadata, temperature=2.0))

    assert "'flat' has a temperature of 2.0" in raised.value.problem
    assert "softmax" in raised.value.expected
