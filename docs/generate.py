"""Write the reference pages that are made from the source. `make docs` calls it; a test asserts that they are current.

python docs/generate.py
"""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_origin

import click
from formats import FORMATS
from formats.page import page
from pydantic.fields import FieldInfo

from roadsigns.cli.main import COMMANDS, group
from roadsigns.files import replace_when_done
from roadsigns.recipe import Recipe, load_recipe, recipe_names
from roadsigns.robustness.corruption import SEVERITIES
from roadsigns.robustness.corruptions import CORRUPTIONS, graded_corruptions
from roadsigns.rules.find import RULES, SUBJECTS
from roadsigns.settings import Settings

REFERENCE = Path(__file__).parent / "reference"
NOTE = "<!-- Made by docs/generate.py from the source. Change it there, then run `make docs`. -->\n"
WIDTH = 118

COMMANDS_INTRODUCTION = """\
What `roadsigns COMMAND --help` prints. Results go to standard output, progress and messages to standard error.

The exit status is 0 on success, 1 after an error, 2 after wrong usage, 130 after Ctrl-C, 141 if the reader of a
pipe has closed it, and 143 after SIGTERM. Commands with other statuses describe them. On Ctrl-C or SIGTERM, a training
ends after the current steps. With `--debug`, the traceback of an error is shown.

MODEL is a run folder, a model file, or the name of a built-in model.
"""
RECIPES_INTRODUCTION = """\
A recipe is a TOML file with all settings of a training. `roadsigns recipes NAME` prints one to start from;
`--set TABLE.KEY=VALUE` overrides a value. Unknown keys and values out of range are errors.
"""
CORRUPTIONS_INTRODUCTION = """\
Ways to make an image harder to read, to measure a model and never to train it. `roadsigns evaluate --corruptions` reads
every image in each of these kinds at each of five severities ([how to](../how-to/evaluate.md#in-bad-conditions)).

They change the original pixels, before an image is cropped and resized. The box that a model is given stays the
annotated one, also where the sign has moved in it, as with a detector that is off. From a photograph, the sign and its
own side around it are cut out first. Lengths are relative to the longer side of the sign's box; without a box, the sign
is taken to be the middle 80 % of the image. What comes in at an image's edge repeats its last pixels.

Place, direction and noise follow from the seed, the image's name and the kind, and are the same at each severity.
Results record the versions: figures of two versions of a kind cannot be compared.
"""
DRAWN_INTRODUCTION = """\
`roadsigns cross-validate --corruptions` gives each image one of six corruptions, with a strength that is
[drawn at random](../how-to/cross-validate.md#corruptions)\
"""
DRAWN_BESIDE = "Those of the same name change an image in the same way in the table above, which has fixed strengths."
RULES_INTRODUCTION = """\
What [`roadsigns check`](../how-to/check-data.md) and [`roadsigns audit`](../how-to/audit.md) report. A rule keeps its
number for good. `roadsigns check --explain RS101` prints the same text.

Errors are certain. Warnings may be meant so, and those of `audit` are suspicions: a person decides, by looking.
"""


def pages() -> dict[str, str]:
    """Every generated page, by its name."""
    return {
        "commands.md": "".join(_commands()),
        "corruptions.md": "".join(_corruptions()),
        "recipes.md": "".join(_recipes()),
        "rules.md": "".join(_rules()),
        "formats.md": page(FORMATS, NOTE),
    }


def main() -> None:
    """Write the pages, each whole or not at all."""
    for name, text in pages().items():
        with replace_when_done(REFERENCE / name) as temporary:
            temporary.write_text(text, encoding="utf-8")


def _commands() -> Iterator[str]:
    yield f"# Commands\n\n{NOTE}\n{COMMANDS_INTRODUCTION}"
    for name in sorted(COMMANDS):
        context = click.Context(group, info_name="roadsigns")
        command = group.get_command(context, name)
        if command is None:
            raise TypeError(f"{name} is not a command")
        inner = click.Context(command, parent=context, info_name=name)
        yield f"\n## {name}\n\n{_text(command)}\n\n```text\n{command.get_usage(inner).removeprefix('Usage: ')}\n```\n"
        options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
        rows = [record for option in options if (record := option.get_help_record(inner))]
        if rows:
            yield "\n| option | meaning |\n|---|---|\n"
            yield from (f"| {_code(option)} | {_cell(text)} |\n" for option, text in rows)


