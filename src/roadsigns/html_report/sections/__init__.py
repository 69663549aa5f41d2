"""The sections of a classifier's report. One file computes each, and the template of its name shows it.

The order here is that of the page. To add a section, see `roadsigns.html_report`.
"""

from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import Section
from roadsigns.html_report.sections import headline

__all__ = ["CLASSIFIER_SECTIONS"]

CLASSIFIER_SECTIONS: tuple[Section[ReportInput], ...] = (headline.SECTION,)
