"""Makes a report: computes the sections of an input, with progress."""

from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.detector_sections import DETECTOR_SECTIONS
from roadsigns.html_report.report import Report
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import compute_parts
from roadsigns.html_report.sections import CLASSIFIER_SECTIONS
from roadsigns.progress import progress

__all__ = ["classifier_report", "detector_report"]


def classifier_report(report_input: ReportInput) -> Report:
    """Compute all sections of a report on a classifier."""
    with progress("Computing sections", total=len(CLASSIFIER_SECTIONS), unit="sections") as advance:
        parts = compute_parts(CLASSIFIER_SECTIONS, report_input, done=lambda title: advance(note=title))
    return Report(report_input.about, parts)


def detector_report(report_input: DetectorReportInput) -> Report:
    """Compute all sections of a report on a detector."""
    with progress("Computing sections", total=len(DETECTOR_SECTIONS), unit="sections") as advance:
        parts = compute_parts(DETECTOR_SECTIONS, report_input, done=lambda title: advance(note=title))
    return Report(report_input.about, parts)
