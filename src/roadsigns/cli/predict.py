"""`roadsigns predict`: the names of the signs in pictures."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.errors import DataError, ImageError

if TYPE_CHECKING:
    from rich.table import Table

    from roadsigns.classes import SignClass
    from roadsigns.inference.recognizer import Prediction
    from roadsigns.progress import Advance

    Result = tuple[Path, Prediction | ImageError]
    Write = Callable[[Iterator[Result]], None]

# Rows shown together: a table needs them all before its first line, and must not wait for a long run's end.
ROWS = 256
# A path has at most 4,096 characters on Linux.
UNFOLDED_WIDTH = 20_000


class BoxType(click.ParamType["tuple[int, int, int, int]"]):
    """Four whole numbers."""

    name = "x1,y1,x2,y2"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int, int, int]:
        """Parse "4,5,40,41"."""
        try:
            x1, y1, x2, y2 = (int(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"'{value}' is no box. Expected four whole numbers such as 5,6,41,42, x2 and y2 exclusive.")
        return x1, y1, x2, y2


@click.command(name="predict")
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--model", metavar="MODEL", help="Run folder, model file, or built-in model; see `roadsigns models`.")
@click.option("--box", type=BoxType(), help="Where the sign is, in pixels; for a single image.")
@click.option("--top-k", default=3, show_default=True, type=click.IntRange(1), help="How many classes to tell of.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line and image.")
def command(
    images: tuple[Path, ...], model: str | None, box: tuple[int, int, int, int] | None, top_k: int, as_json: bool
) -> int:
    """Name the sign in each IMAGE: a file, or a folder, which is searched through.

    An image that cannot be read is reported in its place; the exit status is then 1.
    """
    paths = _expand(images)
    if box is not None and len(paths) > 1:
        raise click.UsageError(f"--box is for a single image, and there are {len(paths)}.")

    from roadsigns.inference.model_file import DEFAULT_MODEL
    from roadsigns.inference.recognizer import Recognizer

    recognizer = Recognizer.load(model or DEFAULT_MODEL)
    predictions = recognizer.predict_each(paths, boxes=box and [box], top_k=top_k)
    failures = 0

    def results(advance: "Advance") -> Iterator["Result"]:
        nonlocal failures
        for path, prediction in zip(paths, predictions, strict=True):
            failures += isinstance(prediction, ImageError)
            advance()
            yield path, prediction

    write = _json_writer(recognizer.classes) if as_json else _table_writer(paths, recognizer.classes)
    with _progress(len(paths)) as advance:
        write(results(advance))
    return 1 if failures else 0


def _expand(given: tuple[Path, ...]) -> list[Path]:
    """Replace folders by the images in them. A missing file stays, and is reported in its place."""
    from roadsigns.images.find import find_images

    if not any(path.exists() for path in given):
        raise DataError(f"{', '.join(map(str, given))}: no such file or folder. Give image files or folders of them.")
    paths: list[Path] = []
    for path in given:
        found = find_images(path) if path.is_dir() else [path]
        if not found:
            click.echo(f"roadsigns: the folder {path} holds no images (.ppm, .png, .jpg); passed over.", err=True)
        paths += found
    if not paths:
        raise DataError("There is nothing to predict. Give image files, or folders that hold some.")
    return paths


def _progress(total: int) -> AbstractContextManager["Advance"]:
    """A bar, unless the results appear on a terminal: they show how far it is, and a bar would cut them up."""
    from roadsigns.progress import progress

    return nullcontext(_no_advance) if sys.stdout.isatty() else progress("Predicting", total=total)


def _no_advance(steps: int = 1, *, note: str = "") -> None:
    """Show nothing."""


def _json_writer(classes: tuple["SignClass", ...]) -> "Write":
    def write(results: Iterator["Result"]) -> None:
        for path, prediction in results:
            # ASCII: a file's name may be no text, and must not stop the rest.
            click.echo(json.dumps({"path": str(path), **_values(prediction, classes)}))

    return write


def _values(prediction: "Prediction | ImageError", classes: tuple["SignClass", ...]) -> dict[str, object]:
    if isinstance(prediction, ImageError):
        return {"error": str(prediction)}
    sign = classes[prediction.class_id]
    return {
        "class_id": prediction.class_id,
        "name": prediction.name,
        "name_de": sign.name_de,
        "sign_number": sign.sign_number,
        "probability": prediction.probability,
        "top_k": [
            {"class_id": entry.class_id, "name": entry.name, "probability": entry.probability}
            for entry in prediction.top_k
        ],
    }


def _table_writer(paths: list[Path], classes: tuple["SignClass", ...]) -> "Write":
    """Print tables of equal column widths, the first with a header, so that they read as one."""
    from rich.console import Console
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        # In a file or a pipe one image stays one line.
        console.width = UNFOLDED_WIDTH
    file_width = min(max(len(str(path)) for path in paths), console.width // 4)
    name_width = min(max(len(sign.name) for sign in classes), console.width // 4)

    def write(results: Iterator["Result"]) -> None:
        first = True
        while rows := list(islice(results, ROWS)):
            table = _empty_table(file_width, name_width, show_header=first)
            for path, prediction in rows:
                table.add_row(*(Text(cell) for cell in _cells(path, prediction)))
            console.print(table)
            first = False

    return write


def _empty_table(file_width: int, name_width: int, *, show_header: bool) -> "Table":
    from rich.table import Table

    table = Table(box=None, show_header=show_header, header_style="bold", pad_edge=False)
    table.add_column("file", width=file_width, overflow="fold")
    table.add_column("class", width=5, justify="right")
    table.add_column("name", width=name_width)
    table.add_column("probability", width=11, justify="right")
    table.add_column("runners-up", overflow="fold")
    return table


def _cells(path: Path, prediction: "Prediction | ImageError") -> tuple[str, ...]:
    if isinstance(prediction, ImageError):
        return str(path), "", "error", "", str(prediction)
    runners_up = ", ".join(f"{entry.name} {entry.probability:.2%}" for entry in prediction.top_k[1:])
    return (
        str(path),
        str(prediction.class_id),
        prediction.name,
        f"{prediction.probability:.2%}",
        runners_up,
    )
