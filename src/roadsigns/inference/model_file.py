"""Models on disk: one .keras file that also says what its labels mean and what it was trained on.

A .keras file is a zip archive; ours has one member more, `roadsigns.json`, which Keras passes over. So the file can be
loaded with plain Keras, and its metadata be read without Keras.
"""

import hashlib
import json
import logging
import os
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from roadsigns.classes import SignClass
from roadsigns.data.samples import TrackKey
from roadsigns.errors import MissingExtraError, ModelError
from roadsigns.files import replace_when_done
from roadsigns.images.crop import GTSRB_MARGIN
from roadsigns.images.prepare import Preparation

if TYPE_CHECKING:
    import keras

__all__ = [
    "DEFAULT_MODEL",
    "ModelMetadata",
    "builtin_models",
    "find_model",
    "load_network",
    "read_metadata",
    "save_model",
]

METADATA_MEMBER = "roadsigns.json"
RUN_MODEL = "model.keras"
DEFAULT_MODEL = "tutorial-augmented"


@dataclass(frozen=True, slots=True)
class ModelMetadata:
    """What a model file says of itself.

    Attributes:
        network: Name of the architecture.
        recipe: Name of the recipe.
        preparation: Name of the preparation its inputs need.
        image_size: Side of its input in pixels.
        classes: In label order.
        source: The data set it was trained on, such as "GTSRB".
        trained_on: Every (class, track) of `source` of which it has seen an image.
        split: How validation was held out: {"by", "validation_fraction", "seed"}, or {"by", "folds", "fold", "seed"}.
        epoch: How many epochs of training the weights have seen.
        weights_sha256: Checksum of the float32 weights, in order.
        margin: Background around a sign's box, as a fraction of its longer side, where the preparation uses boxes.
    """

    network: str
    recipe: str
    preparation: str
    image_size: int
    classes: tuple[SignClass, ...]
    source: str
    trained_on: frozenset[TrackKey]
    split: dict[str, Any]
    epoch: int
    weights_sha256: str = ""
    margin: float = GTSRB_MARGIN

    def as_preparation(self) -> Preparation:
        """How its inputs are prepared.

        Raises:
            ModelError: If this version does not have that preparation.
        """
        return Preparation(self.preparation, self.image_size, self.margin)


def builtin_models() -> dict[str, Path]:
    """Return the models in the package: {name: file}."""
    folder = Path(str(resources.files("roadsigns") / "builtin"))
    return {path.stem: path for path in sorted(folder.glob("*.keras"))}


def find_model(model: str | Path) -> Path:
    """Return the file of a model given as a run folder, a model file, or the name of a built-in model.

    Raises:
        ModelError: If it is none of these.
    """
    path = Path(model)
    if path.is_dir():
        if (path / RUN_MODEL).is_file():
            return path / RUN_MODEL
        raise ModelError(
            f"The folder {path} holds no {RUN_MODEL}. Expected a run folder; train one with `roadsigns train`."
        )
    if path.is_file():
        return path
    builtin = builtin_models()
    if str(model) in builtin:
        return builtin[str(model)]
    raise ModelError(
        f"There is no model '{model}'. Expected a run folder, a .keras file, or a built-in model: "
        f"{', '.join(builtin) or 'none in this version'}."
    )


def read_metadata(path: Path) -> ModelMetadata:
    """Read what a model file says of itself, without Keras.

    Raises:
        ModelError: If the file is not one of ours.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            values = json.loads(archive.read(METADATA_MEMBER))
        values["classes"] = tuple(SignClass(**sign) for sign in values["classes"])
        values["trained_on"] = frozenset(TrackKey(*key) for key in values["trained_on"])
        return ModelMetadata(**values)
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{path} is not a model of roadsigns ({error}). Expected a .keras file with a {METADATA_MEMBER} inside, "
            "as `roadsigns train` writes it."
        ) from error


def save_model(network: "keras.Model", metadata: ModelMetadata, path: Path) -> None:
    """Write a network and its metadata to one file, all or nothing. The checksum is filled in here.

    Args:
        network: In float32, not compiled.
        metadata: What to say of it.
        path: Ends in .keras.
    """
    values = asdict(metadata)
    values["trained_on"] = sorted(metadata.trained_on)
    values["weights_sha256"] = weights_checksum(network)
    with replace_when_done(path) as temporary:
        network.save(temporary)
        with zipfile.ZipFile(temporary, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(METADATA_MEMBER, json.dumps(values, ensure_ascii=False))


def load_network(path: Path) -> "keras.Model":
    """Load the Keras network of a model file.

    Raises:
        MissingExtraError: If Keras is not installed.
        ModelError: If the file does not load.
    """
    keras = import_keras()
    try:
        return keras.saving.load_model(path, compile=False)
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path} does not load ({error}). Train it again or fetch it again.") from error


def import_keras() -> Any:
    """Import Keras, quietly.

    Raises:
        MissingExtraError: If it is not installed.
    """
    if "keras" in sys.modules:
        return sys.modules["keras"]
    try:
        with _without_start_messages():
            import keras
    except ImportError as error:
        raise MissingExtraError(
            f"This needs Keras and a back-end ({error}). Install them: pip install 'roadsigns[train]'"
        ) from error
    return keras


@contextmanager
def _without_start_messages() -> Iterator[None]:
    """Drop what TensorFlow's libraries say of the CPU when they load; no setting of theirs silences all of it.

    Real trouble is an exception, and TensorFlow's errors from then on still show.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # It warns of a second model, or a last batch of another size, as of a mistake.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:
        # Somebody closed it: there is nothing to silence.
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def weights_checksum(network: "keras.Model") -> str:
    """Return the SHA-256 of a network's weights as float32, in order."""
    digest = hashlib.sha256()
    for array in network.get_weights():
        digest.update(np.ascontiguousarray(array, np.float32).tobytes())
    return digest.hexdigest()
