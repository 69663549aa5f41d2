"""Makes the page of file formats from the types that are written."""

import dataclasses
import inspect
import re
import textwrap
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Union

import numpy as np

from roadsigns.types import TrackKey

WIDTH = 118
# Fields whose meaning is written by hand: {name: (type, meaning)}.
Fields = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """The fields of an object, the columns of a table, or the files of a folder.

    Attributes:
        name: Of the object; its heading, which others link to. Empty for the only table of a format.
        sources: Dataclasses or named tuples with the fields. Their docstrings (`Attributes:`, and those of properties)
            say what a field means.
        keys: The fields in order; all those of the first source, where none are given.
        by_hand: Fields that no source has, or that are written differently.
        renamed: {attribute: field} where they differ.
        header: What the first column is called.
    """

    name: str = ""
    sources: Sequence[type] = ()
    keys: Sequence[str] = ()
    by_hand: Fields = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    header: str = "field"

    @property
    def summary(self) -> str:
        """The first line of the first source's docstring."""
        return " ".join((inspect.getdoc(self.sources[0]) or "").split("\n\n")[0].split()) if self.sources else ""

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Name, type and meaning of each field."""
        for key in self.keys or (fields_of(self.sources[0]) if self.sources else tuple(self.by_hand)):
            name = self.renamed.get(key, key)
            yield (name, *(self.by_hand[name] if name in self.by_hand else self._from_sources(key)))

    def _from_sources(self, key: str) -> tuple[str, str]:
        for source in self.sources:
            if key in fields_of(source):
                return json_type(typing.get_type_hints(source)[key]), cell(attributes(source)[key])
            if isinstance(described := getattr(source, key, None), property):
                hint = typing.get_type_hints(described.fget)["return"]
                return json_type(hint), cell((inspect.getdoc(described) or "").split("\n")[0])
        raise KeyError(f"{key}: no source of the table {self.name!r} has it, and by_hand does not say what it is")


@dataclass(frozen=True)
class Format:
    """A section of the page.

    Attributes:
        title: Its heading.
        text: What is written where.
        tables: The first is the format itself, the others are objects in it.
    """

    title: str
    text: str
    tables: Sequence[Table]


def page(formats: Sequence[Format], note: str) -> str:
    """The whole page, as Markdown."""
    return "".join(_page(formats, note))


def _page(formats: Sequence[Format], note: str) -> Iterator[str]:
    yield f"# File formats\n\n{note}\nWhat roadsigns writes. Probabilities and accuracies are fractions, 0 to 1.\n"
    for entry in formats:
        yield f"\n## {entry.title}\n\n{textwrap.fill(entry.text, WIDTH, break_on_hyphens=False)}\n"
        for table in entry.tables:
            if table.name:
                yield f"\n### {table.name}\n"
                yield f"\n{table.summary}\n" if table.summary else ""
            yield f"\n| {table.header} | type | meaning |\n|---|---|---|\n"
            yield from (f"| `{name}` | {kind} | {meaning} |\n" for name, kind, meaning in table.rows())


def fields_of(kind: type) -> tuple[str, ...]:
    """The names of a dataclass's or a named tuple's fields."""
    if dataclasses.is_dataclass(kind):
        return tuple(item.name for item in dataclasses.fields(kind))
    return tuple(getattr(kind, "_fields", ()))


def attributes(kind: type) -> dict[str, str]:
    """The texts of the `Attributes:` sections of a class's docstring and those of its bases, by name."""
    found = {}
    for one in reversed(kind.__mro__):
        text = inspect.cleandoc(one.__doc__ or "").partition("Attributes:\n")[2].partition("\n\n")[0]
        items = re.findall(r"^    (\w+): (.*(?:\n {8,}.*)*)", text, re.MULTILINE)
        found.update({name: " ".join(meaning.split()) for name, meaning in items})
    return found


def cell(text: str) -> str:
    """A meaning as a table's cell. JSON says null where Python says None."""
    return re.sub(r"\bNone\b", "null", text).replace("|", "\\|")


def link(name: str) -> str:
    """A link to an object's table."""
    return f"[{name}](#{name.lower()})"


def json_type(hint: Any) -> str:
    """What a Python type is in JSON, in words; an object is a link to its table."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(json_type(argument) for argument in arguments)
    if origin is Literal:
        return " or ".join(f'`"{argument}"`' for argument in arguments)
    if origin is frozenset and arguments[0] is TrackKey:
        return "object of class_id: list of tracks, and of [first, last] where numbers follow one another"
    if origin in (tuple, list, frozenset, Sequence):
        # Such as the two ends of an interval.
        is_fixed = origin is tuple and len(arguments) > 1 and len({*arguments}) == 1
        item = json_type(arguments[0])
        return f"list of {len(arguments)} {item}s" if is_fixed else f"list of {item}"
    if origin in (dict, Mapping):
        return f"object of {json_type(arguments[1])}"
    words = {
        int: "whole number",
        float: "number",
        str: "text",
        bool: "true or false",
        type(None): "null",
        Path: "text",
        np.ndarray: "list",
    }
    return words[hint] if hint in words else link(hint.__name__)
