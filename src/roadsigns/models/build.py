"""Networks by name, to train and to use."""

from functools import partial

import keras

from roadsigns.errors import ModelError
from roadsigns.models.accelerate import accelerate
from roadsigns.models.best import best_network
from roadsigns.models.fast import fast_network, spatial_transformer_network
from roadsigns.models.own_network import NetworkBuilder
from roadsigns.models.tiny import tiny_network
from roadsigns.models.tutorial import tutorial_network
from roadsigns.wording import one_of

__all__ = ["NETWORKS", "build_inference_network", "build_training_network"]

NETWORKS: dict[str, NetworkBuilder] = {
    "best": best_network,
    "fast": fast_network,
    "spatial-transformer": spatial_transformer_network,
    "tiny": tiny_network,
    "tutorial": tutorial_network,
}


def build_training_network(
    network: str | NetworkBuilder, *, num_classes: int, image_size: int, precision: str, seed: int, width: float = 1.0
) -> keras.Model:
    """Build a network to train, with seeded initial weights and layers that train fast.

    Args:
        network: A key of `NETWORKS`, or a function as its values are.
        num_classes: Length of the output.
        image_size: Side of the input in pixels.
        precision: "float32" or "mixed_bfloat16".
        seed: Decides the initial weights. Sets the global random seeds of Python, NumPy and Keras's back-end.
        width: Factor of the channels of a network of `NETWORKS`.

    Raises:
        ModelError: If there is no such network.
    """
    build = _builder(network, width, "Correct model.name in the recipe.")
    keras.utils.set_random_seed(seed)
    policy = keras.DTypePolicy(precision)
    return accelerate(build(num_classes=num_classes, image_size=image_size, dtype=policy))


def build_inference_network(
    network: str | NetworkBuilder, *, num_classes: int, image_size: int, width: float = 1.0
) -> keras.Model:
    """Build the same network in float32, with Keras's own layers wherever there is one.

    Plain Keras loads "tutorial" as it is saved; "fast" once `roadsigns.models.contrast` is imported; "best", "tiny"
    and "spatial-transformer" once `roadsigns.models.spatial_transformer` is imported too.
    Its weights are in the order of the training network's.

    Raises:
        ModelError: If there is no such network.
    """
    build = _builder(network, width, "If a later version of roadsigns wrote the model, install that version.")
    return build(num_classes=num_classes, image_size=image_size, dtype="float32")


def _builder(network: str | NetworkBuilder, width: float, hint: str) -> NetworkBuilder:
    if not isinstance(network, str):
        return network
    if network not in NETWORKS:
        raise ModelError(f"There is no network '{network}'.", expected=one_of(NETWORKS), hint=hint)
    return partial(NETWORKS[network], width=width)
