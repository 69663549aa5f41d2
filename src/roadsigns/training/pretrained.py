"""The model that is fine-tuned: its preparation and its layers, with a new last layer where the classes differ."""

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roadsigns.arguments import as_path
from roadsigns.datasets.image_checksums import remembered
from roadsigns.datasets.splits import tracks_of
from roadsigns.errors import DataLeakageError, ModelError, RecipeError
from roadsigns.exports.load_source import load_source
from roadsigns.model_files.builtin import full_name
from roadsigns.model_files.metadata import Ancestor, ModelMetadata, weights_checksum
from roadsigns.model_files.model_file import find_model, read_metadata
from roadsigns.recipe import Recipe
from roadsigns.types import DataSet, Sample, SignClass
from roadsigns.user_functions import is_reference
from roadsigns.wording import counted

if TYPE_CHECKING:
    import keras

__all__ = [
    "PretrainedModel",
    "check_pretrained_leakage",
    "complete_recipe",
    "init_override",
    "load_pretrained_weights",
    "read_model",
    "read_pretrained",
]

# Which table of a recipe a model decides, and by which of its values.
DECIDED = {
    ("data", "preparation"): "preparation",
    ("data", "image_size"): "image_size",
    ("data", "margin"): "margin",
    ("model", "name"): "network",
    ("model", "width"): "width",
}


@dataclass(frozen=True, slots=True, eq=False)
class PretrainedModel:
    """A model that is fine-tuned, or learned from.

    Attributes:
        name: As the recipe names it.
        metadata: What its file says of it.
        weights: In the order of the network's, float32.
        outputs: Shapes of what its layers put out, see `_outputs`.
        sha256: Checksum of the weights.
    """

    name: str
    metadata: ModelMetadata
    weights: list[npt.NDArray[np.float32]]
    outputs: list[tuple[int | None, ...]]
    sha256: str

    @property
    def class_names(self) -> tuple[str, ...]:
        """In label order."""
        return tuple(sign.name for sign in self.metadata.classes)

    @property
    def ancestors(self) -> tuple[Ancestor, ...]:
        """The ancestors of a model that is fine-tuned from it, or learns from it."""
        known = self.metadata
        own = Ancestor(self.name, self.sha256, known.source, self.class_names, known.trained_on, known.trained_images)
        return (own, *known.ancestors)


def init_override(model: str) -> str:
    """Return the override of a recipe that names the model to fine-tune. Paths become absolute.

    Raises:
        ModelError: If its name is empty.
    """
    path = as_path(model, "init", ModelError)
    return f"model.init={json.dumps(str(path.resolve()) if path.exists() else full_name(model), ensure_ascii=False)}"


def complete_recipe(recipe: Recipe) -> Recipe:
    """Fill in what the model to fine-tune decides: its full name, network, width, preparation, image size and margin.

    Raises:
        ModelError: If there is no such model.
        RecipeError: If the recipe contradicts the model, or has settings of fine-tuning and names no model.
    """
    if not recipe.model.init:
        if recipe.training.head_epochs:
            epochs = counted(recipe.training.head_epochs, "epoch")
            raise RecipeError(
                f"The recipe trains the last layer alone for {epochs}, but names no model to fine-tune.",
                hint="Name the model: --init MODEL.",
                subject="training.head_epochs",
            )
        return recipe
    metadata = read_metadata(find_model(recipe.model.init))
    if is_reference(metadata.network) and "name" not in recipe.model.model_fields_set:
        raise RecipeError(
            f"The model to fine-tune has a network of its own, '{metadata.network}', and a model file's code is never "
            "imported.",
            hint=f"If you trust it, name it in the recipe: --set model.name={metadata.network}",
            subject=recipe.model.init,
        )
    # A full name, as --init gives it: recipes that name the same model are the same.
    changes: dict[str, dict[str, Any]] = {"data": {}, "model": {"init": full_name(recipe.model.init)}}
    for (table, key), attribute in DECIDED.items():
        own, theirs = getattr(getattr(recipe, table), key), getattr(metadata, attribute)
        if own != theirs and key in getattr(recipe, table).model_fields_set:
            raise RecipeError(
                f"'{table}.{key}' is {own!r} in the recipe and {theirs!r} in the model to fine-tune.",
                hint="Leave it out, since it is taken from the model, or fine-tune another model.",
            )
        changes[table][key] = theirs
    return recipe.model_copy(
        update={table: getattr(recipe, table).model_copy(update=values) for table, values in changes.items()}
    )


