"""Squeeze-and-excitation: channels weighted by the whole image."""

import keras
import numpy as np

from roadsigns.models.squeeze_excitation import squeeze_excitation


def test_each_channel_is_multiplied_by_one_number_of_the_image():
    """Between 0 and 1, whatever the place."""
    keras.utils.set_random_seed(0)
    images = keras.Input((5, 4, 8))
    network = keras.Model(images, squeeze_excitation(images, dtype="float32"))
    values = np.random.default_rng(0).uniform(0.5, 1, (3, 5, 4, 8)).astype(np.float32)

    factors = network.predict_on_batch(values) / values

    np.testing.assert_allclose(factors, np.broadcast_to(factors[:, :1, :1], factors.shape), rtol=1e-5)
    assert ((factors > 0) & (factors < 1)).all()
    assert np.ptp(factors[:, 0, 0], axis=0).max() > 1e-4
