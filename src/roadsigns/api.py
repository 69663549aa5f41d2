"""The public Python API: what `import roadsigns` offers.

Thin functions over the packages that do the work. Each imports what it needs when it is called, so that
`import roadsigns` is quick, and reading signs loads neither Keras nor what draws, trains and evaluates.
"""

from collections.abc import Iterable, Sequence, Sized
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from roadsigns.arguments import as_float, as_int, as_path, as_text, require_choice, require_texts, require_type
from roadsigns.errors import DataError, ImageError, ModelError, OutputError, RecipeError, RunError

if TYPE_CHECKING:
    from roadsigns.datasets.splits import Split, SplitName
    from roadsigns.evaluation.corruptions.result import CorruptionEvaluation
    from roadsigns.evaluation.evaluation import Evaluation
    from roadsigns.evaluation.leakage import EvaluationSplit
    from roadsigns.inference.engines import EngineName
    from roadsigns.inference.inputs import ImageLike
    from roadsigns.inference.prediction import Prediction
    from roadsigns.inference.recognizer import Recognizer
    from roadsigns.robustness.box_noise import BoxUse
    from roadsigns.training.result import TrainingResult
    from roadsigns.types import BoxLike, DataSet, Float32Array, Sample, TrackKey, UInt8Image

__all__ = [
    "augment",
    "draw_dataset",
    "evaluate",
    "evaluate_corruptions",
    "load",
    "predict",
    "prepare",
    "read_dataset",
    "read_image",
    "recipe_text",
    "split_dataset",
    "tracks_of",
    "train",
]

