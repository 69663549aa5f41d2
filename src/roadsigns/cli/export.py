"""`roadsigns export`: a model to a file that other runtimes run."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.cli._output import result_only_on_stdout

if TYPE_CHECKING:
    from roadsigns.exports.export import Exported

__all__ = ["command"]

# Stands here too, so that `--help` loads nothing; a test compares.
FORMATS = ("keras", "litert", "onnx", "openvino")
# No file but a folder, and nothing to choose about it.
PAGE = "web"


@click.command("export")
@click.argument("model", metavar="MODEL")
@click.option("--format", "format_name", required=True, type=click.Choice((*FORMATS, PAGE)), help="What to write.")
@click.option("--half", is_flag=True, help="Store the weights as float16; half the size, computed in float32.")
@click.option("--int8", is_flag=True, help="Whole numbers of eight bits, calibrated on the images of --data.")
@click.option("--out", type=click.Path(path_type=Path), help="The file.  [default: the model's name, in this folder]")
@click.option("--data", type=click.Path(path_type=Path), help="Folder with labelled images, for --int8.")
def command(*, model: str, format_name: str, half: bool, int8: bool, out: Path | None, data: Path | None) -> None:
    """Export MODEL: a run folder, a model file, or the name of a built-in model.

    Crops in, probabilities out; scaling and temperature are inside, class names and preparation in the metadata. The
    file is compared with the Keras network on drawn signs, and is not written if they disagree. The format "web" is a
    folder instead: a page that names signs wholly in the browser, for any web server.
    """
    if half and int8:
        raise click.UsageError("--half and --int8 exclude each other.")
    if data is not None and not int8:
        raise click.UsageError("--data is what --int8 is calibrated on; add --int8, or leave it out.")
    if format_name == PAGE:
        _write_page(model, out, plain=not (half or int8))
        return
    with result_only_on_stdout():
        from roadsigns.exports.export import export_model

        precision = "float16" if half else "int8" if int8 else "float32"
        exported = export_model(model, format_name, precision=precision, out=out, data=data)
    _print(exported)


def _write_page(model: str, out: Path | None, *, plain: bool) -> None:
    if not plain:
        raise click.UsageError("The page takes the model as it is; leave --half and --int8 out.")
    folder = out or Path(f"{Path(model).resolve().name}-web")
    with result_only_on_stdout():
        from roadsigns.page.web_export import write_page

        write_page(model, folder)
    click.echo(f"{folder}  {sum(file.stat().st_size for file in folder.rglob('*.*')):,} bytes")
    click.echo(f"Any web server shows it; here: python -m http.server --bind 127.0.0.1 --directory {folder}")


def _print(exported: "Exported") -> None:
    for file in exported.files:
        click.echo(f"{file}  {file.stat().st_size:,} bytes")
    values = exported.values()
    taken = values["input"]
    click.echo(
        f"Takes {taken['dtype']} {taken['colours']} (count, {', '.join(map(str, taken['shape'][1:]))}) in "
        f"{taken['range'][0]} to {taken['range'][1]}, prepared as '{taken['preparation']}' (docs/exports.md)."
    )
    click.echo(f"On {exported.parity.images} drawn inputs: {exported.parity.describe()}.")
    if exported.loss:
        parity, seen = exported.loss.parity, "seen in training" if exported.loss.seen else "held out in training"
        click.echo(
            f"On {parity.images:,} images of --data, {seen}: {parity.keras_errors} errors in Keras, "
            f"{parity.export_errors} in int8; {parity.describe()}."
        )
