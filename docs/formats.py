"""The reference page of file formats, made from the dataclasses that are written.

To describe another format, add a `Format` to `FORMATS`: a dataclass brings its fields, their types and the texts of its
docstring's `Attributes:`; fields that are added while it is written are given by hand.
"""

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

from roadsigns.inference.prediction import ClassProbability, Prediction
from roadsigns.model_files.metadata import Ancestor, ModelMetadata
from roadsigns.training.result import ImageCounts, TrainingResult, ValidationMetrics
from roadsigns.training.run_folder import EpochMetrics
from roadsigns.types import SignClass, TrackKey

WIDTH = 118
# Fields that no dataclass has: {name: (type, meaning)}.
Fields = Mapping[str, tuple[str, str]]

IMAGE: Fields = {
    "path": ("text", "The image, as it was named or found."),
    "box": ("list of 4 whole numbers, if there is one", "The sign in pixels: x1, y1, x2, y2; x2 and y2 exclusive."),
    "error": ("text", "Why the image could not be read. It then has none of the fields below."),
}
CLASS: Fields = {
    "name_de": ("text", "Its German name; empty for your own classes."),
    "sign_number": ("text", "Its number in the German regulations; empty for your own classes."),
}
PREDICTION_COLUMNS: Fields = {
    "path": ("text", "The image, as it was named or found."),
    "x1": ("whole number or empty", "Left side of the box in pixels."),
    "y1": ("whole number or empty", "Upper side of the box."),
    "x2": ("whole number or empty", "Right side of the box, exclusive."),
    "y2": ("whole number or empty", "Lower side of the box, exclusive."),
    "class_id": ("whole number", "The most probable class."),
    "name": ("text", "Its name."),
    **CLASS,
    "probability": ("number", "Its probability, 0 to 1."),
    "class_id_2": ("whole number", "The second most probable class; with a larger `--top-k` also `class_id_3` ..."),
    "name_2": ("text", "Its name."),
    "probability_2": ("number", "Its probability."),
    "error": ("text or empty", "Why the image could not be read."),
}
FOLD_COLUMNS: Fields = {
    "image": ("text", "The folder of its class and its file name, such as `00014/00003_00027.ppm`."),
    "class_id": ("whole number", "The label."),
    "track": ("text or empty", "The track, where it is known."),
    "class_1": ("whole number", "The most probable class; up to `class_5`. Empty if the image did not decode."),
    "probability_1": ("number", "Its probability with six digits; up to `probability_5`."),
}
RUN_FOLDER: Fields = {
    "model.keras": ("Keras", "The saved model: the best epoch or the last one, float32, with its metadata."),
    "recipe.toml": ("TOML", "The [recipe](recipes.md), with all overrides."),
    "history.csv": ("CSV", "[One row for each epoch](#epochmetrics)."),
    "curves.png": ("PNG", "The same as a plot; needs the extra `report`."),
    "figures.json": ("JSON", "[What the training did](#trainingresult)."),
    "environment.json": ("JSON", "Seed, command, machine, versions, precision and checksums of the data."),
    "checkpoint.npz": ("NumPy", "The state to resume from; removed when the run is complete."),
}


@dataclass(frozen=True)
class Table:
    """The fields of one object, or the columns of one file.

    Attributes:
        kind: A dataclass that is written; None if all fields are given by hand.
        before: Fields that stand before those of the dataclass: {name: (type, meaning)}.
        after: Fields that stand after them.
        renamed: What a field is called in the file, where that is not its name.
        header: What the first column is called.
    """

    kind: type | None = None
    before: Fields = field(default_factory=dict)
    after: Fields = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    header: str = "field"


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


