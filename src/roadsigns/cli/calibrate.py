"""`roadsigns calibrate`: fits the temperature and prediction sets of a model on a cross-validation of its recipe."""

import json
import sys
from pathlib import Path

import click

from roadsigns.cli.shared.number import FiniteFloatRange
from roadsigns.cli.shared.output import result_only_on_stdout
from roadsigns.cli.shared.output_file import OutputFile

__all__ = ["command"]


@click.command("calibrate")
@click.argument("model", metavar="MODEL")
@click.option(
    "--on", required=True, type=click.Path(path_type=Path), help="Folder of a cross-validation with the model's recipe."
)
@click.option(
    "--out",
    type=OutputFile(),
    help="Model file to write or replace.  [default: replace the model in the run folder MODEL]",
)
@click.option(
    "--level",
    "levels",
    multiple=True,
    type=FiniteFloatRange(0, 1, min_open=True, max_open=True),
    help="Probability that a prediction set holds the true class; may be repeated, and replaces all levels before.  "
    "[default: 0.99 and 0.999, if there are enough signs]",
)
@click.option("--allow-other-recipe", is_flag=True, help="Accept a cross-validation with another recipe or other data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(
    *, model: str, on: Path, out: Path | None, levels: tuple[float, ...], allow_other_recipe: bool, as_json: bool
) -> None:
    """Calibrate the probabilities of MODEL: a run folder, a .keras or .onnx file, or the name of a built-in model.

    The logits are divided by a temperature, so that predictions with a probability of 90 % are right nine times in ten.
    The predicted classes do not change. The temperature is fitted on the predictions of a cross-validation, those for
    images with corruptions if it has them, and stored with the model. The models of the cross-validation had not seen
    the signs that they predict. Stored as well are the quantiles of prediction sets (conformal prediction): small sets
    of classes that hold the true one with the probability of a level, for an image of a new sign. And, for a model
    trained with negatives, the thresholds below which a sign is called unknown.
    """
    with result_only_on_stdout():
        from roadsigns.cross_validation.calibrate import calibrate
        from roadsigns.cross_validation.conformal_table import print_sets, print_thresholds
        from roadsigns.cross_validation.temperature import print_temperature

        calibrated = calibrate(model, on, out=out, levels=levels or None, allow_other_recipe=allow_other_recipe)
    if as_json:
        click.echo(json.dumps({"model": model, **calibrated.as_dict()}, allow_nan=False))
        return
    for difference in calibrated.other_recipe:
        click.echo(f"roadsigns: Not the model's recipe: {difference}.", err=True)
    print_temperature(calibrated.temperature, sys.stdout)
    print_sets(calibrated.sets, sys.stdout)
    if calibrated.known:
        print_thresholds(calibrated.known, sys.stdout)
    click.echo(f"Stored in {calibrated.path}.")