def _text(command: click.Command) -> str:
    """The help of a command, its paragraphs wrapped."""
    paragraphs = (command.help or "").replace("\b\n", "").split("\n\n")
    return "\n\n".join(textwrap.fill(" ".join(text.split()), WIDTH, break_on_hyphens=False) for text in paragraphs)


def _corruptions() -> Iterator[str]:
    yield f"# Corruptions\n\n{NOTE}\n{CORRUPTIONS_INTRODUCTION}"
    yield "\n![A drawn sign in every kind, at severities 1 to 5](../images/corruptions.png)\n"
    yield f"\n| kind | what is done | strength | {' | '.join(map(str, SEVERITIES))} | version |\n"
    yield f"|---|---|---|{'---|' * len(SEVERITIES)}---|\n"
    for one in graded_corruptions():
        strengths = " | ".join(f"{strength:g}" for strength in one.strengths)
        yield f"| {one.name} | {_cell(one.does)} | {_cell(one.measure)} | {strengths} | {one.version} |\n"
    drawn = ", ".join(one.name for one in CORRUPTIONS if one.drawn)
    yield f"\n## With a random strength\n\n{DRAWN_INTRODUCTION}: {drawn}.\n{DRAWN_BESIDE}\n"


def _rules() -> Iterator[str]:
    yield f"# Rules\n\n{NOTE}\n{RULES_INTRODUCTION}"
    for digit, subject in SUBJECTS.items():
        yield f"\n## {subject}\n\n| rule | name | level | what it is | why it is bad | how to fix it |\n"
        yield "|---|---|---|---|---|---|\n"
        for rule in RULES:
            if rule.number[2] == digit:
                texts = " | ".join(map(_cell, (rule.what, rule.why, rule.fix)))
                yield f"| {rule.number} | `{rule.kind}` | {rule.level} | {texts} |\n"


def _recipes() -> Iterator[str]:
    yield f"# Recipe keys\n\n{NOTE}\n{RECIPES_INTRODUCTION}"
    yield "\n## Recipes in the package\n\n| recipe | what it is |\n|---|---|\n"
    yield from (f"| `{name}` | {_cell(load_recipe(name).description)} |\n" for name in recipe_names())
    for table, field in Recipe.model_fields.items():
        kind = field.annotation
        if not (isinstance(kind, type) and issubclass(kind, Settings)):
            continue
        summary = (kind.__doc__ or "").split("\n\n")[0]
        yield f"\n## {table}\n\n{textwrap.fill(f'Table `[{table}]`. {summary}', WIDTH)}\n"
        yield "\n| key | type | default | meaning |\n|---|---|---|---|\n"
        yield from (_key(name, value) for name, value in kind.model_fields.items())


def _key(name: str, field: FieldInfo) -> str:
    meaning = _cell(field.description or "")
    return f"| `{name}` | {_kind(field)}{_limits(field)} | `{_toml(field.default)}` | {meaning} |\n"


def _kind(field: FieldInfo) -> str:
    kind: Any = field.annotation
    if get_origin(kind) is tuple:
        return "list of texts"
    if options := getattr(kind, "__args__", None):
        return " or ".join(f'`"{option}"`' for option in options)
    return {"float": "number", "int": "whole number", "str": "text", "bool": "true or false"}[kind.__name__]


def _limits(field: FieldInfo) -> str:
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    limits = [
        f"{words[name]} {value:g}"
        for limit in field.metadata
        for name in words
        if (value := getattr(limit, name, None)) is not None
    ]
    return f", {', '.join(limits)}" if limits else ""


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        value = list(value)
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value).replace("'", '"')


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    main()
