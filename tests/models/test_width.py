"""Networks of another width than the published one."""

import pytest

from roadsigns.models.build import NETWORKS, build_inference_network
from roadsigns.models.width import scaled


@pytest.mark.parametrize(
    ("channels", "width", "wide"), [(96, 1, 96), (96, 0.5, 48), (48, 0.25, 16), (8, 0.25, 8), (144, 1.3, 184)]
)
def test_channels_are_rounded_to_multiples_of_8(channels, width, wide):
    assert scaled(channels, width) == wide


# As in the model cards and recipes, counted before there was a width.
@pytest.mark.parametrize(
    ("name", "size", "parameters"),
    [
        ("tutorial", 48, 1_358_155),
        ("fast", 32, 534_875),
        ("spatial-transformer", 32, 602_701),
        ("best", 40, 1_048_093),
        ("tiny", 40, 177_449),
    ],
)
def test_width_of_1_is_the_published_network(name, size, parameters):
    """Shape by shape, whether it is given or not."""
    network, same = (
        build_inference_network(name, num_classes=43, image_size=size, **given) for given in ({}, {"width": 1.0})
    )

    assert network.count_params() == parameters
    assert [weight.shape for weight in same.weights] == [weight.shape for weight in network.weights]


@pytest.mark.parametrize("name", NETWORKS)
def test_wider_networks_have_more_weights(name):
    """Of the same layers."""
    sizes = [
        build_inference_network(name, num_classes=5, image_size=32, width=width).count_params()
        for width in (0.25, 1.0, 1.5)
    ]

    assert sizes == sorted(set(sizes))
