"""The network `tiny`: how small it is, and what it shares with `best`."""

import numpy as np

from roadsigns.models.build import build_inference_network


def test_it_keeps_within_its_size():
    """250,000 parameters at most, and 400 KB in float16."""
    network = build_inference_network("tiny", num_classes=48, image_size=40)

    assert network.count_params() * 2 < 370_000


def test_it_reads_images_through_a_spatial_transformer():
    """That begins with the whole image."""
    network = build_inference_network("tiny", num_classes=43, image_size=40)
    images = np.random.default_rng(0).random((2, 40, 40, 3), np.float32)

    probabilities = network.predict_on_batch(images)

    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert {layer.name for layer in network.layers} >= {"theta", "sampler"}
