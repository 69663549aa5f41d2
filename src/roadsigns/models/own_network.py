"""A network of the user's own: a function that a recipe names, with its networks checked."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from roadsigns.errors import RecipeError
from roadsigns.user_functions import import_function

__all__ = ["NetworkBuilder", "own_network", "require_usable"]

# Called with num_classes, image_size and dtype, as the functions of this package.
NetworkBuilder = Callable[..., keras.Model]

# By how much probabilities may miss a sum of 1: more than the rounding of a softmax in float32.
TOLERANCE = 1e-3


def own_network(reference: str) -> NetworkBuilder:
    """Return the function behind a name such as "my_module:build". Its networks' shapes and types are checked.

    Raises:
        RecipeError: If there is no such function; when it is called, if it fails or returns something else than a
            functional or sequential model of the right shapes.
    """
    function = import_function(reference)

    def build(*, num_classes: int, image_size: int, dtype: Any) -> keras.Model:
        try:
            network = function(num_classes=num_classes, image_size=image_size, dtype=dtype)
        except Exception as error:
            raise RecipeError(
                f"The function raised {type(error).__name__}: {error}",
                expected="a function build(*, num_classes, image_size, dtype) that returns a network",
                hint="Correct it. --debug shows where.",
                subject=reference,
            ) from error
        _require_shapes(network, reference, num_classes=num_classes, image_size=image_size)
        return network

    return build


def _require_shapes(network: Any, reference: str, *, num_classes: int, image_size: int) -> None:
    if not isinstance(network, keras.Model):
        raise RecipeError(
            f"The function returned a {type(network).__name__}.", expected="a keras.Model", subject=reference
        )
    # A model of another class has methods of its own, which are not saved and cannot be cloned.
    if type(network).__name__ not in ("Sequential", "Functional"):
        raise RecipeError(
            f"The function returned a model of the class {type(network).__name__}.",
            expected="a keras.Sequential, or a keras.Model(inputs, outputs)",
            subject=reference,
        )
    given = getattr(network, "input_shape", None), getattr(network, "output_shape", None)
    wanted = (None, image_size, image_size, 3), (None, num_classes)
    if given != wanted:
        raise RecipeError(
            f"The network maps {given[0]} to {given[1]}.", expected=f"{wanted[0]} to {wanted[1]}", subject=reference
        )
    if (dtype := keras.backend.standardize_dtype(network.outputs[0].dtype)) != "float32":
        raise RecipeError(
            f"The network's output is {dtype}.",
            expected='dtype="float32" for the last layer, whatever that of the others',
            subject=reference,
        )


def require_usable(network: keras.Model, reference: str) -> None:
    """Check that a network of `own_network` gives probabilities, and can be loaded again once it is saved.

    Raises:
        RecipeError: If not.
    """
    try:
        keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(network), safe_mode=True)
    except Exception as error:
        # Keras's own reason stands behind the whole configuration.
        why = str(error).rpartition("Exception encountered: ")[2].partition(". ")[0].removesuffix(".")
        raise RecipeError(
            f"The network could be saved but not loaded again ({why}).",
            expected="Keras's own layers without Lambda, or layers of your own with get_config() and "
            "@keras.saving.register_keras_serializable()",
            subject=reference,
        ) from error
    images = np.random.default_rng(0).random((2, *network.input_shape[1:]), np.float32)
    probabilities = keras.ops.convert_to_numpy(network(images, training=False))
    if not (probabilities >= 0).all() or not np.allclose(probabilities.sum(axis=1), 1, atol=TOLERANCE):
        raise RecipeError(
            f"The network's outputs are no probabilities: they sum to {probabilities[0].sum():.3g}.",
            expected='a last layer such as Dense(num_classes, activation="softmax", dtype="float32")',
            subject=reference,
        )
