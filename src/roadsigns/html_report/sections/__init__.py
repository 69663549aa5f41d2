"""The sections of a classifier's report. One file computes each, and the template of its name shows it.

The order here is that of the page. To add a section, see `roadsigns.html_report`.
"""

from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import Section
from roadsigns.html_report.sections import (
    changed,
    classes,
    conditions,
    confusion,
    decisions,
    hard,
    headline,
    heat_maps,
    misread,
    reliability,
    risk,
    subsets,
    tracks,
    unknown,
)

__all__ = ["CLASSIFIER_SECTIONS"]

CLASSIFIER_SECTIONS: tuple[Section[ReportInput], ...] = (
    headline.SECTION,
    subsets.SECTION,
    changed.SECTION,
    confusion.SECTION,
    misread.SECTION,
    classes.SECTION,
    conditions.SECTION,
    reliability.SECTION,
    risk.SECTION,
    decisions.SECTION,
    tracks.SECTION,
    heat_maps.SECTION,
    unknown.SECTION,
    hard.SECTION,
)
