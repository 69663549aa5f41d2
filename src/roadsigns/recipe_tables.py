"""The tables of a recipe: which images, which network, how it is trained, and what is drawn."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from roadsigns.preprocessing.crop import GTSRB_MARGIN
from roadsigns.preprocessing.prepare import Preparation
from roadsigns.settings import Settings
from roadsigns.synthesis.settings import Drawing
from roadsigns.user_functions import is_reference

__all__ = [
    "DETECTOR",
    "NETWORK_NAMES",
    "DataSettings",
    "DistillationSettings",
    "DrawingSettings",
    "ModelSettings",
    "SceneSettings",
    "TrainingSettings",
]

# The network that finds signs in street scenes; the others name the sign of an image.
DETECTOR = "detector"
# Those of `roadsigns.models.build`, which imports Keras.
NETWORK_NAMES = ("tutorial", "fast", "spatial-transformer", "best", "tiny")


class DataSettings(Settings):
    """Which images are used for training and validation, and how they are prepared."""

    preparation: Literal["tutorial", "box", "stretched-box"] = Field(
        default="tutorial",
        description="How an image becomes the network's input: as in the Keras tutorial, cropped to a square around "
        "the box, or with box and margin stretched to a square.",
    )
    image_size: int = Field(default=48, ge=32, le=256, description="Side of the network's input in pixels.")
    margin: float = Field(
        default=GTSRB_MARGIN,
        gt=-0.25,
        le=1,
        description="Background around the box, as a fraction of its side. Not used by the tutorial's preparation.",
    )
    split: Literal["group", "track", "random", "none"] = Field(
        default="group",
        description="What is held out as a whole for validation: groups of look-alike tracks, tracks, or single "
        "images. With none, all images are used for training.",
    )
    validation_fraction: float = Field(
        default=0.2, gt=0, lt=1, description="Fraction of the images used for validation."
    )
    train_on: Literal["real", "drawn", "both"] = Field(
        default="real",
        description="Images to train on: real ones, drawn ones, or both. Validation images are never drawn.",
    )

    def as_preparation(self) -> Preparation:
        """How images become the network's input."""
        return Preparation(self.preparation, self.image_size, self.margin)


def _require_network(name: str) -> str:
    known_names = (*NETWORK_NAMES, DETECTOR)
    if name not in known_names and not is_reference(name):
        names = ", ".join(f"'{known}'" for known in known_names)
        expected = f"{names}, or a function of your own such as 'my_module:build'"
        raise PydanticCustomError("literal_error", "{expected}", {"expected": expected})
    return name


class ModelSettings(Settings):
    """The network and its initial weights."""

    name: Annotated[str, AfterValidator(_require_network)] = Field(
        default="tutorial",
        description="Architecture of the network: tutorial, fast, spatial-transformer, best, tiny, a function of your "
        "own, such as my_module:build; or detector, which finds signs in street scenes.",
    )
    width: float = Field(
        default=1.0,
        ge=0.25,
        le=4,
        description="Factor for the number of channels of a built-in network, rounded to multiples of 8. A spatial "
        "transformer keeps its own.",
    )
    init: str = Field(
        default="",
        description="Model to fine-tune: a run folder, a model file or a built-in model. Empty for random weights.",
    )

    @model_validator(mode="after")
    def _has_a_width(self) -> Self:
        if self.width != 1 and is_reference(self.name):
            raise ValueError(
                f"width is {self.width}, and model.name is '{self.name}', which has the channels that its function "
                "gives it: leave out the width"
            )
        return self


