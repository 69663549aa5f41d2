"""Headline: how often the model is wrong, with an interval that counts signs."""

from dataclasses import dataclass

from roadsigns.evaluation.intervals import BootstrapInterval, Interval
from roadsigns.evaluation.metrics import TrackErrors
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import Section
from roadsigns.wording import counted, percent

__all__ = ["SECTION", "Headline"]


@dataclass(frozen=True, slots=True)
class Headline:
    """How often the model is wrong.

    Attributes:
        images: Number of images.
        errors: Number of misread images.
        accuracy: Fraction.
        interval: 95 % interval of the accuracy; its unit is the sign, where tracks are known.
        bootstrap: The interval by resampling signs; None where no track is known.
        tracks: How many signs are misread; None where no track is known.
        undecodable: Images that do not decode, and count in no figure.
        seen: Whether the model is known to have been trained on these signs.
    """

    images: int
    errors: int
    accuracy: float
    interval: Interval
    bootstrap: BootstrapInterval | None
    tracks: TrackErrors | None
    undecodable: int
    seen: bool = False

    @property
    def sentence(self) -> str:
        """Errors, and the interval."""
        if not self.errors:
            read = f"All {counted(self.images, 'image')} are read right." if self.images > 1 else "It is read right."
        else:
            read = f"{self.errors:,} of {counted(self.images, 'image')} {'are' if self.errors > 1 else 'is'} misread."
        unit = "sign" if self.interval.unit == "track" else "image"
        seen = " It was trained on these signs: that is memory, not recognition." if self.seen else ""
        return (
            f"{read[:-1]}: {percent(self.accuracy)} are right (95 % interval, counted by {unit}: "
            f"{percent(self.interval.low)} to {percent(self.interval.high)}).{seen}"
        )

    def as_dict(self) -> dict[str, object]:
        """Return all figures, for JSON."""
        tracks = self.tracks
        return {
            "images": self.images,
            "errors": self.errors,
            "accuracy": self.accuracy,
            "interval": self.interval.as_dict(),
            "bootstrap_interval": self.bootstrap and self.bootstrap.as_dict(),
            "tracks": tracks and tracks.tracks,
            "tracks_misread_at_least_once": tracks and tracks.misread_at_least_once,
            "mostly_misread_tracks": tracks and tracks.mostly_misread,
            "undecodable": self.undecodable,
            "seen_in_training": self.seen,
        }


def _compute(report_input: ReportInput) -> Headline:
    metrics = report_input.metrics
    return Headline(
        metrics.images,
        metrics.errors,
        metrics.accuracy,
        metrics.interval,
        metrics.bootstrap,
        metrics.tracks,
        len(report_input.undecodable),
        report_input.seen,
    )


SECTION = Section(
    "headline",
    "How often is it wrong?",
    _compute,
    "Frames of one physical sign tend to be right or wrong together, so 30 frames of a sign are not 30 observations: "
    "the interval counts signs where the data say which frames show one. Elsewhere it counts images, and is too narrow "
    "if these share signs.",
)
