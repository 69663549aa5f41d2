"""A trained model in use: load once, predict many.

from roadsigns import Recognizer

recognizer = Recognizer.load()
for prediction in recognizer.predict(["a.png", "b.png"]):
    print(prediction.name, prediction.probability)
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice, repeat
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from roadsigns.cpu import available_cores
from roadsigns.errors import ImageError, ModelError
from roadsigns.inference.engine import Crops, Engine, EngineName, choose_engine, open_engine
from roadsigns.inference.inputs import BoxLike, ImageLike, crop_of
from roadsigns.inference.ordered_thread_map import in_order
from roadsigns.inference.prediction import ClassProbability, Prediction
from roadsigns.inference.preparation_lock import in_turn
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.model_files.model_file import DEFAULT_MODEL, find_model, read_metadata
from roadsigns.preprocessing.crop_transform import Pixels
from roadsigns.preprocessing.prepare import PREPARATIONS
from roadsigns.types import SignClass

__all__ = ["BATCH", "Recognizer"]

Float32Array: TypeAlias = npt.NDArray[np.float32]
_Numbered: TypeAlias = tuple[int, tuple[ImageLike, BoxLike | None]]
_Run: TypeAlias = Callable[[Crops], Float32Array]

# Images computed together by one thread. More are no faster: their activations leave the core's cache.
BATCH = 32
# Up to so many wait for no thread to start: all cores compute them together.
FEW = 16


@dataclass(frozen=True, slots=True)
class Recognizer:
    """A network with what its labels mean. Make one with `Recognizer.load`; use it from any number of threads.

    Attributes:
        engine: Maps crops to probabilities.
        metadata: What its model file says of it.
        threads: How many decode, prepare and compute.
    """

    engine: Engine
    metadata: ModelMetadata
    threads: int = 1

    @classmethod
    def load(
        cls,
        model: str | Path = DEFAULT_MODEL,
        *,
        engine: EngineName = "auto",
        threads: int | None = None,
        expected_images: int | None = None,
    ) -> "Recognizer":
        """Load a model.

        Args:
            model: A run folder, a .keras or .onnx file, or the name of a built-in model.
            engine: What computes: "onnxruntime", "openvino" or "keras". "auto" is Keras for a run folder and a .keras
                file, and for .onnx files and built-in models OpenVINO where it is installed, else ONNX Runtime.
            threads: How many threads work; None for one on each core.
            expected_images: How many are going to be read, if that is known: for few, "auto" takes what starts soonest
                instead of what computes fastest.

        Raises:
            ModelError: If it is none of these, or does not load, or there is no such engine.
            MissingExtraError: If what the engine needs is not installed.
        """
        threads = available_cores() if threads is None else threads
        if threads < 1:
            raise ValueError(f"threads is {threads}. Expected at least 1.")
        path = find_model(model)
        metadata = read_metadata(path)
        if metadata.preparation not in PREPARATIONS:
            raise ModelError(
                f"{path} wants the preparation '{metadata.preparation}', which this version does not have. "
                f"It has {', '.join(PREPARATIONS)}; install the version of roadsigns that made the model."
            )
        if engine == "auto":
            engine = choose_engine(path, expected_images)
        return cls(open_engine(path, metadata, engine, threads), metadata, threads)

    @property
    def classes(self) -> tuple[SignClass, ...]:
        """The classes in label order."""
        return self.metadata.classes

    def predict_one(self, image: ImageLike, *, box: BoxLike | None = None, top_k: int = 1) -> Prediction:
        """Predict one image. See `predict`."""
        return self.predict([image], boxes=[box], top_k=top_k)[0]

    def predict(
        self, images: Sequence[ImageLike], *, boxes: Sequence[BoxLike | None] | None = None, top_k: int = 1
    ) -> list[Prediction]:
        """Predict images of any sizes.

        Args:
            images: Paths, the bytes of image files, Pillow images, or arrays: RGB, shape (height, width, 3), uint8.
                Each shows one sign, framed as in GTSRB: about 10 % of background on each side.
            boxes: Where the sign is in each, (x1, y1, x2, y2) in pixels, origin top left, x2 and y2 exclusive; the
                image is then cut to the box and GTSRB's margin. None takes the whole image.
            top_k: How many classes to tell of, at most all.

        Returns:
            In the order of `images`.

        Raises:
            ImageError: For the first image that does not decode or does not hold its box.
        """
        if isinstance(images, str | bytes | os.PathLike | Image.Image):
            raise TypeError(f"predict expects a list of images, got one {type(images).__name__}. Use predict_one.")
        if boxes is not None and len(boxes) != len(images):
            raise ValueError(f"Got {len(boxes)} boxes for {len(images)} images. Give one for each; None for no box.")
        predictions = []
        for prediction in self.predict_each(images, boxes=boxes, top_k=top_k):
            if isinstance(prediction, ImageError):
                raise prediction
            predictions.append(prediction)
        return predictions

    def predict_each(
        self, images: Iterable[ImageLike], *, boxes: Iterable[BoxLike | None] | None = None, top_k: int = 1
    ) -> Iterator[Prediction | ImageError]:
        """Predict images one batch after the other, in memory that does not grow with their number.

        Args:
            images: See `predict`; asked for in the calling thread, a few batches ahead of the answers.
            boxes: See `predict`.
            top_k: See `predict`.

        Yields:
            For each image in order, what it shows, or why it could not be read.
        """
        if top_k < 1:
            raise ValueError(f"top_k is {top_k}. Expected at least 1.")
        numbered = enumerate(zip(images, repeat(None) if boxes is None else boxes, strict=False))
        batches = iter(partial(_take, numbered), [])
        first = next(batches, [])
        if len(first) <= FEW and len(first) < BATCH:
            # A short batch is the last one.
            yield from self._predict_batch(first, self.engine.run_alone, top_k)
            return
        work = partial(self._predict_batch, run=self.engine.run_beside, top_k=top_k, turn=in_turn)
        for answers in in_order(work, chain([first], batches), threads=self.threads):
            yield from answers

    def probabilities(self, crops: Crops) -> Float32Array:
        """Run the network.

        Args:
            crops: Prepared, RGB, shape (count, image_size, image_size, 3): of the preparation's `crop_type`, which is
                float32 in [0, 1] for "tutorial", and uint8 for others.

        Returns:
            Shape (count, num_classes), float32.
        """
        expected = np.dtype(self.metadata.as_preparation().crop_type)
        if crops.dtype != expected:
            raise TypeError(
                f"The crops are of type {crops.dtype}. The preparation '{self.metadata.preparation}' gives {expected}."
            )
        if len(crops) <= FEW:
            return self.engine.run_alone(crops) if len(crops) else np.empty((0, len(self.classes)), np.float32)
        batches = (crops[start : start + BATCH] for start in range(0, len(crops), BATCH))
        return np.concatenate(list(in_order(self.engine.run_beside, batches, threads=self.threads)))

    def _predict_batch(
        self,
        batch: list[_Numbered],
        run: _Run,
        top_k: int,
        turn: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> list[Prediction | ImageError]:
        preparation = self.metadata.as_preparation()
        with turn():
            prepared = [crop_of(image, preparation, box, number) for number, (image, box) in batch]
        good = [image for image in prepared if not isinstance(image, ImageError)]
        probabilities = run(_stack(good)) if good else None
        with turn():
            decided = iter(() if probabilities is None else self._decide(probabilities, top_k))
        return [image if isinstance(image, ImageError) else next(decided) for image in prepared]

    def _decide(self, probabilities: Float32Array, top_k: int) -> list[Prediction]:
        # Stable, so that of equal classes the lower number comes first, as with argmax.
        best = np.argsort(-probabilities, axis=1, kind="stable")[:, :top_k]
        values = np.take_along_axis(probabilities, best, axis=1).tolist()
        names = [sign.name for sign in self.classes]
        decided = []
        for indices, row in zip(best.tolist(), values, strict=True):
            top = tuple(map(ClassProbability, indices, [names[index] for index in indices], row))
            decided.append(Prediction(top[0].class_id, top[0].name, top[0].probability, top))
        return decided


def _stack(crops: list[Pixels]) -> Crops:
    # Of one preparation, so of one type.
    return np.stack(crops)  # type: ignore[return-value]


def _take(numbered: Iterator[_Numbered]) -> list[_Numbered]:
    return list(islice(numbered, BATCH))