class TrainingSettings(Settings):
    """Optimiser, learning rate schedule, and which weights are kept."""

    epochs: int = Field(default=30, ge=1, description="Number of epochs.")
    batch_size: int = Field(default=32, ge=1, description="Number of images in a batch.")
    epoch_fraction: float = Field(
        default=1.0, gt=0, le=1, description="Fraction of the images sampled for each epoch, anew each time."
    )
    epoch_images: int = Field(
        default=0, ge=0, description="Smallest number of images in an epoch; if there are fewer, they are repeated."
    )
    head_epochs: int = Field(
        default=0, ge=0, description="Number of epochs at the start of fine-tuning that train only the last layer."
    )
    class_balance: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Classes are sampled in proportion to their size to the power of 1 minus this value; "
        "with 1, equally.",
    )
    optimizer: Literal["sgd", "adamw"] = Field(default="sgd", description="Optimiser.")
    schedule: Literal["drops", "one-cycle"] = Field(default="drops", description="Learning rate schedule.")
    learning_rate: float = Field(
        default=0.01, gt=0, description='Initial learning rate with "drops", highest with "one-cycle".'
    )
    momentum: float = Field(default=0.9, ge=0, lt=1, description='Momentum of "sgd".')
    nesterov: bool = Field(default=True, description='Nesterov momentum, for "sgd".')
    weight_decay: float = Field(default=0.0, ge=0, description='Decoupled weight decay of "adamw".')
    label_smoothing: float = Field(
        default=0.0, ge=0, lt=1, description="Fraction of the target probability spread evenly over all classes."
    )
    gradient_norm: float = Field(
        default=0.0, ge=0, description="Largest norm of all gradients together; 0 for no limit."
    )
    decay_per_step: float = Field(
        default=1e-6, ge=0, description='With "drops", the learning rate is divided by 1 + decay_per_step * step.'
    )
    drop_factor: float = Field(
        default=0.1, gt=0, le=1, description='With "drops", the factor of each drop of the learning rate.'
    )
    drop_every_epochs: int = Field(default=10, ge=1, description='With "drops", the number of epochs between drops.')
    warm_up: float = Field(
        default=0.25,
        gt=0,
        lt=1,
        description='With "one-cycle", the fraction of the steps before the highest learning rate.',
    )
    keep: Literal["best", "last"] = Field(
        default="best",
        description="Which epoch's weights are saved: the one with the lowest validation loss, or the last.",
    )
    validate_every_epochs: int = Field(
        default=1,
        ge=1,
        description="Epochs from one validation to the next; the last is always validated. Above 1, keep must be "
        '"last".',
    )
    precision: Literal["auto", "float32", "mixed_bfloat16"] = Field(
        default="auto",
        description="Precision of the training; auto chooses mixed bfloat16 if the CPU or GPU is faster with it.",
    )
    deterministic: bool = Field(default=False, description="Bitwise reproducible training, which is slower.")

    @model_validator(mode="after")
    def _can_tell_the_best(self) -> Self:
        if self.keep == "best" and self.validate_every_epochs > 1:
            raise ValueError(
                f'validate_every_epochs is {self.validate_every_epochs} and keep is "best", which needs every epoch '
                'validated: set validate_every_epochs = 1 or keep = "last"'
            )
        return self


class DrawingSettings(Drawing):
    """Drawn signs to train on. A spread is a standard deviation, of the logarithm if the value is a factor."""

    tracks: int = Field(default=100, ge=1, description="Number of tracks drawn for each class.")
    frames: int = Field(default=10, ge=1, description="Number of frames in each track.")
    templates: str = Field(
        default="", description="Folder with templates of your own signs; empty for the 43 classes of GTSRB."
    )


class SceneSettings(Settings):
    """Street scenes to train a detector on, and the crops that are made of them. Used by the detector alone."""

    folds: int = Field(default=5, ge=2, description="Number of folds: runs of neighbouring scenes stay together.")
    held_out: int = Field(
        default=1, ge=0, description="Fold held out for validation, counted from 1; 0 to train on all scenes."
    )
    crop_size: int = Field(
        default=320, ge=64, le=1024, multiple_of=32, description="Side of the crops to train on, in pixels."
    )
    min_scale: float = Field(default=0.4, gt=0, le=1, description="Smallest scale of a scene.")
    max_scale: float = Field(default=2.5, ge=1, le=8, description="Largest scale of a scene.")
    sign_probability: float = Field(
        default=0.7, ge=0, le=1, description="Probability that a crop is cut around one of the signs."
    )
    moved_probability: float = Field(
        default=0.6,
        ge=0,
        le=1,
        description="Probability that photographed signs of other scenes are moved into a crop.",
    )
    copies: int = Field(
        default=1, ge=0, le=4, description="Copies of each scene with drawn signs put into them; each takes 3 MB."
    )


class DistillationSettings(Settings):
    """A teacher: a trained model whose probabilities the network learns beside the labels (Hinton et al. 2015)."""

    teacher: str = Field(
        default="",
        description="Model to learn from: a run folder, a model file or a built-in model, with the same classes and "
        "preparation; in a cross-validation also the folder of another one with the same folds. Empty for none.",
    )
    weight: float = Field(
        default=0.7, gt=0, le=1, description="Share of the loss that the teacher's probabilities have; labels the rest."
    )
