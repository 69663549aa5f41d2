"""A network that a recipe names: what it must be to be trained, saved and used."""

import keras
import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import RecipeError
from roadsigns.models.build import build_training_network
from roadsigns.models.own_network import own_network, require_usable

START = "\nimages = keras.Input((32, 32, 3))\nvalue = layers.Flatten()(images)\n"


@pytest.fixture
def build_own(own_module):
    """Build the network of a function with this body, and check it."""

    def build(body, dtype="float32"):
        lines = "".join(f"    {line}\n" for line in (START + body).splitlines())
        reference = f"{own_module(f'{chr(10)}def other(*, num_classes, image_size, dtype):{chr(10)}{lines}')}:other"
        network = own_network(reference)(num_classes=5, image_size=32, dtype=dtype)
        require_usable(network, reference)

    return build


def test_own_network_is_trained_with_the_faster_layers(own_module):
    """Ten channels of 7x7 and dropout: no multiple of 4."""
    build = own_network(f"{own_module()}:build")
    require_usable(build(num_classes=5, image_size=31, dtype="float32"), "own")

    trained = build_training_network(build, num_classes=5, image_size=31, precision="mixed_bfloat16", seed=0)
    images = np.random.default_rng(0).random((2, 31, 31, 3), np.float32)

    assert "ByteDropout" in {type(layer).__name__ for layer in trained.layers}
    assert np.isfinite(keras.ops.convert_to_numpy(trained(images, training=True))).all()


@pytest.mark.parametrize(
    ("body", "problem", "expected"),
    [
        ("raise ValueError('too small')", "raised ValueError: too small", "build(*, num_classes"),
        ("return 3", "returned a int", "keras.Model"),
        ("return keras.Model(images, layers.Dense(4)(value))", "to (None, 4)", "to (None, 5)"),
        ("return keras.Model(images, layers.Dense(5)(value))", "no probabilities", "softmax"),
        (
            "return keras.Model(images, layers.Dense(5, 'softmax')(layers.Lambda(lambda x: 2 * x)(value)))",
            "not loaded again",
            "without Lambda",
        ),
        (
            "class Mine(layers.Dense):\n    pass\nreturn keras.Model(images, Mine(5, 'softmax')(value))",
            "Could not locate class 'Mine'",
            "register_keras_serializable",
        ),
        ("class Mine(keras.Model):\n    pass\nreturn Mine()", "of the class Mine", "keras.Sequential"),
    ],
)
def test_network_that_cannot_be_used_is_refused(build_own, body, problem, expected):
    """Before anything is trained."""
    with raises(RecipeError, problem=problem, expected=expected, subject=":other"):
        build_own(body)


def test_probabilities_in_low_precision_are_refused(build_own):
    """The loss would be."""
    with raises(RecipeError, problem="output is bfloat16", expected="last layer"):
        build_own(
            "return keras.Model(images, layers.Dense(5, 'softmax', dtype=dtype)(value))",
            keras.DTypePolicy("mixed_bfloat16"),
        )
