"""Models sent to the workers: their files as bytes, so that only the machine that starts a job needs to have them."""

import hashlib
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from roadsigns.bulk.detection.fields import DetectionFields
from roadsigns.bulk.fields import PredictionFields
from roadsigns.bulk.stream import detect_entries, predict_entries
from roadsigns.detection.detector import Detector
from roadsigns.inference.engines import EngineName
from roadsigns.inference.recognizer import Recognizer
from roadsigns.shards.process import Reading

__all__ = ["ModelFile", "Models", "load_reading"]


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model as bytes.

    Attributes:
        name: Of its file.
        content: Of its file.
    """

    name: str
    content: bytes

    @classmethod
    def read(cls, path: Path) -> "ModelFile":
        """Read a file."""
        return cls(path.name, path.read_bytes())

    @property
    def checksum(self) -> str:
        """SHA-256 of the content."""
        return hashlib.sha256(self.content).hexdigest()

    def save(self, folder: Path) -> Path:
        """Write the file into a folder, and return its path."""
        path = folder / self.name
        path.write_bytes(self.content)
        return path


@dataclass(frozen=True, slots=True)
class Models:
    """What a worker loads, and how.

    Attributes:
        model: Names signs.
        detector: Finds them; None to name the sign of each image.
        engine: What computes the model, the same in all workers.
        detector_engine: What computes the detector.
        top_k: How many classes to list.
        min_score: See `Detector.load`.
        keep: See `Recognizer.load`.
        coverage: See `Recognizer.load`.
    """

    model: ModelFile
    detector: ModelFile | None
    engine: EngineName
    detector_engine: EngineName
    top_k: int
    min_score: float | None = None
    keep: float | None = None
    coverage: float | None = None

    @property
    def checksums(self) -> dict[str, str]:
        """SHA-256 of each file."""
        files = {"model": self.model, "detector": self.detector}
        return {name: file.checksum for name, file in files.items() if file is not None}


def load_reading(models: Models, *, threads: int) -> Reading:
    """Load models to compute shards with.

    Args:
        models: Their files.
        threads: How many threads compute.

    Raises:
        ModelError: If one does not load.
        MissingExtraError: If its engine is not installed on this machine.
    """
    with tempfile.TemporaryDirectory(prefix="roadsigns-") as folder:
        recognizer = Recognizer.load(
            models.model.save(Path(folder)),
            engine=models.engine,
            threads=threads,
            keep=models.keep,
            coverage=models.coverage,
        )
        if models.detector is None:
            compute = partial(predict_entries, recognizer, top_k=models.top_k)
            return Reading(compute, PredictionFields(recognizer.classes, models.top_k), with_boxes=True)
        (Path(folder) / "detector").mkdir()
        detector = Detector.load(
            models.detector.save(Path(folder) / "detector"),
            recognizer=recognizer,
            engine=models.detector_engine,
            threads=threads,
            min_score=models.min_score,
        )
        find = partial(detect_entries, detector, top_k=models.top_k)
        return Reading(find, DetectionFields(recognizer.classes, models.top_k), with_boxes=False)
