"""`roadsigns calibrate`: how sure a model may be, from a cross-validation of its recipe."""

import json
import sys
from pathlib import Path

import click

from roadsigns.cli._output import result_only_on_stdout

__all__ = ["command"]


@click.command("calibrate")
@click.argument("model", metavar="MODEL")
@click.option(
    "--on", required=True, type=click.Path(path_type=Path), help="Folder of a cross-validation of the model's recipe."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The file to write.  [default: the run's own model where MODEL is a run folder]",
)
@click.option("--allow-other-recipe", is_flag=True, help="Take a cross-validation of another recipe or other data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(*, model: str, on: Path, out: Path | None, allow_other_recipe: bool, as_json: bool) -> None:
    """Fit the temperature of MODEL: a run folder, a .keras or .onnx file, or the name of a built-in model.

    The logits are divided by one number, so that probabilities are chances; no answer changes. It is fitted on what the
    folds' models read in signs that they have not seen, and stored with the model.
    """
    with result_only_on_stdout():
        from roadsigns.cross_validation.calibrate import calibrate
        from roadsigns.cross_validation.temperature import print_temperature, temperature_values

        calibrated = calibrate(model, on, out=out, allow_other_recipe=allow_other_recipe)
    if as_json:
        values = {"model": model, "out": str(calibrated.path), **temperature_values(calibrated.temperature)}
        click.echo(json.dumps({**values, "other_recipe": calibrated.other_recipe}, allow_nan=False))
        return
    for difference in calibrated.other_recipe:
        click.echo(f"roadsigns: Not the model's recipe: {difference}.", err=True)
    print_temperature(calibrated.temperature, sys.stdout)
    click.echo(f"Stored in {calibrated.path}.")
