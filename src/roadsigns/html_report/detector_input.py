"""The input of a detector's report: its evaluation on street scenes."""

from dataclasses import dataclass, field
from functools import cached_property

from roadsigns.evaluation.detection.evaluate import DetectorEvaluation
from roadsigns.evaluation.detection.matching import match_scenes, pool_signs
from roadsigns.evaluation.detection.metrics import DetectionMetrics
from roadsigns.evaluation.detection.mistakes import KINDS, Mistake, list_mistakes
from roadsigns.html_report.report import About
from roadsigns.html_report.scene_windows import SceneWindows, Window, window_around

__all__ = ["MAX_SHOWN", "DetectorReportInput"]

# Pictures of each kind of mistake: all together are below 2 MB.
MAX_SHOWN = 60


@dataclass(frozen=True, eq=False)
class DetectorReportInput:
    """What the sections of a detector's report are computed from.

    Attributes:
        about: Names of detector, data and classes.
        evaluation: The figures, and all that was found.
    """

    about: About
    evaluation: DetectorEvaluation = field(repr=False)

    @property
    def metrics(self) -> DetectionMetrics:
        """The figures."""
        return self.evaluation.metrics

    @property
    def threshold(self) -> float:
        """The score from which a detection counts; infinite where nothing does."""
        threshold = self.metrics.threshold
        return float("inf") if threshold is None else threshold

    @cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        """Those of the metrics, and the missed signs of none of the classes: missed ones first, the largest first."""
        signs = pool_signs(self.evaluation.truth)
        ranked = match_scenes(self.evaluation.truth, self.evaluation.found)
        # Without names every sign to be found is one that can be missed, whatever its class.
        every = list_mistakes(signs, ranked, threshold=self.threshold, named=False)
        missed = [one for one in every if one.kind == "missed"]
        return (*missed, *(one for one in self.metrics.mistakes if one.kind != "missed"))

    @cached_property
    def shown(self) -> dict[str, list[tuple[int, Mistake]]]:
        """The mistakes of each kind that have a picture, with their numbers among all: at most `MAX_SHOWN`."""
        numbered = list(enumerate(self.mistakes))
        return {kind: [pair for pair in numbered if pair[1].kind == kind][:MAX_SHOWN] for kind in KINDS}

    @cached_property
    def windows(self) -> dict[int, Window]:
        """The part of the scene that shows each of these mistakes, by number."""
        windows = {}
        for number, mistake in (pair for pairs in self.shown.values() for pair in pairs):
            image = self.evaluation.detected[mistake.image]
            boxes = [box for box in (mistake.labelled, mistake.detected) if box is not None]
            scene = self.evaluation.scenes[mistake.image]
            windows[number] = window_around(scene, boxes, width=image.width, height=image.height)
        return windows

    @cached_property
    def images(self) -> SceneWindows:
        """Where the pictures of mistakes are read."""
        return SceneWindows(self.windows)
