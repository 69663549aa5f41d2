"""`roadsigns report DETECTOR`: the report of a detector on street scenes."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from roadsigns.cli.shared.detector import scene_split

if TYPE_CHECKING:
    from roadsigns.html_report.report import Report
    from roadsigns.html_report.write import ReportFiles

__all__ = ["report_found"]

# What detectors are asked as well; all other options are for recognisers.
FOR_DETECTORS = {"source", "data", "out", "split", "allow_seen", "as_json", "recognizer"}


def report_found(
    detector: str, data: Path | None, *, files: "ReportFiles", recognizer: str, split: str, allow_seen: bool
) -> "Report":
    """Evaluate a detector, and write its report.

    Raises:
        click.UsageError: If an option is given that is for recognisers, or no data.
        RoadsignsError: As `evaluate_detector` and `write_report`.
    """
    context = click.get_current_context()
    for parameter in context.command.params:
        given = parameter.name and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
        if given and parameter.name not in FOR_DETECTORS:
            raise click.UsageError(f"{parameter.opts[0]} is for recognisers, and {detector} is a detector.")
    chosen = scene_split(split)
    if data is None:
        raise click.UsageError("A detector needs --data: a folder of street scenes with labels.")

    from roadsigns.html_report.make import detector_report
    from roadsigns.html_report.sources.from_detector import read_detector
    from roadsigns.html_report.write import write_report

    report_input = read_detector(detector, data, recognizer=recognizer, split=chosen, allow_seen=allow_seen)
    report = detector_report(report_input)
    write_report(report, files, report_input.images)
    return report
