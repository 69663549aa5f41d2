"""`roadsigns evaluate DETECTOR`: a detector on street scenes, end to end."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from click.core import ParameterSource

from roadsigns.cli.shared.output import result_only_on_stdout
from roadsigns.cli.shared.report_folder import write_report_folder

if TYPE_CHECKING:
    from roadsigns.evaluation.detection.evaluate import SceneSplit

__all__ = ["evaluate_found", "is_detector", "recognizer_option", "refuse_without_detector", "scene_split"]

Command = TypeVar("Command", bound=Callable[..., object])

# What recognisers alone are asked.
ELSEWHERE = ("boxes", "unknown", "background", "score", "keep", "windows", "tracks", "seed", "corruptions", "no_cache")
NAME = "recognizer"


def recognizer_option(command: Command) -> Command:
    """Add the option."""
    return click.option(
        "--recognizer",
        metavar="MODEL",
        default="best",
        show_default=True,
        help="For a detector: the model that names the signs that it finds.",
    )(command)


def is_detector(model: str) -> bool:
    """Whether it is a detector's run folder or file, or the name of a built-in one."""
    from roadsigns.errors import ModelError
    from roadsigns.model_files.model_file import find_detector
    from roadsigns.model_files.onnx_file import read_detector_file

    try:
        read_detector_file(find_detector(model))
    except ModelError:
        # No model at all is told by what reads recognisers.
        return False
    return True


def refuse_without_detector() -> None:
    """Refuse what would do nothing.

    Raises:
        click.UsageError: If --recognizer is given.
    """
    if _is_given(NAME):
        raise click.UsageError(f"--{NAME} is for detectors only. Leave it out.")


def evaluate_found(
    detector: str, data: Path, *, recognizer: str, split: str, allow_seen: bool, as_json: bool, out: Path | None
) -> None:
    """Evaluate, print and write a report.

    Raises:
        click.UsageError: If an option is given that is for recognisers.
        RoadsignsError: As `roadsigns.evaluation.detection.evaluate`.
    """
    for name in ELSEWHERE:
        if _is_given(name):
            raise click.UsageError(f"--{name.replace('_', '-')} is for recognisers, and {detector} is a detector.")
    with result_only_on_stdout():
        from roadsigns.evaluation.detection.evaluate import evaluate_detector
        from roadsigns.evaluation.detection.report import write_detection_report
        from roadsigns.evaluation.detection.table import print_detection
        from roadsigns.evaluation.report_folder import check_report_folder

        if out:
            check_report_folder(out, [data])
        evaluation = evaluate_detector(
            detector,
            data,
            recognizer=recognizer,
            split=scene_split(split),
            allow_seen=allow_seen,
        )
    title = f"{evaluation.detector} and {evaluation.recognizer} on {evaluation.data}: {evaluation.label}"
    if as_json:
        # ASCII, and so UTF-8 whatever the encoding of standard output.
        click.echo(json.dumps({**evaluation.described(), **evaluation.metrics.as_dict()}, allow_nan=False))
    else:
        print_detection(evaluation.metrics, sys.stdout, title=title)
        for note in evaluation.notes:
            click.echo(note)
    with result_only_on_stdout():
        write_report_folder(
            lambda folder: write_detection_report(
                evaluation.metrics,
                folder,
                scenes=evaluation.scenes,
                title=title,
                class_names=evaluation.class_names,
                extra=evaluation.described(),
            ),
            model=detector,
            name=f"evaluation-{split}" if _is_given("split") else "evaluation",
            out=out,
        )


def scene_split(split: str) -> "SceneSplit | None":
    """Return the part of the scenes that --split asks for; None where it is not given.

    Raises:
        click.UsageError: If it is a part that only data of recognisers have.
    """
    if not _is_given("split"):
        return None
    if split == "validation":
        return "validation"
    if split == "all":
        return "all"
    raise click.UsageError(
        f"--split {split} is for recognisers. Expected validation or all; left out, it is the scenes that were held "
        "out, and all of other data."
    )


def _is_given(name: str) -> bool:
    return click.get_current_context().get_parameter_source(name) is not ParameterSource.DEFAULT
