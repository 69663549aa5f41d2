"""Recognising signs."""

import warnings
from collections.abc import Sequence, Sized
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from roadsigns.explanation.explanation import Explanation
    from roadsigns.inference.engines import EngineName
    from roadsigns.inference.inputs import ImageLike
    from roadsigns.inference.prediction import Prediction
    from roadsigns.inference.recognizer import Recognizer
    from roadsigns.types import BoxLike

__all__ = ["explain", "load", "predict"]


def load(
    model: str | Path = "best",
    *,
    engine: "EngineName" = "auto",
    threads: int | None = None,
    keep: float | None = None,
    coverage: float | None = None,
) -> "Recognizer":
    """Load a model. Load it once and predict as often as you like, from any number of threads.

    Args:
        model: The name of a built-in model, a run folder, or a .onnx or .keras file.
        engine: What computes: "onnxruntime", "openvino" or "keras". "auto" takes Keras for a run folder or a .keras
            file, and for the rest OpenVINO where it is installed, else ONNX Runtime.
        threads: How many threads decode, prepare and compute; one per core unless given.
        keep: The share of known signs that is not called unknown; 0.99 unless given, where the model has thresholds.
            Between two shares of the model, the larger one is kept, and a warning says so.
        coverage: The probability, over all known signs, that `candidates` hold the true class; 0.999 unless given,
            where the model has prediction sets.

    Returns:
        The recognizer.

    Raises:
        DataError: If `threads` is below 1, or `keep` or `coverage` is no finite number.
        ModelError: If there is no such model, it does not load, or has no threshold for `keep` or `coverage`.
        TypeError: If one of the numbers is none.
        MissingExtraError: If the engine is not installed.

    Examples:
        >>> import roadsigns
        >>> recognizer = roadsigns.load("fast")
        >>> len(recognizer.classes)
        43
        >>> recognizer.classes[14].name
        'stop'
    """
    from roadsigns.inference.decide import other_share
    from roadsigns.inference.recognizer import Recognizer

    recognizer = Recognizer.load(model, engine=engine, threads=threads, keep=keep, coverage=coverage)
    if told := other_share(recognizer.rule, keep):
        warnings.warn(told, stacklevel=2)
    return recognizer


def predict(
    images: Sequence["ImageLike"],
    *,
    model: str | Path = "best",
    boxes: Sequence["BoxLike | None"] | None = None,
    top_k: int = 1,
) -> "list[Prediction]":
    """Read images of signs with a model that is loaded for this one call. To predict again, `load` it yourself.

    Args:
        images: Paths, the bytes of image files, open files, Pillow images, or arrays: RGB, shape (height, width, 3),
            uint8. Each shows one sign with about a tenth of background on each side, unless it has a box.
        model: The name of a built-in model, a run folder, or a model file.
        boxes: One for each image: the sign in pixels, (x1, y1, x2, y2), origin top left, x2 and y2 exclusive; None for
            an image without a box.
        top_k: How many classes to list for each image, at least 1.

    Returns:
        One prediction per image, in order.

    Raises:
        ImageError: For the first image that is none, does not decode or does not contain its box.
        ModelError: If there is no such model.
        MissingExtraError: If the model is a run folder and Keras is not installed.
        TypeError: If `images` is a single image, or `boxes` or `top_k` is of another type.
        ValueError: If there are more or fewer boxes than images, or `top_k` is below 1.

    Examples:
        >>> import roadsigns
        >>> image = roadsigns.read_dataset("signs").samples[0]
        >>> [prediction] = roadsigns.predict([image.path], boxes=[image.box], top_k=3)
        >>> len(prediction.top_k)
        3
        >>> sorted(prediction.as_dict())
        ['candidates', 'class_id', 'decision', 'known_score', 'name', 'probability', 'top_k', 'unknown_kind']
    """
    from roadsigns.inference.recognizer import Recognizer

    recognizer = Recognizer.load(model, expected_images=len(images) if isinstance(images, Sized) else None)
    return recognizer.predict(images, boxes=boxes, top_k=top_k)


def explain(
    image: "ImageLike",
    *,
    model: "str | Path | Recognizer" = "best",
    box: "BoxLike | None" = None,
    class_id: int | None = None,
) -> "Explanation":
    """Read an image of a sign, and say which parts of it decided.

    Args:
        image: See `predict`.
        model: What `load` returned; or the name of a built-in model, a run folder, or a model file. A run folder's is
            explained by gradients, where Keras runs it, all others by occlusion: parts are hidden and shown alone.
        box: The sign in pixels, see `predict`; None for an image of one sign.
        class_id: The class to explain; None for the one that is predicted.

    Returns:
        The sign as the network sees it, the prediction, and the heat map.

    Raises:
        ImageError: If the image is none, does not decode or does not contain its box.
        ModelError: If there is no such model.
        DataError: If there is no such class.
        MissingExtraError: If the model is a run folder and Keras is not installed.
        TypeError: If an argument is of another type.

    Examples:
        >>> import roadsigns
        >>> recognizer = roadsigns.load("fast")
        >>> sample = roadsigns.read_dataset("signs").samples[0]
        >>> explanation = roadsigns.explain(sample.path, box=sample.box, model=recognizer)
        >>> explanation.heat_map.values.shape
        (32, 32)
        >>> explanation.heat_map.method
        'occlusion'
        >>> from PIL import Image
        >>> Image.fromarray(explanation.picture()).save("why.png")
    """
    from roadsigns.explanation.explanation import explain_image
    from roadsigns.inference.recognizer import Recognizer

    recognizer = model if isinstance(model, Recognizer) else Recognizer.load(model, expected_images=1)
    return explain_image(recognizer, image, box=box, class_id=class_id)
