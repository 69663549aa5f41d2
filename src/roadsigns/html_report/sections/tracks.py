"""Tracks: how a sign is read from several of its frames, as one decision."""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from roadsigns.evaluation.fused_tracks import FusedResult, FusedTracks, evaluate_fused_tracks
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.inference.decide import DecisionRule
from roadsigns.types import Sample
from roadsigns.wording import counted, percent

__all__ = ["SECTION", "Tracks"]

METHODS = ("fused", "mean", "product", "majority", "largest")


@dataclass(frozen=True, slots=True)
class Tracks:
    """Signs by several of their frames.

    Attributes:
        fused: All results.
    """

    fused: FusedTracks

    @property
    def frames(self) -> list[int]:
        """Numbers of frames, rising."""
        return sorted({result.frames for result in self.fused.results})

    @property
    def methods(self) -> tuple[str, ...]:
        """What ways there are, ours first."""
        return METHODS

    def result(self, method: str, frames: int) -> FusedResult:
        """Return the result of a method for frames drawn at random."""
        return next(
            one for one in self.fused.results if (one.method, one.frames, one.order) == (method, frames, "random")
        )

    @property
    def sentence(self) -> str:
        """One frame against the most."""
        one, most = self.result("fused", self.frames[0]), self.result("fused", self.frames[-1])
        return (
            f"From one frame {percent(one.errors / one.tracks)} of the signs are misread (95 % interval "
            f"{interval_text(one)}), from {counted(most.frames, 'frame')} fused into one decision "
            f"{percent(most.errors / most.tracks)} of {most.tracks:,} ({interval_text(most)})."
        )

    def share(self, frames: int) -> str:
        """Return the share of the signs that is misread from so many frames, fused, with its interval."""
        one = self.result("fused", frames)
        return f"{percent(one.errors / one.tracks)} ({interval_text(one)})"

    def as_dict(self) -> dict[str, object]:
        """Return all results, for JSON."""
        return {**self.fused.as_dict(), "results": [asdict(one) for one in self.fused.results]}


def interval_text(result: FusedResult) -> str:
    """Return the interval of the share of signs that is misread."""
    return f"{100 * result.error_low:.2f} to {percent(result.error_high)}"


def _compute(report_input: ReportInput) -> Tracks | NotMeasured:
    if report_input.tracks is None:
        return NotMeasured("The data do not say which images show one sign (tracks).")
    if report_input.probabilities is None:
        return NotMeasured("The probabilities of all classes are needed.")
    parts = [report_input.probabilities, *(() if report_input.unknown is None else (report_input.unknown,))]
    rule = report_input.rule or DecisionRule(report_input.about.spec.classes, report_input.kinds)
    fused = evaluate_fused_tracks(np.concatenate(parts, axis=1), _samples(report_input), rule)
    if len({result.frames for result in fused.results}) < 2:  # noqa: PLR2004 - nothing to compare
        return NotMeasured("No sign has several images.")
    return Tracks(fused)


def _samples(report_input: ReportInput) -> tuple[Sample, ...]:
    """Return the images with their boxes; without these, where they are not known."""
    if report_input.samples is not None:
        return report_input.samples
    return tuple(Sample(Path(row.image), row.class_id, track=row.track) for row in report_input.rows)


SECTION = Section(
    "tracks",
    "Several frames of one sign",
    _compute,
    "Frames are drawn at random, five times. 'fused' is how roadsigns makes one decision of several frames; the others "
    "are simpler ways. Counts are means over the draws. The 95 % intervals count signs.",
)
