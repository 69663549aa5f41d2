"""Distillation: a network learns a teacher's probabilities beside the labels (Hinton, Vinyals and Dean 2015).

The teacher reads each training image as the network does, after augmentation, and says what a label cannot: how alike
the classes are in this image.
"""

from pathlib import Path
from typing import Any

import keras
from keras import ops

from roadsigns.errors import RecipeError
from roadsigns.models.build import build_training_network
from roadsigns.preprocessing.prepare import Preparation
from roadsigns.recipe import Recipe
from roadsigns.training.optimization.data_parallel import in_parts
from roadsigns.training.pretrained import PretrainedModel, read_model
from roadsigns.training.run_folder import RunFolder
from roadsigns.types import DataSet
from roadsigns.user_functions import is_reference

__all__ = ["build_teacher", "read_teacher", "with_teacher"]

# As Keras clips probabilities before it takes their logarithm.
SMALLEST_PROBABILITY = 1e-7


def read_teacher(recipe: Recipe, data: DataSet) -> PretrainedModel | None:
    """Read the model that a recipe learns from; None if it learns from labels alone.

    Raises:
        ModelError: If there is no such model, or it does not load.
        RecipeError: If it has other inputs or outputs than the recipe's network, or a network of its own.
        MissingExtraError: If Keras is not installed, or onnx for an .onnx file.
    """
    if not recipe.distillation.teacher:
        return None
    folder = Path(recipe.distillation.teacher)
    if folder.is_dir() and not RunFolder(folder).model.is_file():
        raise RecipeError(
            "distillation.teacher is a folder without a model.",
            expected="a run folder, a model file or a built-in model; in a cross-validation another one's folder too",
            subject=str(folder),
        )
    teacher = read_model(recipe.distillation.teacher)
    theirs, settings = teacher.metadata, recipe.data
    own, other, decides = settings.as_preparation(), theirs.as_preparation(), bool(theirs.unknown_kinds)
    differences = {
        "other classes": teacher.class_names != tuple(sign.name for sign in data.classes),
        f"the preparation {_described(other)}, not {_described(own)}": other != own,
        f"{'' if decides else 'no '}outputs for what is unknown (negatives.share)": decides
        != bool(recipe.negatives.share),
    }
    if found := [name for name, differs in differences.items() if differs]:
        raise RecipeError(
            f"Unlike the recipe, the teacher has {' and '.join(found)}.",
            hint="Learn from a model of the same classes and preparation, trained with negatives too if this one is.",
            subject=teacher.name,
        )
    if is_reference(theirs.network):
        raise RecipeError(
            f"The teacher has a network of its own, '{theirs.network}', and a model file's code is never imported.",
            hint="Learn from a model of a built-in network.",
            subject=teacher.name,
        )
    return teacher


def _described(preparation: Preparation) -> str:
    return f"'{preparation.name}' of {preparation.image_size} pixels with a margin of {preparation.margin}"


def build_teacher(teacher: PretrainedModel, *, precision: str, parts: int) -> keras.Model:
    """Build the teacher's network with its weights, which stay as they are.

    Args:
        teacher: See `read_teacher`.
        precision: That of the training, "float32" or "mixed_bfloat16".
        parts: See `in_parts`.

    Returns:
        Maps (batch, image_size, image_size, 3), RGB in [0, 1], to the probabilities of classes and kinds together.
    """
    known = teacher.metadata
    network = build_training_network(
        known.network,
        num_classes=known.outputs,
        image_size=known.image_size,
        width=known.width,
        precision=precision,
        seed=0,
    )
    network.set_weights(teacher.weights)
    network.trainable = False
    return in_parts(network, parts)


def with_teacher(network: keras.Model, teacher: keras.Model, weight: float) -> keras.Model:
    """Return a model whose loss is that of the labels and that of the teacher's probabilities, weighted.

    Args:
        network: A functional model of one input and one output. The weights stay its own.
        teacher: Maps the same images to the probabilities of the same outputs.
        weight: The share of the teacher's probabilities in the loss, above 0, at most 1.
    """

    class Taught(keras.Model):  # type: ignore[misc]  # Keras has no types
        # The teacher is not an attribute: Keras would take it for a layer.
        def compute_loss(
            self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
        ) -> Any:
            loss = super().compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=training)
            if x is None:  # Keras's metrics are made with probabilities alone
                return loss
            taught = ops.stop_gradient(teacher(x, training=False))
            logarithms = ops.log(ops.maximum(y_pred, SMALLEST_PROBABILITY))
            return (1 - weight) * loss - weight * ops.mean(ops.sum(taught * logarithms, axis=-1))

    return Taught(network.inputs[0], network.outputs[0], name=network.name)