# The largest seed that NumPy and TensorFlow both take, and the command line too.
MAX_SEED = 2**31 - 1
# A side of more pixels than any network here takes; its square still fits into memory.
MAX_SIDE = 4096
RECIPE = "the name of a recipe, or the path of a .toml file"
OVERRIDES = 'a list such as ["training.epochs=5"]'
SAMPLES = "samples, such as data.samples of a data set"
IMAGES = "an array of prepared images, shape (count, image_size, image_size, 3), floats in [0, 1]"


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
        coverage: The probability that the candidates of an uncertain sign hold the true class; 0.999 unless given,
            where the model has prediction sets.

    Returns:
        The recognizer.

    Raises:
        ModelError: If there is no such model, it does not load, or has no threshold for `keep` or `coverage`.
        MissingExtraError: If the engine is not installed.

    Examples:
        >>> import roadsigns
        >>> recognizer = roadsigns.load("fast")
        >>> len(recognizer.classes)
        43
        >>> recognizer.classes[14].name
        'stop'
    """
    from roadsigns.inference.recognizer import Recognizer

    return Recognizer.load(model, engine=engine, threads=threads, keep=keep, coverage=coverage)


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


def read_dataset(folder: str | Path, *, part: Literal["training", "test"] = "training") -> "DataSet":
    """Read the file names, labels, boxes and tracks of a data folder. No image is decoded.

    Args:
        folder: GTSRB's layout, or one folder per class.
        part: The labelled training images, or the official test images of a folder in GTSRB's layout.

    Returns:
        Samples in path order, and the classes that their labels index.

    Raises:
        DataError: If the folder is missing or holds no images, an annotation file is wrong, or there is no such part.

    Examples:
        >>> import roadsigns
        >>> signs = roadsigns.read_dataset("signs")
        >>> len(signs.samples), len(signs.classes)
        (258, 43)
        >>> signs.samples[0].track
        '00000'
    """
    from roadsigns.datasets.reader import read_test, read_training

    require_choice(part, "part", ("training", "test"))
    path = as_path(folder, "folder")
    return read_test(path) if part == "test" else read_training(path)


def split_dataset(
    data: "DataSet", *, by: "SplitName" = "group", validation_fraction: float = 0.2, seed: int = 0
) -> "Split":
    """Choose which images train and which validate.

    Args:
        data: A data set with labels.
        by: What stays together: "group", groups of look-alike tracks; "track", the frames of one sign; "random",
            nothing, which leaks; "none" trains on everything.
        validation_fraction: Between 0 and 1.
        seed: At least 0. The same samples and seed give the same split.

    Returns:
        The samples of both sides.

    Raises:
        DataError: If nothing would be left on one side, there is no such `by`, or a number is out of range.

    Examples:
        >>> import roadsigns
        >>> split = roadsigns.split_dataset(roadsigns.read_dataset("signs"), by="track", validation_fraction=0.5)
        >>> len(split.train), len(split.validation)
        (129, 129)
        >>> roadsigns.tracks_of(split.train) & roadsigns.tracks_of(split.validation)
        frozenset()
    """
    from roadsigns.datasets.splits import SPLIT_NAMES, split_samples
    from roadsigns.types import DataSet

    require_type(data, "data", DataSet, expected="a data set, as read_dataset returns it")
    require_choice(by, "by", SPLIT_NAMES)
    fraction = as_float(validation_fraction, "validation_fraction", above=0, below=1)
    return split_samples(data.samples, by=by, validation_fraction=fraction, seed=as_int(seed, "seed", least=0))


def tracks_of(samples: "tuple[Sample, ...]") -> "frozenset[TrackKey]":
    """Return the tracks, that is the physical signs, that samples show.

    Args:
        samples: Samples of one data set.

    Returns:
        Their (class_id, track); samples whose track is unknown are left out.

    Examples:
        >>> import roadsigns
        >>> signs = roadsigns.read_dataset("signs")
        >>> len(roadsigns.tracks_of(signs.samples))
        86
    """
    from roadsigns.datasets.splits import tracks_of as tracks_of_samples
    from roadsigns.types import Sample

    require_type(samples, "samples", Iterable, expected=SAMPLES)
    samples = tuple(samples)
    for sample in samples:
        require_type(sample, "samples", Sample, expected=SAMPLES)
    return tracks_of_samples(samples)


def draw_dataset(
    folder: str | Path,
    *,
    tracks: int = 20,
    frames: int = 10,
    test_tracks: int = 0,
    seed: int = 0,
    templates: str | Path | None = None,
) -> int:
    """Draw traffic signs into a new data folder: synthetic images, with boxes and tracks.

    Args:
        folder: A folder that does not exist or is empty.
        tracks: Physical signs per class to train on, at least 1.
        frames: Images of each sign, at least 1.
        test_tracks: Signs per class in the test set; 0 draws none.
        seed: At least 0. The same seed draws the same images.
        templates: A folder with your own signs as SVG or PNG files; GTSRB's 43 classes unless given.

    Returns:
        How many images were drawn.

    Raises:
        DataError: If a number is out of range, or the templates cannot be used.
        OutputError: If the folder holds something already, lies in `templates`, or cannot be written.

    Examples:
        >>> import roadsigns
        >>> roadsigns.draw_dataset("more-signs", tracks=1, frames=2, test_tracks=1)
        172
    """
    from roadsigns.files import require_outside
    from roadsigns.synthesis.dataset import draw_dataset as draw
    from roadsigns.synthesis.designs import official_designs, read_templates

    own = None if templates is None else as_path(templates, "templates")
    target = as_path(folder, "folder", OutputError)
    if own:
        require_outside(target, own, hint="Choose another folder.", kind="template folder")
    return draw(
        target,
        tracks=as_int(tracks, "tracks"),
        frames=as_int(frames, "frames"),
        test_tracks=as_int(test_tracks, "test_tracks"),
        seed=as_int(seed, "seed"),
        designs=read_templates(own) if own else official_designs(),
    )


def read_image(path: str | Path) -> "UInt8Image":
    """Read an image file: PPM, PNG, JPEG, WebP, BMP, TIFF, GIF or AVIF, turned upright as its camera noted.

    Args:
        path: The file.

    Returns:
        RGB, shape (height, width, 3), uint8.

    Raises:
        ImageError: If it cannot be read or does not decode.

    Examples:
        >>> import roadsigns
        >>> image = roadsigns.read_image(roadsigns.read_dataset("signs").samples[0].path)
        >>> image.shape[2], str(image.dtype)
        (3, 'uint8')
    """
    from roadsigns.preprocessing.decode import read_image as read

    return read(as_path(path, "path", ImageError))


def prepare(
    image: "UInt8Image",
    box: "BoxLike | None" = None,
    *,
    preparation: Literal["tutorial", "box", "stretched-box"] = "stretched-box",
    image_size: int = 48,
    margin: float = 0.1,
) -> "Float32Array":
    """Turn an image into a network's input, as training, evaluation and prediction do.

    Args:
        image: RGB, shape (height, width, 3), uint8.
        box: The sign in pixels, (x1, y1, x2, y2), x2 and y2 exclusive. Without one, the image is taken to show a sign
            with GTSRB's border, about a tenth on each side.
        preparation: "tutorial": brightness equalised, central square resized, as in the Keras tutorial. "box": the
            square around the box. "stretched-box": box and margin stretched to a square.
        image_size: Side of the result in pixels.
        margin: Background around the box, as a fraction of its longer side; not used by "tutorial".

    Returns:
        RGB, shape (image_size, image_size, 3), float32 in [0, 1].

    Raises:
        ImageError: If the image is no such array, is smaller than 2x2 pixels, or does not contain the box.
        DataError: If a number is out of range.
        ModelError: If there is no such preparation.

    Examples:
        >>> import roadsigns
        >>> sample = roadsigns.read_dataset("signs").samples[0]
        >>> roadsigns.prepare(roadsigns.read_image(sample.path), sample.box).shape
        (48, 48, 3)
    """
    from roadsigns.inference.inputs import require_rgb
    from roadsigns.preprocessing.prepare import Preparation
    from roadsigns.preprocessing.prepare import prepare as prepare_image

    side = as_int(image_size, "image_size", least=1, most=MAX_SIDE)
    # At -0.5 nothing is left of the box.
    how = Preparation(preparation, side, as_float(margin, "margin", above=-0.5, below=10))
    return prepare_image(require_rgb(image), how, box)


def augment(
    images: "Float32Array", *, recipe: str | Path = "tutorial-augmented", overrides: Sequence[str] = (), seed: int = 0
) -> "Float32Array":
    """Change prepared images at random, as the training of a recipe does: moved, turned, scaled, recoloured.

    Flips are left out, since they can change the label.

    Args:
        images: RGB, shape (count, image_size, image_size, 3), float32 in [0, 1].
        recipe: Name of a recipe, or path of a .toml file; its `[augmentation]` table is used.
        overrides: Such as "augmentation.rotation_degrees=30".
        seed: At least 0. The same images and seed give the same result.

    Returns:
        New images of the same shape, float32 in [0, 1].

    Raises:
        DataError: If the images are not such an array, or the seed is below 0.
        RecipeError: If the recipe or an override makes no sense.

    Examples:
        >>> import numpy as np, roadsigns
        >>> sample = roadsigns.read_dataset("signs").samples[0]
        >>> copies = np.stack([roadsigns.prepare(roadsigns.read_image(sample.path))] * 5)
        >>> roadsigns.augment(copies).shape
        (5, 48, 48, 3)
    """
    import numpy as np

    from roadsigns.augmentation.geometric import affine_matrices
    from roadsigns.augmentation.own_augmentation import own_augmentation
    from roadsigns.augmentation.photometric import augment_photometric
    from roadsigns.preprocessing.crop_transform import resample
    from roadsigns.recipe import load_recipe
    from roadsigns.user_functions import import_function

    require_texts(overrides, "overrides", expected=OVERRIDES)
    name = as_text(recipe, "recipe", RecipeError, expected=RECIPE)
    ranges = load_recipe(name, overrides).augmentation
    rng = np.random.default_rng(as_int(seed, "seed", least=0))
    require_type(images, "images", np.ndarray, expected=IMAGES)
    if images.dtype.kind != "f" or images.ndim != 4 or images.shape[2:] != (images.shape[1], 3):  # noqa: PLR2004
        raise DataError(f"The images have shape {images.shape} and type {images.dtype}.", expected=IMAGES)
    count, image_size = images.shape[:2]
    if ranges.function:
        import_function(ranges.function, recipe=name)
    own = own_augmentation(ranges.function, image_size=image_size)
    changed = np.array(images, np.float32)
    if not ranges.moves_nothing:
        matrices = affine_matrices(ranges, count=count, image_size=image_size, rng=rng)
        for image, matrix, target in zip(changed.copy(), matrices, changed, strict=True):
            resample(image, matrix, image_size=image_size, out=target)
    changed = augment_photometric(changed, ranges, rng)
    return own(changed, rng) if own else changed


def recipe_text(name: str | Path) -> str:
    """Return a recipe as TOML text: everything that decides what a training does.

    Args:
        name: Name of a recipe, or path of a .toml file.

    Raises:
        RecipeError: If there is no such recipe.

    Examples:
        >>> import roadsigns
        >>> "epochs = 30" in roadsigns.recipe_text("tutorial")
        True
    """
    from roadsigns.recipe import recipe_text as text

    return text(as_text(name, "name", RecipeError, expected=RECIPE))


def train(
    data: str | Path,
    *,
    run: str | Path,
    recipe: str | Path | None = None,
    seed: int | None = None,
    overrides: Sequence[str] = (),
    init: str | Path | None = None,
    resume: bool = False,
    cache: bool = True,
) -> "TrainingResult":
    """Train a model and leave a run folder with the model, its history and its metrics.

    Args:
        data: A data folder: GTSRB's layout, or one folder per class.
        run: The folder to create; with `resume`, the run to resume.
        recipe: Name of a recipe, or path of a .toml file; "tutorial-augmented" unless given, with `init` "fine-tune".
        seed: Decides everything random, from 0 to 2**31 - 1; 0 unless given.
        overrides: Recipe values to change, such as "training.epochs=5".
        init: Model to fine-tune: a run folder, a model file, or the name of a built-in model.
        resume: Resume a run that was stopped. It keeps its own recipe and seed.
        cache: Whether decoded images are kept in the user's cache folder, so that the next training starts sooner.

    Returns:
        What the training did. After Ctrl-C it is not complete, and can be resumed.

    Raises:
        DataError: If the data cannot be used, or the seed is out of range.
        RecipeError: If the recipe or an override makes no sense.
        ModelError: If the model to fine-tune cannot be used.
        OutputError: If the run folder or the cache lies in the data folder, or the run folder cannot be written.
        RunError: If the run folder exists already or cannot be resumed.
        MissingExtraError: If Keras is not installed: `pip install 'roadsigns[train]'`.

    Examples:
        >>> import roadsigns
        >>> result = roadsigns.train("signs", run="runs/a", recipe="tutorial", overrides=["training.epochs=1"])
        >>> result.complete, result.model_epoch
        (True, 1)
    """
    from roadsigns.loading.cache import default_cache_folder
    from roadsigns.training.api import train as train_by_recipe

    require_texts(overrides, "overrides", expected=OVERRIDES)
    return train_by_recipe(
        as_path(data, "data"),
        run=as_path(run, "run", RunError),
        recipe=None if recipe is None else as_text(recipe, "recipe", RecipeError, expected=RECIPE),
        seed=None if seed is None else as_int(seed, "seed", least=0, most=MAX_SEED),
        overrides=overrides,
        init=None if init is None else as_text(init, "init", ModelError),
        resume=resume,
        cache_folder=default_cache_folder() if cache else None,
    )


def evaluate(
    model: str | Path,
    data: str | Path,
    *,
    split: "EvaluationSplit" = "test",
    boxes: "BoxUse" = "given",
    allow_seen: bool = False,
    cache: bool = True,
) -> "Evaluation":
    """Measure a model on images of signs that it was not trained on.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        data: A data folder with the model's classes.
        split: "test": the test images. "validation": those that were held out when the model was trained. "all": every
            labelled image outside the test set.
        boxes: "given": the annotated boxes. "none": no boxes. "jittered": boxes whose edges are off by up to 10 %.
        allow_seen: Measure also on signs that the model was trained on; the result then says so.
        cache: Whether decoded images are kept in the user's cache folder.

    Returns:
        Metrics, probabilities and samples.

    Raises:
        ModelError: If the model cannot be used.
        DataError: If there are no such images, split or boxes, or their classes are not the model's.
        DataLeakageError: If the model was trained on these images, or on frames of these signs, unless `allow_seen`.
        OutputError: If the cache lies in the data folder.
        MissingExtraError: If what computes the model is not installed: Keras, for a run folder.

    Examples:
        >>> import roadsigns
        >>> evaluation = roadsigns.evaluate("fast", "signs", split="test")
        >>> evaluation.metrics.images
        129
        >>> evaluation.probabilities.shape
        (129, 43)
    """
    from roadsigns.evaluation.evaluate import evaluate as evaluate_model
    from roadsigns.evaluation.leakage import EVALUATION_SPLITS
    from roadsigns.loading.cache import default_cache_folder
    from roadsigns.robustness.box_noise import BOX_LABELS

    require_choice(split, "split", EVALUATION_SPLITS)
    require_choice(boxes, "boxes", tuple(BOX_LABELS))
    return evaluate_model(
        model,
        as_path(data, "data"),
        split=split,
        boxes=boxes,
        allow_seen=allow_seen,
        cache_folder=default_cache_folder() if cache else None,
    )


def evaluate_corruptions(
    model: str | Path,
    data: str | Path,
    *,
    split: "EvaluationSplit" = "test",
    boxes: "BoxUse" = "given",
    allow_seen: bool = False,
    kinds: Sequence[str] = (),
    frames: int | None = None,
    limit: int | None = None,
    seed: int = 0,
    baseline: str | Path | None = "tutorial-augmented",
) -> "CorruptionEvaluation":
    """Measure a model in bad conditions: noise, blur, weather, JPEG, boxes that are off, ... at five severities each.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        data: A data folder with the model's classes.
        split: See `evaluate`.
        boxes: See `evaluate`.
        allow_seen: Measure also on signs that the model was trained on; the result then says so.
        kinds: Names of corruptions, such as ["JPEG", "fog"]; none for all.
        frames: Read at most so many frames of each track; None for all.
        limit: Read at most so many images, whole tracks at random, the classes in turn; None for all.
        seed: The same seed corrupts the same images in the same way.
        baseline: The model whose errors are the unit of the mean corruption error (mCE); None for none.

    Returns:
        Accuracy, confidence and calibration for each kind and severity, and the mCE.

    Raises:
        ModelError: If a model cannot be used.
        DataError: If there are no such images, split, boxes or kinds, or their classes are not the model's.
        DataLeakageError: If the model was trained on these images, or on frames of these signs, unless `allow_seen`.
        MissingExtraError: If what computes a model is not installed: Keras, for a run folder.

    Examples:
        >>> import roadsigns
        >>> result = roadsigns.evaluate_corruptions("fast", "signs", kinds=["JPEG"], limit=5)
        >>> [(cell.severity, cell.strength) for cell in result.kinds[0].severities]
        [(1, 50), (2, 30), (3, 20), (4, 13), (5, 8)]
    """
    from roadsigns.evaluation.corruptions.evaluate import evaluate_corruptions as evaluate_model
    from roadsigns.evaluation.leakage import EVALUATION_SPLITS
    from roadsigns.robustness.box_noise import BOX_LABELS

    require_choice(split, "split", EVALUATION_SPLITS)
    require_choice(boxes, "boxes", tuple(BOX_LABELS))
    require_texts(kinds, "kinds", expected='a list such as ["JPEG", "fog"]')
    return evaluate_model(
        model,
        as_path(data, "data"),
        split=split,
        boxes=boxes,
        allow_seen=allow_seen,
        kinds=kinds,
        frames=None if frames is None else as_int(frames, "frames", least=1),
        limit=None if limit is None else as_int(limit, "limit", least=1),
        seed=as_int(seed, "seed", least=0, most=MAX_SEED),
        baseline=baseline,
    )
