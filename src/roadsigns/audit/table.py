"""The result of an audit for the terminal."""

from collections.abc import Sequence
from typing import TextIO

from roadsigns.audit.audit import Audit, summary
from roadsigns.audit.suspect import Suspect, name_of
from roadsigns.printable import printable
from roadsigns.rules.find import rule_of
from roadsigns.wording import counted, some

__all__ = ["print_audit"]

SHOWN = 5
# So many classes, or all, are named in one line.
MANY_CLASSES = 10


def print_audit(audit: Audit, file: TextIO) -> None:
    """Print, for each rule, how many suspects there are and the worst of them."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False, emoji=False)
    console.print(f"{printable(str(audit.data))}, {audit.content}", style="bold", soft_wrap=True)
    console.print(summary(audit), soft_wrap=True)
    for note in audit.notes:
        console.print(f"Note: {printable(note)}", style="yellow", soft_wrap=True)
    for number, suspects in audit.by_rule.items():
        rule = rule_of(suspects[0].kind)
        style = "red" if rule.level == "error" else "yellow"
        console.print(f"{number} {rule.level}: {rule.kind}, {len(suspects):,}", style=style, soft_wrap=True)
        console.print(f"  {rule.what}", soft_wrap=True)
        if _are_many_classes(suspects, audit):
            console.print(f"    {_classes_line(suspects, audit)}", soft_wrap=True)
            continue
        for suspect in suspects[:SHOWN]:
            console.print(f"    {_line(suspect, audit)}", soft_wrap=True)
        if len(suspects) > SHOWN:
            console.print(f"    ... and {len(suspects) - SHOWN:,} more; suspects.csv lists them.", soft_wrap=True)
    if audit.by_rule:
        asked = " ".join(f"--explain {number}" for number in audit.by_rule)
        console.print(f"Why it is bad and how to fix it: roadsigns check {asked}", style="dim", soft_wrap=True)
    console.print(_verdict(audit), style="bold", soft_wrap=True)


def _are_many_classes(suspects: Sequence[Suspect], audit: Audit) -> bool:
    """Whether each suspect is a class, and there are too many of them to say something of each."""
    if any(suspect.paths or suspect.class_id is None for suspect in suspects):
        return False
    return len(suspects) > MANY_CLASSES or SHOWN < len(suspects) == len(audit.classes)


def _classes_line(suspects: Sequence[Suspect], audit: Audit) -> str:
    names = [printable(name_of(suspect.class_id, audit.classes)) for suspect in suspects]
    total = counted(len(audit.classes), "class")
    return f"{len(names):,} of {total}: {some(names, most=SHOWN)}. suspects.csv says of each why."


def _line(suspect: Suspect, audit: Audit) -> str:
    where = printable(suspect.paths[0]) if suspect.paths else ""
    if suspect.track and suspect.images > 1 and suspect.kind == "wrong-track":
        where = f"class {suspect.class_id}, track {printable(suspect.track)} ({where})"
    if suspect.suggested is None:
        return ": ".join(filter(None, (where, printable(suspect.reason))))
    names = (printable(name_of(one, audit.classes)) or "no box" for one in (suspect.class_id, suspect.suggested))
    probability = f" ({100 * suspect.probability:.1f} %)" if suspect.probability is not None else ""
    return f"{where}: {' -> '.join(names)}{probability}"


def _verdict(audit: Audit) -> str:
    if not audit.suspects:
        return "Nothing is suspected."
    return f"Errors: {audit.errors:,}. Suspicions: {audit.warnings:,}."
