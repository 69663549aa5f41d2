"""A network cloned for training, with faster layers in place of some of Keras's."""

import keras
from keras import layers

from roadsigns.models.byte_dropout import ByteDropout
from roadsigns.models.product_gradient import ProductGradientConv2D

__all__ = ["accelerate"]


def accelerate(network: keras.Model) -> keras.Model:
    """Clone a network for training, with faster layers of the same effect.

    Dropout draws random bytes instead of floats. On TensorFlow, convolutions compute the gradient of their kernel as
    one matrix product where that was measured to be faster; on other back-ends it was not measured.

    Args:
        network: A functional or sequential model. It is not changed.

    Returns:
        A network of the same architecture, with the same weights in the same order and the same dtype policies. Train
        it, and give its weights to a network of Keras's own layers to save them.
    """
    faster = keras.models.clone_model(network, clone_function=_faster_layer)
    # The clone's initialisers have drawn weights of their own.
    faster.set_weights(network.get_weights())
    return faster


def _faster_layer(layer: keras.layers.Layer) -> keras.layers.Layer:
    kind = type(layer)
    if kind is layers.SpatialDropout2D or (kind is layers.Dropout and layer.noise_shape is None):
        channels = kind is layers.SpatialDropout2D
        return ByteDropout(layer.rate, channels=channels, seed=layer.seed, name=layer.name, dtype=layer.dtype_policy)
    # The gradient of a 1x1 kernel is one matrix product already.
    if kind is layers.Conv2D and layer.kernel_size != (1, 1) and keras.backend.backend() == "tensorflow":
        kind = ProductGradientConv2D
    return kind.from_config(layer.get_config())
