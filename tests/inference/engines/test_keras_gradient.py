"""Gradients of a Keras network's answer."""

import numpy as np
import pytest

from roadsigns.inference.engine import Differentiable
from roadsigns.inference.engines.keras_engine import KerasEngine
from roadsigns.inference.engines.keras_gradient import log_odds_gradients
from roadsigns.inference.recognizer import Recognizer

SIZE = 32


@pytest.fixture(scope="module")
def crops():
    """Two images."""
    return np.random.default_rng(0).uniform(size=(2, SIZE, SIZE, 3)).astype(np.float32)


def log_odds_of(network, crops, class_id, *, num_classes, temperature):
    """The same in NumPy, in double precision."""
    logits = np.log(np.asarray(network(crops), np.float64)[:, :num_classes]) / temperature
    return logits[:, class_id] - np.log(np.exp(np.delete(logits, class_id, axis=1)).sum(axis=1))


@pytest.mark.parametrize("settings", [{"num_classes": 43, "temperature": 1.0}, {"num_classes": 40, "temperature": 2.5}])
def test_gradient_is_the_slope_of_the_log_odds(tiny_network, crops, settings):
    """A small step along it changes them by its length; kinds of unknown are left out, the temperature counts."""
    gradients = log_odds_gradients(tiny_network, crops, 14, **settings)

    assert gradients.shape == crops.shape
    assert gradients.dtype == np.float32
    steps = 0.01 * gradients / np.linalg.norm(gradients.reshape(2, -1), axis=1).reshape(2, 1, 1, 1)
    before, after = (log_odds_of(tiny_network, crops + sign * steps, 14, **settings) for sign in (-1, 1))
    expected = 0.02 * np.linalg.norm(gradients.reshape(2, -1), axis=1)
    np.testing.assert_allclose(after - before, expected, rtol=0.03)


def test_each_image_has_its_own_gradient(tiny_network, crops):
    """Whatever else is in the batch."""
    together = log_odds_gradients(tiny_network, crops, 3, num_classes=43, temperature=1)
    alone = log_odds_gradients(tiny_network, crops[1:], 3, num_classes=43, temperature=1)

    np.testing.assert_allclose(together[1:], alone, atol=1e-5)


def test_only_keras_has_gradients(tiny_run, crops):
    """The other engines are explained by occlusion."""
    in_keras, in_onnxruntime = (Recognizer.load(tiny_run, engine=engine).engine for engine in ("keras", "onnxruntime"))

    assert isinstance(in_keras, Differentiable)
    assert isinstance(in_keras, KerasEngine)
    assert not isinstance(in_onnxruntime, Differentiable)
    assert in_keras.log_odds_gradients(crops, 0).shape == crops.shape