FORMATS: tuple[Format, ...] = (
    Format(
        "Predictions as JSON",
        "`roadsigns predict --json` and `.jsonl` files: one object for each image, one on a line. An image that could "
        "not be read has `path`, perhaps `box`, and `error`.",
        [Table(Prediction, before=IMAGE, after=CLASS), Table(ClassProbability)],
    ),
    Format(
        "Predictions as a table",
        "`roadsigns predict --out signs.csv` or `signs.parquet`: one row for each image.",
        [Table(before=PREDICTION_COLUMNS, header="column")],
    ),
    Format("Run folder", "What `roadsigns train` leaves.", [Table(before=RUN_FOLDER, header="file")]),
    Format(
        "Results of a training",
        "`figures.json` in a run folder, and what `roadsigns.train` returns.",
        [Table(TrainingResult), Table(ImageCounts), Table(ValidationMetrics)],
    ),
    Format("History of a training", "`history.csv` in a run folder.", [Table(EpochMetrics, header="column")]),
    Format(
        "Predictions of a fold",
        "`fold-N.csv` in the folder of `roadsigns cross-validate`, perhaps packed as `fold-N.csv.xz`. Predictions "
        "under corruptions are in a file of their own.",
        [Table(before=FOLD_COLUMNS, header="column")],
    ),
    Format(
        "Model metadata",
        "In every model file: the key `roadsigns` of an ONNX file's `metadata_props`, `roadsigns.json` in a `.keras` "
        "archive.",
        [Table(ModelMetadata, renamed={"ancestors": "starts"}), Table(SignClass), Table(Ancestor)],
    ),
)


def page(note: str) -> str:
    """The whole page, as Markdown."""
    return "".join(_page(note))


def _page(note: str) -> Iterator[str]:
    yield f"# File formats\n\n{note}\nWhat roadsigns writes. Probabilities and accuracies are fractions, 0 to 1.\n"
    for entry in FORMATS:
        yield f"\n## {entry.title}\n\n{textwrap.fill(entry.text, WIDTH, break_on_hyphens=False)}\n"
        for table in entry.tables:
            if table.kind:
                yield f"\n### {table.kind.__name__}\n\n{_summary(table.kind)}\n"
            yield f"\n| {table.header} | type | meaning |\n|---|---|---|\n"
            yield from (f"| `{name}` | {kind} | {meaning} |\n" for name, kind, meaning in rows(table))


def rows(table: Table) -> Iterator[tuple[str, str, str]]:
    """Name, type and meaning of each field of a table, in order."""
    yield from ((name, *texts) for name, texts in table.before.items())
    if table.kind:
        meanings, hints = attributes(table.kind), typing.get_type_hints(table.kind)
        for item in dataclasses.fields(table.kind):
            name = table.renamed.get(item.name, item.name)
            yield name, json_type(hints[item.name]), _cell(meanings[item.name])
    yield from ((name, *texts) for name, texts in table.after.items())


def _cell(text: str) -> str:
    """A meaning as a table's cell. JSON says null where Python says None."""
    return re.sub(r"\bNone\b", "null", text).replace("|", "\\|")


def _summary(kind: type) -> str:
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())


def attributes(kind: type) -> dict[str, str]:
    """The texts of the `Attributes:` section of a class's docstring, by name."""
    text = (inspect.getdoc(kind) or "").partition("Attributes:\n")[2].partition("\n\n")[0]
    items = re.findall(r"^    (\w+): (.*(?:\n {8,}.*)*)", text, re.MULTILINE)
    return {name: " ".join(meaning.split()) for name, meaning in items}


def json_type(hint: Any) -> str:
    """What a Python type is in JSON, in words; a dataclass is a link to its table."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(json_type(argument) for argument in arguments)
    if origin is Literal:
        return " or ".join(f'`"{argument}"`' for argument in arguments)
    if origin in (tuple, list, frozenset, Sequence):
        return f"list of {json_type(arguments[0])}"
    if origin in (dict, Mapping):
        return f"object of {json_type(arguments[1])}"
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    words = {
        int: "whole number",
        float: "number",
        str: "text",
        bool: "true or false",
        type(None): "null",
        Any: "any value",
        Path: "text",
        TrackKey: "[class_id, track]",
        np.ndarray: "list",
    }
    return words[hint]
