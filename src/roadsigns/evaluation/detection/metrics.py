"""The figures of a detector as typed results; see `compute_detection`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from roadsigns.evaluation.detection.curves import Floats, FrocCurve
from roadsigns.evaluation.detection.intervals import Estimate
from roadsigns.evaluation.detection.mistakes import Mistake
from roadsigns.evaluation.intervals import LEVEL

__all__ = ["FALSE_PER_IMAGE", "ClassNaming", "DetectionMetrics", "Finding", "Naming", "SizeRecall"]

# The price at which recall is told: one false sign in ten images. The others are points of the curve in the JSON file.
FALSE_PER_IMAGE = 0.1
CURVE_POINTS = (0.01, 0.03, FALSE_PER_IMAGE, 0.3, 1.0)


@dataclass(frozen=True, slots=True)
class SizeRecall:
    """How many signs of one size are found, at `FALSE_PER_IMAGE` false signs per image.

    Attributes:
        smallest: The shorter side of the box, pixels.
        below: The shorter side is less than that; None where there is no end.
        signs: Number of signs.
        found: How many of them are found.
        recall: Fraction; None without signs.
    """

    smallest: int
    below: int | None
    signs: int
    found: int
    recall: Estimate | None


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """How well signs are found, whatever they are called. An overlap of 0.5 is found unless said otherwise.

    Attributes:
        signs: Number of signs to be found.
        ignored: Number of labelled signs that need not be found.
        ap50: Average precision; None without signs.
        ap50_95: Mean of the average precisions at overlaps of 0.5, 0.55, to 0.95; None without signs.
        recall: The share that is found with at most `FALSE_PER_IMAGE` false signs per image; None without signs.
        recall_threshold: The highest score that gives this recall; None where no threshold has as few false signs.
        recall_in_use: The share that is found at the threshold of the result; None without signs.
        sizes: Recall by size, small to large.
        from_20: Recall of all signs of 20 pixels or more.
        missed: Number of signs that are not found at the threshold of the result.
        false: Number of detections that are no sign, at that threshold.
        false_per_image: That number per image.
        precision: The interpolated precision at each of `RECALLS`, shape (101,); None without signs.
        froc: Recall against false signs per image.
    """

    signs: int
    ignored: int
    ap50: Estimate | None
    ap50_95: Estimate | None
    recall: Estimate | None
    recall_threshold: float | None
    recall_in_use: Estimate | None
    sizes: tuple[SizeRecall, ...]
    from_20: SizeRecall
    missed: int
    false: int
    false_per_image: Estimate | None
    precision: Floats | None
    froc: FrocCurve

    def as_dict(self) -> dict[str, object]:
        """Return the figures for JSON, with five points of the curve in place of all."""
        values = _plain(self, left_out=("precision", "froc", "sizes", "from_20"))
        points = [
            {"false_per_image": rate, "recall": self.froc.recall_at(rate) if self.signs else None}
            for rate in CURVE_POINTS
        ]
        sizes = [asdict(size) for size in self.sizes]
        return {**values, "sizes": sizes, "from_20": asdict(self.from_20), "froc": points}


@dataclass(frozen=True, slots=True)
class ClassNaming:
    """The signs of one class at the threshold of the result, and the detections that are named so.

    Attributes:
        class_id: The label.
        name: The class's name.
        signs: Number of signs to be found.
        ap50: Average precision; None without signs.
        right: Signs that are found and named rightly.
        misread: Signs that are found and named as another class.
        unknown: Signs that are found, with the decision `unknown`.
        missed: Signs that are not found.
        false: Detections that are named as this class where no sign of any class is labelled.
    """

    class_id: int
    name: str
    signs: int
    ap50: float | None
    right: int
    misread: int
    unknown: int
    missed: int
    false: int


@dataclass(frozen=True, slots=True)
class Naming:
    """How well signs are found and named, end to end. Decisions `unknown` are dropped.

    Attributes:
        map50: Mean of the average precisions of the classes that occur; None where none does.
        classes: In label order.
        false_per_image: Falsely named detections per image, at the threshold of the result.
        empty_images: Number of images without a labelled sign of any class.
        false_in_empty: Number of named detections in them, at that threshold.
    """

    map50: Estimate | None
    classes: tuple[ClassNaming, ...]
    false_per_image: Estimate | None
    empty_images: int
    false_in_empty: int

    @property
    def signs(self) -> int:
        """Number of signs to be found and named."""
        return sum(one.signs for one in self.classes)

    @property
    def occurring(self) -> int:
        """Number of classes that occur."""
        return sum(one.signs > 0 for one in self.classes)

    def total(self, outcome: str) -> int:
        """Return the sum over classes of "right", "misread", "unknown", "missed" or "false"."""
        return sum(getattr(one, outcome) for one in self.classes)

    def as_dict(self) -> dict[str, object]:
        """Return the figures for JSON."""
        totals = {name: self.total(name) for name in ("right", "misread", "unknown", "missed", "false")}
        values = _plain(self, left_out=("classes",))
        classes = [asdict(one) for one in self.classes]
        return {"signs": self.signs, "classes_occurring": self.occurring, **values, **totals, "classes": classes}


@dataclass(frozen=True, slots=True, eq=False)
class DetectionMetrics:
    """All figures of a detector on some scenes.

    Attributes:
        images: Number of scenes.
        runs: Number of runs of neighbouring scenes, which the intervals resample.
        resamples: How many times.
        threshold: The score from which a detection counts in all numbers of missed, misread and false signs; None
            where nothing counts, since no threshold has as few false signs as `FALSE_PER_IMAGE`.
        finding: Signs found, whatever they are called.
        naming: Signs found and named; None where nothing names them.
        mistakes: Every missed, misread, unknown and false one, by kind, the worst first.
    """

    images: int
    runs: int
    resamples: int
    threshold: float | None
    finding: Finding
    naming: Naming | None
    mistakes: tuple[Mistake, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the figures for JSON: fractions, not percent; None where there is nothing."""
        return {
            "images": self.images,
            "runs": self.runs,
            "interval": {"level": LEVEL, "unit": "run", "resamples": self.resamples},
            "threshold": self.threshold,
            "finding": self.finding.as_dict(),
            "naming": self.naming and self.naming.as_dict(),
        }


def _plain(result: Finding | Naming, left_out: Sequence[str]) -> dict[str, object]:
    values = {field.name: getattr(result, field.name) for field in fields(result) if field.name not in left_out}
    return {name: asdict(value) if isinstance(value, Estimate) else value for name, value in values.items()}
