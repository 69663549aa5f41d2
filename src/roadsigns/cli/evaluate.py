"""`roadsigns evaluate`: metrics of a model on images that it has not seen."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from roadsigns.cli.shared.corruptions import corruption_options, evaluate_corrupted, refuse_without_corruptions
from roadsigns.cli.shared.detector import evaluate_found, is_detector, recognizer_option, refuse_without_detector
from roadsigns.cli.shared.number import FiniteFloatRange
from roadsigns.cli.shared.output import result_only_on_stdout
from roadsigns.cli.shared.report_folder import write_report_folder

if TYPE_CHECKING:
    from roadsigns.evaluation.leakage import EvaluationSplit
    from roadsigns.robustness.box_noise import BoxUse

__all__ = ["command"]

# What gives an option something to do.
NEEDED = {
    "score": "--unknown or --background",
    "keep": "--unknown or --background",
    "windows": "--background",
    "seed": "--background or --corruptions",
}


@click.command("evaluate")
@click.argument("model", metavar="MODEL")
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder, archive or table of labelled images; for a detector, folder of street scenes.",
)
@click.option(
    "--split",
    default="test",
    show_default=True,
    type=click.Choice(["test", "validation", "all"]),
    help="Test images, images held out from training, or all labelled images outside the test set. For a detector: "
    "scenes held out from training, or all.",
)
@click.option(
    "--boxes",
    default="given",
    show_default=True,
    type=click.Choice(["given", "none", "jittered"]),
    help="Boxes given to the model: as annotated, none, or with each edge moved by up to 10 %.",
)
@click.option(
    "--unknown",
    type=click.Path(path_type=Path),
    help="Folder, archive or image of signs that the model does not know: how well are they told from the known ones?",
)
@click.option(
    "--background",
    type=click.Path(path_type=Path),
    help="Folder of street scenes with gt.txt, as GTSDB has them: the same for windows that show none of its signs.",
)
@click.option(
    "--score",
    type=click.Choice(["known", "max-softmax"]),
    help="The score that tells known from unknown images.  [default: all that the model has]",
)
@click.option(
    "--keep",
    default=0.99,
    show_default=True,
    type=FiniteFloatRange(0, 1, min_open=True),
    help="Share of the known images that is to be kept.",
)
@click.option(
    "--windows", default=5000, show_default=True, type=click.IntRange(1), help="Number of background windows."
)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(0, 2**31 - 1),
    help="Random seed of these windows, and of corruptions.",
)
@click.option(
    "--tracks", is_flag=True, help="Also tell each sign from 1, 3, 5, 10 and 30 of its frames, as one decision."
)
@corruption_options
@recognizer_option
@click.option("--allow-seen", is_flag=True, help="Allow signs that the model was trained on, and mark the results.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for tables and plots.  [default: RUN/evaluation-SPLIT[-BOXES][-corruptions] if MODEL is a run "
    "folder, else none]",
)
@click.option("--no-cache", is_flag=True, help="Do not cache decoded images.")
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    model: str,
    data: Path,
    split: "EvaluationSplit",
    boxes: "BoxUse",
    unknown: Path | None,
    background: Path | None,
    score: str | None,
    keep: float,
    windows: int,
    seed: int,
    tracks: bool,
    corruptions: bool,
    recognizer: str,
    allow_seen: bool,
    as_json: bool,
    out: Path | None,
    no_cache: bool,
    **corruption: Any,
) -> None:
    """Evaluate MODEL: a run folder, a model file, or the name of a built-in model, also of a detector.

    Prints the accuracy with confidence intervals, for GTSRB also the accuracy of people on its six subsets, and the
    hardest classes. Writes the confusion matrix, the recall of each class and the misread images as files. Refuses
    images that the model was trained on, and others of the same signs if their tracks are known; if not, it says so.

    With --unknown or --background, it also measures how well the model tells images of none of its classes from these
    known ones: AUROC, and the share of unknown images that is accepted when 95 % (FPR95) or --keep of the known ones
    are kept. It draws a histogram, the curve and the accepted images.

    With --tracks, it also fuses the frames of each sign into one decision, and prints how many signs are misread then,
    beside simpler ways: the mean of probabilities, their product, the majority of frames, the largest frame.

    With --corruptions, it also predicts every image in each kind of corruption at each severity, and prints accuracy,
    confidence and calibration of each kind, and the mean corruption error relative to a baseline.

    A detector is evaluated on street scenes (GTSDB's layout, YOLO, COCO): how many signs it finds and at which price in
    false ones, by size, and how many are then named right. Of the scenes that it was trained on, those that were held
    out are evaluated; of others all.
    """
    if is_detector(model):
        evaluate_found(model, data, recognizer=recognizer, split=split, allow_seen=allow_seen, as_json=as_json, out=out)
        return
    refuse_without_detector()
    if _holds_only_scenes(data):
        raise click.UsageError(
            f"{data} holds street scenes, and {model} is no detector. To evaluate both together: roadsigns evaluate "
            f"detector --data {data} --recognizer {model}"
        )
    if corruptions:
        chosen: dict[str, Any] = {"split": split, "boxes": boxes, "allow_seen": allow_seen, "seed": seed}
        evaluate_corrupted(model, data, as_json=as_json, out=out, **chosen, **corruption)
        return
    refuse_without_corruptions()
    for name, needed in NEEDED.items():
        used = background is not None or (unknown is not None and "--unknown" in needed)
        if not used and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name} needs {needed}.", context)
    with result_only_on_stdout():
        from roadsigns.evaluation.rejection.evaluate import evaluate_unknown, with_judgements
        from roadsigns.evaluation.rejection.table import print_judgement
        from roadsigns.evaluation.report import write_report
        from roadsigns.evaluation.report_folder import check_report_folder
        from roadsigns.evaluation.table import print_report
        from roadsigns.loading.cache import default_cache_folder

        if out:
            check_report_folder(out, filter(None, (data, unknown, background)))
        evaluation, judgements = evaluate_unknown(
            model,
            data,
            unknown=unknown,
            background=background,
            score=score,
            keep=keep,
            windows=windows,
            seed=seed,
            split=split,
            boxes=boxes,
            fuse_tracks=tracks,
            allow_seen=allow_seen,
            cache_folder=None if no_cache else default_cache_folder(),
        )
    if as_json:
        # ASCII, and so UTF-8 whatever the encoding of standard output.
        click.echo(json.dumps(with_judgements(evaluation, judgements), allow_nan=False))
    else:
        print_report(evaluation, sys.stdout)
        for judgement in judgements:
            print_judgement(judgement, sys.stdout)
    with result_only_on_stdout():
        write_report_folder(
            lambda folder: write_report(evaluation, folder, judgements),
            model=evaluation.model,
            name=f"evaluation-{split}" + ("" if boxes == "given" else f"-{boxes}"),
            out=out,
        )


def _holds_only_scenes(data: Path) -> bool:
    """Whether it is a folder of street scenes; GTSDB's own archive also has folders with the signs cut out."""
    return (data / "gt.txt").is_file() and not any(entry.is_dir() for entry in data.iterdir())
