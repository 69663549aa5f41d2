"""`roadsigns audit`: find labels, boxes and classes that a person should look at."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from roadsigns.cli.shared.output import result_only_on_stdout
from roadsigns.cli.shared.process import interruption
from roadsigns.errors import MissingExtraError

if TYPE_CHECKING:
    from roadsigns.audit.evidence.evidence import Evidence

__all__ = ["command"]

# As with `roadsigns check`: 1 and 2 are taken.
STATUS_OF_FINDINGS = 3
# Options of the cross-validation.
TRAINING = ("recipe", "folds", "seed", "overrides")


@click.command("audit")
@click.argument("data", metavar="DATA", type=click.Path(path_type=Path))
@click.option(
    "--predictions",
    type=click.Path(path_type=Path),
    help="Predictions by networks that have not seen the images: the folder of a cross-validation, or a CSV file "
    "in its format. Without them, --recipe is cross-validated first.",
)
@click.option(
    "--out",
    default="audit",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder for the sheet, the tables and the cross-validation; not inside DATA.",
)
@click.option("--recipe", default="fast", show_default=True, help="What is cross-validated: a recipe, or a .toml file.")
@click.option("--folds", default=2, show_default=True, type=click.IntRange(2), help="Number of networks to train.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1), help="Random seed.")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a recipe value, such as training.epochs=5."
)
@click.option("--detector", default="detector", show_default=True, help="Street scenes: what finds the signs.")
@click.option("--recognizer", default="best", show_default=True, help="Street scenes: what reads them.")
@click.option("--no-cache", is_flag=True, help="Do not cache decoded images.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option("--strict", is_flag=True, help="Exit with status 3 for suspicions too.")
@click.pass_context
def command(
    context: click.Context,
    *,
    data: Path,
    predictions: Path | None,
    out: Path,
    recipe: str,
    folds: int,
    seed: int,
    overrides: tuple[str, ...],
    detector: str,
    recognizer: str,
    no_cache: bool,
    as_json: bool,
    strict: bool,
) -> int:
    """Audit the labels of the images in DATA: a folder, an archive or a table, in any supported layout.

    Finds images and whole tracks that are probably labelled wrong, signs that stand in two classes, boxes that miss the
    sign, classes with too little to learn from, and duplicates across tracks, classes and splits. What is suspected is
    drawn on a sheet and listed in a table, with the label that is suggested and a reason. A person decides; nothing in
    DATA is changed.

    DATA may also be a folder of street scenes: boxes are then compared with what the built-in detector and recogniser
    say.

    Each finding is a numbered rule, which `roadsigns check --explain` explains. The exit status is 0 without errors, 3
    with errors in the data, and 1 if there is nothing to audit.
    """
    with result_only_on_stdout():
        from roadsigns.audit.audit import audit_samples
        from roadsigns.audit.report import check_earlier_audit, write_audit
        from roadsigns.audit.scenes import are_scenes, audit_scenes
        from roadsigns.audit.table import print_audit
        from roadsigns.datasets.layouts.table_images import require_outside_of_table
        from roadsigns.files import check_output_folder
        from roadsigns.printable import printable

        check_output_folder(out, data=data)
        require_outside_of_table(out, data)
        earlier = check_earlier_audit(out)
        scenes = are_scenes(data)
        _refuse_others(context, scenes=scenes)
        if scenes:
            audit = audit_scenes(data, detector=detector, recognizer=recognizer)
        else:
            evidence = _evidence(
                data,
                predictions,
                out,
                recipe=recipe,
                folds=folds,
                seed=seed,
                overrides=overrides,
                use_cache=not no_cache,
            )
            if evidence is None:
                click.echo("Stopped early. The same command resumes.", err=True)
                raise interruption()
            audit = audit_samples(data, evidence)
    if as_json:
        click.echo(json.dumps(audit.as_dict(), allow_nan=False))
    else:
        print_audit(audit, sys.stdout)
    try:
        with result_only_on_stdout():
            write_audit(audit, out)
    except MissingExtraError as error:
        # The tables are written, and the suspects are printed.
        click.echo(f"roadsigns: {error}", err=True)
    replaced = " The earlier audit there was replaced." if earlier else ""
    what = "What is suspected is listed" if audit.suspects else "The list, which is empty, is"
    click.echo(f"{what} in {printable(str(out))}.{replaced}", err=True)
    return STATUS_OF_FINDINGS if audit.errors or (strict and audit.warnings) else 0


def _refuse_others(context: click.Context, *, scenes: bool) -> None:
    """Refuse options that would have no effect."""
    where = "with street scenes" if scenes else "with images of single signs"
    unused = dict.fromkeys(("predictions", *TRAINING) if scenes else ("detector", "recognizer"), where)
    if context.params["predictions"] and not scenes:
        unused |= dict.fromkeys(TRAINING, "beside --predictions")
    for name, reason in unused.items():
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            option = "set" if name == "overrides" else name
            raise click.UsageError(f"--{option} has no effect {reason}.", context)


def _evidence(
    data: Path,
    predictions: Path | None,
    out: Path,
    *,
    recipe: str,
    folds: int,
    seed: int,
    overrides: tuple[str, ...],
    use_cache: bool,
) -> "Evidence | None":
    from roadsigns.audit.evidence.read import read_evidence
    from roadsigns.datasets.reader import read_training

    if predictions is not None:
        return read_evidence(predictions, read_training(data), data)
    from roadsigns.audit.own_predictions import predict_out_of_fold

    return predict_out_of_fold(
        data, out, recipe=recipe, folds=folds, seed=seed, overrides=overrides, use_cache=use_cache
    )
