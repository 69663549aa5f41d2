"""`roadsigns export`: write a model as a file for other runtimes."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.cli.shared.decision import coverage_option, keep_option, tell_rule
from roadsigns.cli.shared.detector import is_detector
from roadsigns.cli.shared.number import FiniteFloatRange
from roadsigns.cli.shared.output import result_only_on_stdout
from roadsigns.cli.shared.output_file import as_file
from roadsigns.cli.shared.which_detector import chosen_detector, detector_options
from roadsigns.wording import counted

if TYPE_CHECKING:
    from roadsigns.exports.export import Exported

__all__ = ["command"]

# Repeated here, so that `--help` imports nothing heavy; a test compares.
FORMATS = ("keras", "litert", "onnx", "openvino")
# A folder instead of a file, without options.
PAGE = "web"


@click.command("export")
@click.argument("model", metavar="MODEL")
@click.option(
    "--format", "format_name", required=True, type=click.Choice((*FORMATS, PAGE)), help="The format to export to."
)
@click.option("--half", is_flag=True, help="Store the weights as float16: half the size, still computed in float32.")
@click.option("--int8", is_flag=True, help="Quantise to int8, calibrated on the images of --data.")
@click.option(
    "--min-score",
    type=FiniteFloatRange(0, 1, min_open=True, max_open=True),
    help="For a detector: the score from which the file reports signs.  [default: as it is]",
)
@click.option(
    "--out",
    metavar="PATH",
    help="File to write or replace; for web, a new folder.  [default: the model's name, in the current folder]",
)
@click.option("--data", type=click.Path(path_type=Path), help="Folder, archive or table of images, for --int8.")
@keep_option
@coverage_option
@detector_options
def command(
    *,
    model: str,
    format_name: str,
    half: bool,
    int8: bool,
    min_score: float | None,
    out: str | None,
    data: Path | None,
    keep: float | None,
    coverage: float | None,
    detector: str | None,
    no_detector: bool,
) -> None:
    """Export MODEL to another format.

    MODEL is a run folder, a model file, or the name of a built-in model. A detector is exported to ONNX only.

    The exported network takes crops and returns probabilities. Scaling and temperature are part of its graph; class
    names, preparation and thresholds are in its metadata. It is compared with the Keras network on drawn signs, and not
    written if they disagree. The format "web" is a folder for any web server: a page that recognises signs in the
    browser, with the thresholds that --keep and --coverage choose, and with a detector also finds them in street
    photographs.
    """
    if half and int8:
        raise click.UsageError("--half and --int8 cannot be combined.")
    if data is not None and not int8:
        raise click.UsageError("--data is for --int8 only. Add --int8, or leave out --data.")
    if format_name == PAGE:
        if half or int8:
            raise click.UsageError("--half and --int8 are not for the format web. Leave them out.")
        finder = chosen_detector(detector, none=no_detector)
        _write_page(model, Path(out) if out else None, finder, keep=keep, coverage=coverage)
        return
    if detector or no_detector or keep is not None or coverage is not None:
        raise click.UsageError(
            "--detector, --no-detector, --keep and --coverage are for the format web only. Leave them out."
        )
    file = as_file(out, option="--out") if out else None
    if is_detector(model):
        _export_detector(model, format_name, half=half, int8=int8, min_score=min_score, out=file)
        return
    if min_score is not None:
        raise click.UsageError("--min-score is for detectors only. Leave it out.")
    with result_only_on_stdout():
        from roadsigns.exports.export import export_model

        precision = "float16" if half else "int8" if int8 else "float32"
        exported = export_model(model, format_name, precision=precision, out=file, data=data)
    _print(exported)


def _export_detector(
    model: str, format_name: str, *, half: bool, int8: bool, min_score: float | None, out: Path | None
) -> None:
    if format_name != "onnx" or int8:
        what = "--int8" if int8 else f"the format {format_name}"
        raise click.UsageError(f"{what} is for recognisers, and {model} is a detector. Expected --format onnx.")
    with result_only_on_stdout():
        from roadsigns.exports.detector import export_detector

        exported = export_detector(model, half=half, min_score=min_score, out=out)
    click.echo(f"{exported.path}  {exported.path.stat().st_size:,} bytes")
    click.echo(
        "Input: RGB, uint8, shape (count, height, width, 3), sides divisible by 32. Output: scores and boxes of all "
        "locations; roadsigns.Detector makes signs of them."
    )
    click.echo(
        f"On a reference input, scores differ by at most {exported.score_difference:.2g}, sides of boxes by "
        f"{100 * exported.box_difference:.2g} %."
    )


def _write_page(
    model: str, out: Path | None, detector: str | None, *, keep: float | None, coverage: float | None
) -> None:
    folder = out or Path(f"{Path(model).resolve().name}-web")
    with result_only_on_stdout():
        from roadsigns.page.web_export import write_page

        rule = write_page(model, folder, detector=detector, keep=keep, coverage=coverage)
    tell_rule(rule, keep)
    click.echo(f"{folder}  {sum(file.stat().st_size for file in folder.rglob('*.*')):,} bytes")
    click.echo(f"Any web server can serve it, for example: python -m http.server --bind 127.0.0.1 --directory {folder}")


def _print(exported: "Exported") -> None:
    for file in exported.files:
        click.echo(f"{file}  {file.stat().st_size:,} bytes")
    taken = exported.metadata.input
    click.echo(
        f"Input: RGB, {taken.dtype}, shape (count, {', '.join(map(str, taken.shape[1:]))}), {taken.range[0]} to "
        f"{taken.range[1]}, preparation '{taken.preparation}': roadsigns.prepare computes it in Python, and the page "
        '"Preparation of images" of the documentation describes it for other languages.'
    )
    click.echo(f"On {exported.parity.images} reference inputs: {exported.parity.describe()}.")
    if exported.int8:
        parity, seen = exported.int8.parity, "seen in training" if exported.int8.seen else "held out in training"
        click.echo(
            f"On {counted(parity.images, 'image')} of --data, {seen}: {counted(parity.keras_errors or 0, 'error')} in "
            f"Keras, {parity.export_errors} in int8; {parity.describe()}."
        )
