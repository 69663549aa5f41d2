"""What is told of images that could not be read."""

import warnings
from collections.abc import Sequence

from roadsigns.wording import counted

__all__ = ["NAMED_PROBLEMS", "left_out_lines", "warn_of_problems"]

# More would bury everything else. Results and reports name all images.
NAMED_PROBLEMS = 20


def left_out_lines(problems: Sequence[str], noun: str = "image") -> list[str]:
    """Say that images are left out: a line for each of the first, and one for how many more there are.

    Args:
        problems: A message for each image, which names it.
        noun: What the images are called.
    """
    lines = [f"Left out: {problem}" for problem in problems[:NAMED_PROBLEMS]]
    if len(problems) > NAMED_PROBLEMS:
        more = counted(len(problems) - NAMED_PROBLEMS, f"more {noun}")
        lines.append(f"Left out: {more} that cannot be decoded.")
    return lines


def warn_of_problems(problems: Sequence[str], noun: str = "image") -> None:
    """Warn of images that are left out; see `left_out_lines`."""
    for line in left_out_lines(problems, noun):
        warnings.warn(line, stacklevel=3)
