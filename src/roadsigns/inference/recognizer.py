"""A trained model, ready to use: load it once, predict many images.

from roadsigns import Recognizer

recognizer = Recognizer.load()
for prediction in recognizer.predict(["a.png", "b.png"]):
    print(prediction.name, prediction.probability)

The path of an image, one file per step: `inputs` and `preprocessing/decode` decode it, `preprocessing/crop_transform`
and `preprocessing/prepare` cut its sign out, the engine computes probabilities, and `decide` names the class.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from roadsigns.arguments import as_int
from roadsigns.cpu import available_cores
from roadsigns.errors import ImageError, ModelError
from roadsigns.inference.batches import BATCH, in_batches
from roadsigns.inference.decide import DecisionRule, decide
from roadsigns.inference.engine import CropBatch, Engine
from roadsigns.inference.engines import EngineName, choose_engine, open_engine
from roadsigns.inference.inputs import ImageInput, ImageLike, check_arguments, pair_with_boxes
from roadsigns.inference.ordered_thread_map import ordered_thread_map
from roadsigns.inference.prediction import Prediction
from roadsigns.inference.preparation_lock import preparation_lock
from roadsigns.inference.prepared_batch import prepare_batch
from roadsigns.inference.track import TrackFusion, quality_of
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.model_files.model_file import DEFAULT_MODEL, find_model, read_metadata
from roadsigns.preprocessing.prepare import Preparation
from roadsigns.types import BoxLike, Float32Array, SignClass

__all__ = ["Recognizer"]

# Up to this many images do not wait for threads to start: all cores run them together.
FEW = 16


@dataclass(frozen=True, slots=True)
class Recognizer:
    """A trained network with its preparation and class names. Make one with `Recognizer.load`. Thread-safe.

    Attributes:
        engine: Maps crops to probabilities.
        metadata: The model file's metadata.
        rule: When a sign is called uncertain or unknown.
        threads: How many threads decode, prepare and run the network.
        loaded_with: The arguments of `load`, by which pickling makes it anew in another process; None if it was made
            otherwise, and cannot be pickled.
    """

    engine: Engine
    metadata: ModelMetadata
    rule: DecisionRule
    threads: int = 1
    loaded_with: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        """Return the name of the file, the number of classes and the engine: its metadata are long."""
        name = self.loaded_with["model"].name if self.loaded_with else None
        return f"Recognizer(model={name!r}, classes={len(self.classes)}, engine={self.engine.name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the path of the model, from which the other process loads it: it must find the file there."""
        if self.loaded_with is None:
            raise TypeError("This recogniser was not made by Recognizer.load, so there is no file to load it from.")
        return partial(Recognizer.load, **self.loaded_with), ()

    @classmethod
    def load(
        cls,
        model: str | Path = DEFAULT_MODEL,
        *,
        engine: EngineName = "auto",
        threads: int | None = None,
        expected_images: int | None = None,
        keep: float | None = None,
        coverage: float | None = None,
    ) -> "Recognizer":
        """Load a model.

        Args:
            model: A run folder, a .keras or .onnx file, or the name or alias of a built-in model.
            engine: What runs the network: "onnxruntime", "openvino" or "keras". "auto" is Keras for a run folder or a
                .keras file; for .onnx files and built-in models it is OpenVINO where installed, else ONNX Runtime.
            threads: How many threads work; None for one per core.
            expected_images: How many images will be predicted, if known: for a few, "auto" takes the engine that starts
                fastest instead of the one that computes fastest.
            keep: The share of known signs that is not called unknown, or the next larger one that the model has a
                threshold for: `rule.keep`. None for 0.99, where it has thresholds.
            coverage: The probability, over all known signs, that `candidates` hold the true class; None for 0.999,
                where the model has prediction sets.

        Raises:
            DataError: If `threads` is below 1, or `keep` or `coverage` is no finite number.
            ModelError: If there is no such model or engine, the model does not load, or it has no threshold for `keep`
                or `coverage`.
            TypeError: If one of the numbers is none.
            MissingExtraError: If the engine is not installed.
        """
        threads = available_cores() if threads is None else as_int(threads, "threads", least=1)
        path = find_model(model)
        metadata = read_metadata(path)
        try:
            metadata.as_preparation()
        except ModelError as error:
            raise error.about(str(path)) from error
        rule = DecisionRule.of(metadata, keep=keep, coverage=coverage)
        opened = open_engine(path, metadata, engine, rule, threads=threads, expected_images=expected_images)
        # The engine that was chosen, so that the other process computes in the same way.
        chosen = choose_engine(path, expected_images) if engine == "auto" else engine
        loaded_with = {
            "model": path.absolute(),
            "engine": chosen,
            "threads": threads,
            "keep": keep,
            "coverage": coverage,
        }
        return cls(opened, metadata, rule, threads, loaded_with)

    @property
    def classes(self) -> tuple[SignClass, ...]:
        """The classes in label order."""
        return self.metadata.classes

    @property
    def preparation(self) -> Preparation:
        """How images become the network's input."""
        return self.metadata.as_preparation()

    def predict_one(self, image: ImageLike, *, box: BoxLike | None = None, top_k: int = 1) -> Prediction:
        """Predict one image. See `predict`."""
        return self.predict([image], boxes=[box], top_k=top_k)[0]

    def predict(
        self, images: Sequence[ImageLike], *, boxes: Sequence[BoxLike | None] | None = None, top_k: int = 1
    ) -> list[Prediction]:
        """Predict images of any sizes.

        Args:
            images: Paths, the bytes of image files (bytes, bytearray or memoryview), open files (also `io.BytesIO` and
                Flask's uploads), Pillow images, or arrays: RGB, shape (height, width, 3), uint8. Without a box, each
                shows one sign with about 10 % of background on each side, as in GTSRB.
            boxes: Where the sign is in each image, (x1, y1, x2, y2) in pixels, origin top left, x2 and y2 exclusive.
                The image is then cut to the box and a margin. None takes the whole image. Any four whole numbers do,
                also floats such as 8.0.
            top_k: How many classes to list for each image, at least 1; more than there are lists all.

        Returns:
            One prediction per image, in order.

        Raises:
            ImageError: For the first image that is none, does not decode or does not contain its box.
            TypeError: If `images` is a single image, or `boxes` or `top_k` is of another type.
            ValueError: If there are more or fewer boxes than images, or `top_k` is below 1.
        """
        predictions = []
        for prediction in self.predict_each(images, boxes=boxes, top_k=top_k):
            if isinstance(prediction, ImageError):
                raise prediction
            predictions.append(prediction)
        return predictions

    def predict_each(
        self, images: Iterable[ImageLike], *, boxes: Iterable[BoxLike | None] | None = None, top_k: int = 1
    ) -> Iterator[Prediction | ImageError]:
        """Predict any number of images, batch by batch, in constant memory.

        Args:
            images: See `predict`; iterated in the calling thread, a few batches ahead of the results.
            boxes: See `predict`; iterated together with `images`.
            top_k: See `predict`.

        Returns:
            An iterator: for each image in order its prediction, or the error of an image that could not be read, was
            None or something else that is no image, or had a bad box.

        Raises:
            TypeError: If `images` is a single image, or `boxes` or `top_k` is of another type.
            ValueError: If `top_k` is below 1, or there are more or fewer boxes than images. With iterators, whose
                length is not known, the latter is raised while iterating.
        """
        check_arguments(images, boxes, top_k)
        return self._predict_batches(in_batches(pair_with_boxes(images, boxes), self.threads), top_k)

    def predict_track(
        self, images: Iterable[ImageLike], *, boxes: Iterable[BoxLike | None] | None = None, top_k: int = 1
    ) -> Prediction:
        """Predict one sign by several images of it, such as the frames of a video, with one decision for all of them.

        Args:
            images: See `predict`; any number, at least one, in any order. Larger ones count somewhat more.
            boxes: See `predict`.
            top_k: See `predict`.

        Returns:
            Of a single image what `predict_one` returns.

        Raises:
            ImageError: For the first image that is none, does not decode or does not contain its box.
            TypeError: If `images` is a single image, or `boxes` or `top_k` is of another type.
            ValueError: If there is no image, there are more or fewer boxes than images, or `top_k` is below 1.
        """
        check_arguments(images, boxes, top_k)
        fusion = TrackFusion(self.rule)
        for batch in in_batches(pair_with_boxes(images, boxes), self.threads):
            with preparation_lock():
                prepared = prepare_batch(batch, self.preparation)
            for error in filter(None, prepared.errors):
                raise error
            if prepared.crops is not None:
                for outputs, size in zip(self.outputs(prepared.crops), prepared.sizes, strict=True):
                    fusion.add(outputs, quality_of(*size))
        if not fusion.frames:
            raise ValueError("There are no images. Expected at least one of the sign.")
        return fusion.prediction(top_k)

    def _predict_batches(self, batches: Iterator[list[ImageInput]], top_k: int) -> Iterator[Prediction | ImageError]:
        start = list(islice(batches, 2))
        if len(start) <= 1 and sum(map(len, start)) <= FEW:
            for batch in start:
                yield from self._predict_few(batch, top_k)
            return

        def predict_batch(batch: list[ImageInput]) -> list[Prediction | ImageError]:
            return self._predict_batch(batch, top_k)

        for predictions in ordered_thread_map(predict_batch, chain(start, batches), threads=self.threads):
            yield from predictions

    def _predict_few(self, batch: list[ImageInput], top_k: int) -> list[Prediction | ImageError]:
        """Predict a few images: prepare them in this thread, then run the network on all threads."""
        prepared = prepare_batch(batch, self.preparation)
        if prepared.crops is None:
            return prepared.merge([])
        outputs = self.engine.run_low_latency(prepared.crops)
        return prepared.merge(decide(outputs, self.rule, top_k=top_k))

    def _predict_batch(self, batch: list[ImageInput], top_k: int) -> list[Prediction | ImageError]:
        """Predict one batch of many in this thread, while other threads predict theirs."""
        with preparation_lock():
            prepared = prepare_batch(batch, self.preparation)
        if prepared.crops is None:
            return prepared.merge([])
        outputs = self.engine.run_high_throughput(prepared.crops)
        with preparation_lock():
            return prepared.merge(decide(outputs, self.rule, top_k=top_k))

    def probabilities(self, crops: CropBatch) -> Float32Array:
        """Run the network on prepared crops.

        Args:
            crops: RGB, shape (count, image_size, image_size, 3), of the preparation's `crop_type`: float32 in [0, 1]
                for "tutorial", uint8 for the others.

        Returns:
            Shape (count, num_classes), float32.

        Raises:
            TypeError: If the crops are of another dtype or shape.
        """
        return self.outputs(crops)[:, : len(self.classes)]

    def outputs(self, crops: CropBatch) -> Float32Array:
        """Run the network on prepared crops, see `probabilities`.

        Returns:
            Shape (count, num_classes + kinds), float32: the probabilities of the classes, and after them those of the
            kinds of unknown, if the model has any; see `outputs.separate`.

        Raises:
            TypeError: If the crops are of another dtype or shape.
        """
        expected, size = np.dtype(self.preparation.crop_type), self.preparation.image_size
        found = getattr(crops, "dtype", type(crops).__name__)
        if found != expected or crops.shape[1:] != (size, size, 3):
            raise TypeError(
                f"The crops are of type {found} and shape {np.shape(crops)}. The preparation '{self.preparation.name}' "
                f"makes {expected} of shape (count, {size}, {size}, 3)."
            )
        if len(crops) == 0:
            return np.empty((0, self.metadata.outputs), np.float32)
        if len(crops) <= FEW:
            return self.engine.run_low_latency(crops)
        batches = (crops[start : start + BATCH] for start in range(0, len(crops), BATCH))
        return np.concatenate(list(ordered_thread_map(self.engine.run_high_throughput, batches, threads=self.threads)))
