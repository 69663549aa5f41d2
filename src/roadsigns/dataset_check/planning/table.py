"""A plan as text for the terminal."""

from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

from roadsigns.dataset_check.planning.counts import ClassCounts
from roadsigns.dataset_check.planning.plan import Plan
from roadsigns.printable import printable
from roadsigns.wording import counted, counted_of

__all__ = ["print_plan"]

SHOWN_PASSED_OVER = 5
SHOWN_CLASSES = 3


def print_plan(plan: Plan, file: TextIO) -> None:
    """Print what is there, what is doubtful, and the commands to run, each on a line of its own to copy."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console(file=file, highlight=False, markup=False, emoji=False)
    console.print(f"{printable(plan.data)}, {plan.layout}", style="bold", soft_wrap=True)
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in _overview(plan):
        table.add_row(name, Text(printable(value)))
    console.print(table)
    for heading, level, style in (
        ("This cannot be trained yet", "error", "red"),
        ("Doubtful", "warning", "yellow"),
    ):
        doubts = [doubt for doubt in plan.doubts if doubt.level == level]
        if doubts:
            console.print(f"\n{heading}", style="bold")
        for doubt in doubts:
            console.print(Padding(Text(f"- {printable(doubt.message)}", style=style), (0, 0, 0, 2)))
    console.print("\nNext", style="bold")
    for one in plan.commands:
        # Never wrapped, so that a copy is a whole command.
        console.print(f"  {printable(one.command)}", soft_wrap=True)
        console.print(Padding(Text(one.reason, style="dim"), (0, 0, 0, 6)))


def _overview(plan: Plan) -> Iterator[tuple[str, str]]:
    splits: tuple[tuple[str, Callable[[ClassCounts], int]], ...] = (
        ("Training", lambda one: one.training),
        ("Validation", lambda one: one.validation),
        ("Test", lambda one: one.test),
    )
    for name, number in splits:
        if any(map(number, plan.classes)):
            yield name, _counts([number(one) for one in plan.classes])
    filled = sorted((one for one in plan.classes if one.training), key=lambda one: -one.training)
    if len(filled) > 1 and filled[0].training != filled[-1].training:
        yield "Largest", ", ".join(f"{one.name} ({one.training:,})" for one in filled[:SHOWN_CLASSES])
        yield "Smallest", ", ".join(f"{one.name} ({one.training:,})" for one in filled[: -SHOWN_CLASSES - 1 : -1])
    images = sum(one.training + one.validation + one.test for one in plan.classes)
    yield "Boxes", _known(plan.boxes, images) if plan.boxes else "none: whole images are learned"
    tracks = f"{plan.tracks:,}, {_known(plan.images_with_tracks, images)}"
    yield "Tracks", tracks if plan.tracks else "none known: every image counts as a sign of its own"
    if sizes := plan.sizes:
        sides = f"{sizes.least:,} to {sizes.largest:,} pixels, median {sizes.median:,}"
        yield "Shorter side", f"{sides}, of {counted(sizes.images, 'image')} that were opened"
    for place, text in enumerate(plan.passed_over[:SHOWN_PASSED_OVER]):
        yield "" if place else "Passed over", text
    if (more := len(plan.passed_over) - SHOWN_PASSED_OVER) > 0:
        yield "", f"and {counted(more, 'place')} more"


def _counts(images: Sequence[int]) -> str:
    filled = sum(map(bool, images))
    return f"{counted(sum(images), 'image')} of {counted_of(filled, len(images), 'class')}"


def _known(number: int, images: int) -> str:
    return "in all images" if number == images else f"in {number:,} of {counted(images, 'image')}"
