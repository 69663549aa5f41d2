"""The options of commands that may use a detector: which, or none."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["chosen_detector", "detector_options"]

Command = TypeVar("Command", bound=Callable[..., Any])


def detector_options(command: Command) -> Command:
    """Add --detector and --no-detector."""
    which = click.option(
        "--detector",
        metavar="DETECTOR",
        help="What finds signs in street photographs: run folder, .onnx file, or built-in detector.  [default: the "
        "built-in one, if there is one]",
    )
    none = click.option("--no-detector", is_flag=True, help="Recognise single signs only.")
    return which(none(command))


def chosen_detector(detector: str | None, *, none: bool) -> str | None:
    """Return the detector that the options mean; None for none.

    Raises:
        click.UsageError: If they contradict each other.
    """
    from roadsigns.model_files.builtin import DEFAULT_DETECTOR, builtin_detectors

    if detector is None:
        return None if none or DEFAULT_DETECTOR not in builtin_detectors() else DEFAULT_DETECTOR
    if none:
        raise click.UsageError("--detector and --no-detector cannot be combined. Leave one out.")
    return detector
