"""Notes: what flatters or limits the figures of a detector."""

from collections.abc import Iterator
from dataclasses import dataclass

from roadsigns.evaluation.detection.evaluate import MIN_SCORE
from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.scene_origin import notes_on_origin
from roadsigns.html_report.section import Section
from roadsigns.printable import as_text
from roadsigns.wording import are, counted, percent, some

__all__ = ["SECTION", "DetectorNotes"]

# Fewer runs give intervals that are themselves rough.
MANY_RUNS = 20
# So few signs that one of them changes the second digit.
FEW_SIGNS = 200


@dataclass(frozen=True, slots=True)
class DetectorNotes:
    """The notes.

    Attributes:
        notes: Whole sentences.
    """

    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What they are for."""
        number = len(self.notes)
        return (
            f"{counted(number, 'thing')} to know before you rely on these figures."
            if number > 1
            else ("One thing to know before you rely on these figures.")
        )

    def as_dict(self) -> dict[str, object]:
        """Return the notes, for JSON."""
        return {"notes": list(self.notes)}


def _compute(report_input: DetectorReportInput) -> DetectorNotes:
    return DetectorNotes(
        (*notes_on_origin(report_input.evaluation), *_on_detector(report_input), *_on_scenes(report_input))
    )


def _on_detector(report_input: DetectorReportInput) -> Iterator[str]:
    evaluation, metrics = report_input.evaluation, report_input.metrics
    metadata = evaluation.metadata
    if metadata.min_score is None:
        at = "no score gives as few" if metrics.threshold is None else f"here {metrics.threshold:.3g}"
        yield (
            "The detector's file names no score from which a sign is reported. All numbers of missed and misread "
            "signs and of boxes are therefore at the score that gives at most one box without a sign in ten of these "
            f"very scenes, {at}: that flatters them."
        )
    elif metadata.held_out and evaluation.label == metadata.split:
        yield (
            f"The score from which a sign is reported, {metadata.min_score:.3g}, was chosen on these held-out scenes "
            "when the detector was trained, so that the number of boxes without a sign at it is a little too good."
        )
    if evaluation.recognizer_metadata.known_thresholds is None:
        yield (
            f"The recogniser {as_text(evaluation.recognizer)} cannot say that a sign is unknown, so that every sign of "
            "another class that is found becomes a falsely named box."
        )
    if evaluation.unknown_classes:
        yield (
            f"Boxes labelled {some([as_text(name) for name in evaluation.unknown_classes])} are of none of the "
            "recogniser's classes: such signs are among the others. They are to be found and called unknown; to name "
            "one makes a falsely named box."
        )


def _on_scenes(report_input: DetectorReportInput) -> Iterator[str]:
    evaluation, metrics = report_input.evaluation, report_input.metrics
    finding = metrics.finding
    if metrics.runs == 1:
        yield ("There are no intervals: that needs two runs of scenes or more.")
    else:
        resampled = (
            f"the {metrics.images:,} scenes"
            if metrics.runs == metrics.images
            else f"{counted(metrics.runs, 'run')} of neighbouring scenes"
        )
        rough = " So few make rough intervals." if metrics.runs < MANY_RUNS else ""
        yield (f"The 95 % intervals come from resampling {resampled} {metrics.resamples:,} times.{rough}")
    if 0 < finding.signs < FEW_SIGNS:
        yield f"There are {counted(finding.signs, 'sign')} to be found: each is worth {percent(1 / finding.signs)}."
    if finding.ignored:
        yield (
            f"{counted(finding.ignored, 'more labelled sign')} {are(finding.ignored)} ignored, such as signs of other "
            "classes and groups in one box: if missed, they are not counted as missed, and if found, not as boxes "
            "without a sign. But one that has no class and is given one is a falsely named box."
        )
    yield (
        "Only labels say what is a sign. Streets are full of signs that nobody labelled, and to find one of them "
        "counts as a box without a sign."
    )
    yield f"Boxes with a score below {MIN_SCORE:g} are left out of the curves and of AP50, too."
    if evaluation.undecodable:
        number = len(evaluation.undecodable)
        yield f"{counted(number, 'scene')} could not be read, and {'counts' if number == 1 else 'count'} in no figure."


SECTION = Section("detector_notes", "What to know", _compute)
