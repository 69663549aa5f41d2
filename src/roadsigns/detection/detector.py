"""A detector, ready to use: load it once, find and read the signs of many street photographs.

from roadsigns import Detector

detector = Detector.load()
for sign in detector.detect("street.jpg"):
    print(sign.decision, sign.name if sign.decision == "known" else "-", sign.box)

The path of a picture: `inputs` decodes it as for the recogniser, `find` calls the engine at several scales and returns
boxes, and the recogniser reads what is in them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from roadsigns.arguments import as_float, as_int
from roadsigns.cpu import available_cores
from roadsigns.detection.detected import DetectedImage, DetectedSign, FloatBox, shows_a_sign
from roadsigns.detection.engine import DetectorEngine, choose_detector_engine, open_detector_engine
from roadsigns.detection.find import find_boxes
from roadsigns.errors import ImageError
from roadsigns.inference.engines import EngineName
from roadsigns.inference.inputs import (
    ImageInput,
    ImageLike,
    check_arguments,
    decode_input,
    pair_with_boxes,
    require_rgb,
)
from roadsigns.inference.ordered_thread_map import ordered_thread_map
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.model_files.model_file import DEFAULT_MODEL, find_detector
from roadsigns.model_files.onnx_file import read_detector_file
from roadsigns.types import Box, Float32Array, UInt8Image

__all__ = ["Detector"]

# For detectors whose metadata names no score.
DEFAULT_SCORE = 0.3


@dataclass(frozen=True, slots=True)
class Detector:
    """A trained detector with a recogniser. Make one with `Detector.load`. Thread-safe.

    Attributes:
        engine: Maps pictures to locations.
        metadata: The detector file's metadata.
        recognizer: Reads the signs.
        min_score: From which score a sign is reported, 0 to 1.
        loaded_with: The arguments of `load`, by which pickling makes it anew in another process; None if it was made
            otherwise, and cannot be pickled.
    """

    engine: DetectorEngine
    metadata: DetectorMetadata
    recognizer: Recognizer
    min_score: float = DEFAULT_SCORE
    loaded_with: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        """Return the name of the file, the recogniser, the engine and the score: its metadata are long."""
        name = self.loaded_with["detector"].name if self.loaded_with else None
        return (
            f"Detector(detector={name!r}, engine={self.engine.name!r}, min_score={self.min_score:g}, "
            f"recognizer={self.recognizer!r})"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the paths of both models, from which the other process loads them: it must find the files there."""
        if self.loaded_with is None:
            raise TypeError("This detector was not made by Detector.load, so there is no file to load it from.")
        return partial(Detector.load, **self.loaded_with, recognizer=self.recognizer), ()

    @classmethod
    def load(
        cls,
        detector: str | Path = "detector",
        *,
        recognizer: str | Path | Recognizer = DEFAULT_MODEL,
        engine: EngineName = "auto",
        threads: int | None = None,
        expected_images: int | None = None,
        min_score: float | None = None,
        keep: float | None = None,
        coverage: float | None = None,
    ) -> "Detector":
        """Load a detector and a recogniser.

        Args:
            detector: A run folder, an .onnx file, or the name or alias of a built-in detector.
            recognizer: What reads the signs: a run folder, a .keras or .onnx file, the name or alias of a built-in
                model, or a loaded recogniser, to which `keep` and `coverage` then do not apply.
            engine: What runs both networks: "onnxruntime" or "openvino". "auto" is OpenVINO where installed, else ONNX
                Runtime; for a recogniser's run folder or .keras file Keras.
            threads: How many threads work; None for one per core.
            expected_images: How many pictures will be looked at, if known: for a few, "auto" takes the engine that
                starts fastest instead of the one that computes fastest.
            min_score: From which score a sign is reported, between 0 and 1; None for the one that was chosen on
                held-out scenes when the detector was trained.
            keep: See `Recognizer.load`.
            coverage: See `Recognizer.load`.

        Raises:
            DataError: If `threads` or `min_score` is out of range, or `keep` or `coverage` is no finite number.
            ModelError: If there is no such detector, recogniser or engine, or one does not load, or the recogniser has
                no threshold for `keep` or `coverage`.
            TypeError: If one of the numbers is none.
            MissingExtraError: If the engine is not installed.
        """
        threads = available_cores() if threads is None else as_int(threads, "threads", least=1)
        path = find_detector(detector)
        metadata, content = read_detector_file(path)
        if min_score is None:
            min_score = DEFAULT_SCORE if metadata.min_score is None else metadata.min_score
        else:
            min_score = as_float(min_score, "min_score", above=0, below=1)
        # The engine that was chosen, so that the other process computes in the same way.
        chosen = choose_detector_engine(expected_images) if engine == "auto" else engine
        opened = open_detector_engine(path, content, chosen, threads=threads)
        if not isinstance(recognizer, Recognizer):
            recognizer = Recognizer.load(
                recognizer,
                engine=engine,
                threads=threads,
                expected_images=expected_images,
                keep=keep,
                coverage=coverage,
            )
        loaded_with = {"detector": path.absolute(), "engine": chosen, "threads": threads, "min_score": min_score}
        return cls(opened, metadata, recognizer, min_score, loaded_with)

    def detect(self, image: ImageLike, *, top_k: int = 1) -> tuple[DetectedSign, ...]:
        """Find and read the signs of one picture, of any size.

        Args:
            image: A path, the bytes of an image file, an open file, a Pillow image, or an array: RGB, shape (height,
                width, 3), uint8.
            top_k: How many classes to list for each sign, at least 1.

        Returns:
            The signs, those first that the detector is most sure of; empty where there is none. Boxes in which the
            recogniser sees no sign at all are left out; signs that it does not know are "unknown".

        Raises:
            ImageError: If it is no image or does not decode.
            TypeError, ValueError: If `top_k` is no whole number of at least 1.
        """
        (found,) = self.detect_each([image], top_k=top_k)
        if isinstance(found, ImageError):
            raise found
        return found.signs

    def detect_each(self, images: Iterable[ImageLike], *, top_k: int = 1) -> Iterator[DetectedImage | ImageError]:
        """Find and read the signs of any number of pictures, in constant memory.

        Args:
            images: See `detect`; iterated in the calling thread, a few ahead of the results.
            top_k: See `detect`.

        Returns:
            An iterator: for each picture in order its signs, or the error of one that could not be read.

        Raises:
            TypeError: If `images` is a single picture, or `top_k` is of another type.
            ValueError: If `top_k` is below 1.
        """
        check_arguments(images, None, top_k, for_one="detect")
        return self._detect_each(pair_with_boxes(images, None), top_k)

    def _detect_each(self, inputs: Iterator[ImageInput], top_k: int) -> Iterator[DetectedImage | ImageError]:
        # One thread decodes the next pictures while this one finds and reads.
        for image in ordered_thread_map(_decoded, inputs, threads=1):
            yield image if isinstance(image, ImageError) else self._detect(image, top_k)

    def _detect(self, image: UInt8Image, top_k: int) -> DetectedImage:
        boxes, scores = self.find(image)
        height, width = image.shape[:2]
        rounded = [_whole(box, width, height) for box in boxes]
        predictions = self.recognizer.predict([image] * len(rounded), boxes=rounded, top_k=top_k) if rounded else []
        found = [
            DetectedSign(FloatBox(*box), score, prediction)
            for box, score, prediction in zip(boxes.tolist(), scores.tolist(), predictions, strict=True)
        ]
        signs = tuple(sign for sign in found if shows_a_sign(sign.prediction))
        left_out = tuple(sign for sign in found if not shows_a_sign(sign.prediction))
        return DetectedImage(width, height, signs, left_out)

    def find(self, image: UInt8Image) -> tuple[Float32Array, Float32Array]:
        """Find the signs of one picture, and do not read them.

        Args:
            image: RGB, shape (height, width, 3), uint8.

        Returns:
            x1, y1, x2, y2 in pixels within the picture, shape (signs, 4), and scores, shape (signs,), float32, the
            highest first.

        Raises:
            ImageError: If it is no such array.
        """
        return find_boxes(self.engine.run, require_rgb(image), min_score=self.min_score)


def _decoded(given: ImageInput) -> UInt8Image | ImageError:
    try:
        return decode_input(given)
    except ImageError as error:
        return error.about(given.name)


def _whole(box: Float32Array, width: int, height: int) -> Box:
    """Round a box to whole pixels within the picture, at least one each way."""
    x1, y1, x2, y2 = np.rint(box).astype(int).tolist()
    x1, y1 = min(x1, width - 1), min(y1, height - 1)
    return Box(x1, y1, max(x2, x1 + 1), max(y2, y1 + 1))
