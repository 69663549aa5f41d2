"""The sections of a detector's report. One file computes each, and the template of its name shows it.

The order here is that of the page. To add a section, see `roadsigns.html_report`.
"""

from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.detector_sections import (
    detector_notes,
    empty_scenes,
    false_signs,
    found,
    found_classes,
    found_curves,
    found_decisions,
    found_sizes,
    misread_signs,
    missed_signs,
)
from roadsigns.html_report.section import Section

__all__ = ["DETECTOR_SECTIONS"]

DETECTOR_SECTIONS: tuple[Section[DetectorReportInput], ...] = (
    found.SECTION,
    found_sizes.SECTION,
    found_curves.SECTION,
    found_classes.SECTION,
    found_decisions.SECTION,
    missed_signs.SECTION,
    false_signs.SECTION,
    misread_signs.SECTION,
    empty_scenes.SECTION,
    detector_notes.SECTION,
)