def read_pretrained(recipe: Recipe) -> PretrainedModel | None:
    """Read the model that a recipe fine-tunes; None if it trains from random weights.

    Raises:
        ModelError: If there is no such model, or it does not load.
        MissingExtraError: If Keras is not installed, or onnx for an .onnx file.
    """
    return read_model(recipe.model.init) if recipe.model.init else None


def read_model(model: str) -> PretrainedModel:
    """Read a model that a training starts or learns from. See `read_pretrained` for errors."""
    source = load_source(model)
    return PretrainedModel(
        full_name(model),
        source.metadata,
        source.network.get_weights(),
        _outputs(source.network),
        weights_checksum(source.network),
    )


def load_pretrained_weights(network: "keras.Model", initial: PretrainedModel, classes: Sequence[SignClass]) -> None:
    """Give a network the weights of a model: all but the last layer's, and these too if the classes are the same.

    With other classes, other signs are unknown: the model's kinds of unknown would say that GTSRB's signs are none.

    Args:
        network: Of the same architecture, freshly built for `classes`, and for the kinds of unknown where it has more
            outputs; its last layer is a Dense one.
        initial: The model.
        classes: The network's, in label order.

    Raises:
        ModelError: If the weights do not fit.
    """
    own = network.get_weights()
    head = len(network.layers[-1].get_weights())
    last = _last_layer(own[-head:], initial, classes) if head else []
    taken = [*initial.weights[: len(initial.weights) - head], *last]
    shapes, wanted = ([array.shape for array in arrays] for arrays in (taken, own))
    if not head or shapes != wanted or initial.outputs != _outputs(network):
        raise ModelError(
            f"The weights do not fit the network '{network.name}' of this version of roadsigns.",
            hint="Fine-tune another model, or train this one again.",
            subject=initial.name,
        )
    network.set_weights(taken)


def _last_layer(
    own: list[npt.NDArray[np.float32]], initial: PretrainedModel, classes: Sequence[SignClass]
) -> list[npt.NDArray[np.float32]]:
    """The network's own weights where the classes differ; else the model's, as far as it has the outputs."""
    theirs = initial.weights[-len(own) :]
    # Weights of another shape are of another network, which is refused.
    if initial.class_names != tuple(sign.name for sign in classes) or any(
        new.shape[:-1] != old.shape[:-1] for new, old in zip(own, theirs, strict=True)
    ):
        return own
    # Outputs are the last axis: the classes, then the kinds of unknown, where there are some.
    count = min(own[-1].shape[-1], theirs[-1].shape[-1])
    return [np.concatenate([old[..., :count], new[..., count:]], axis=-1) for new, old in zip(own, theirs, strict=True)]


def _outputs(network: "keras.Model") -> list[tuple[int | None, ...]]:
    """Output shapes of layers with weights, without the last: networks with equal weight shapes may differ in them."""
    return [tuple(layer.output.shape) for layer in network.layers[:-1] if layer.get_weights()]


def check_pretrained_leakage(
    initial: PretrainedModel | None, held_out: Sequence[Sample], data: DataSet, *, refuse: bool
) -> bool:
    """Check whether the model that is fine-tuned, or learned from, has seen held-out images or their signs.

    Args:
        initial: That model.
        held_out: The images that validate.
        data: The data set they are from.
        refuse: Raise an error; otherwise warn.

    Returns:
        Whether it has seen any.

    Raises:
        DataLeakageError: If they are, and `refuse`.
    """
    if initial is None:
        return False
    tracks = tracks_of(tuple(held_out))
    learned = initial.metadata.learned_tracks(data.source, [sign.name for sign in data.classes])
    if seen := tracks & (learned or frozenset()):
        what = f"frames of {len(seen)} of the {len(tracks)} signs"
    elif known := remembered(held_out, initial.metadata.learned_images):
        what = f"{len(known)} of the {counted(len({sample.path for sample in held_out}), 'image')}"
    else:
        return False
    message = f"The model '{initial.name}' was trained on {what} that are held out"
    if refuse:
        raise DataLeakageError(
            f"{message}: the metrics would measure its memory.",
            hint="Start or learn from a model that has not seen them, or from none.",
            subject=initial.name,
        )
    warnings.warn(f"{message}: the validation metrics measure its memory.", stacklevel=3)
    return True
