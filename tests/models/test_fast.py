"""The small network of recipe `fast`."""

import keras
import numpy as np
import pytest

from roadsigns.models.build import build_inference_network, build_training_network


@pytest.fixture(scope="module")
def network():
    """For 43 classes, with seeded random weights."""
    keras.utils.set_random_seed(0)
    return build_inference_network("fast", num_classes=43, image_size=32)


def ask(network, images):
    """What it answers, on whichever back-end."""
    return keras.ops.convert_to_numpy(network(images))


def test_it_has_less_than_half_of_the_tutorials_parameters(network):
    """534,875 for 43 classes at 32x32."""
    assert network.count_params() == 534_875


def test_light_changes_nothing(network):
    """Contrast is normalised inside, in levels and in ratios of light: what is darker is the same to the network."""
    images = np.random.default_rng(0).random((3, 32, 32, 3), np.float32)

    np.testing.assert_allclose(ask(network, 0.6 * images), ask(network, images), atol=0.01)


def test_haze_changes_little(network):
    """Ratios of light tell it from none: by less than a fifth of what another picture changes."""
    images = np.random.default_rng(0).random((16, 32, 32, 3), np.float32)
    clear, hazy = ask(network, images), ask(network, 0.6 * images + 0.3)

    assert np.abs(hazy - clear).mean() < 0.2 * np.abs(clear - clear[::-1]).mean()


def test_a_blank_image_has_probabilities(network):
    """No division by its contrast of 0."""
    probabilities = ask(network, np.full((1, 32, 32, 3), 0.5, np.float32))

    assert np.isfinite(probabilities).all()
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)


def test_sides_of_any_even_size_will_do():
    """Larger inputs have more places to look at."""
    network = build_training_network("fast", num_classes=5, image_size=40, precision="float32", seed=0)

    assert network(np.zeros((2, 40, 40, 3), np.float32)).shape == (2, 5)
