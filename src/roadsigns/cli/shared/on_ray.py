"""`--on ray`: the options that predict and detect share for clusters, and a job with what came of it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from roadsigns.cli.shared.decision import tell_rule, tell_threshold
from roadsigns.errors import ModelError
from roadsigns.wording import counted

if TYPE_CHECKING:
    from roadsigns.distributed.job import Summary
    from roadsigns.distributed.models import Models
    from roadsigns.shards.process import ShardResult

__all__ = ["cluster_options", "refuse_without_ray", "run_on_ray"]

Command = TypeVar("Command", bound=Callable[..., object])
# What is named of what failed.
NAMED = 10

OPTIONS = (
    click.option(
        "--on",
        "machines",
        type=click.Choice(["ray"]),
        help="Compute on a Ray cluster: shards (.parquet, .tar), local or at addresses such as s3://bucket/a, become "
        "Parquet files in the folder --out.",
    ),
    click.option(
        "--address",
        metavar="HOST:PORT",
        help="With --on ray: the cluster; auto for the one of which this machine is part.  [default: a local one]",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1),
        help="With --on ray: number of workers, each with --threads cores, 1 unless given.  [default: as many as there "
        "is room for]",
    ),
)


def cluster_options(command: Command) -> Command:
    """Add the options to a command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def refuse_without_ray(**options: object) -> None:
    """Refuse options, by name, that are for clusters. Raises a UsageError."""
    for name, value in options.items():
        if value is not None:
            raise click.UsageError(f"--{name} is for clusters. Add --on ray.")


def run_on_ray(
    command: str,
    shards: Sequence[str],
    *,
    out: str | None,
    model: str,
    detector: str | None = None,
    top_k: int,
    keep: float | None,
    coverage: float | None,
    min_score: float | None = None,
    threads: int | None,
    address: str | None,
    workers: int | None,
    others: Mapping[str, object],
) -> int:
    """Run a job, and say what came of it.

    Args:
        command: "predict" or "detect".
        shards: Their addresses.
        out: The folder of results.
        model: Names signs.
        detector: Finds them, for `detect`.
        top_k: How many classes to list.
        keep: See `Recognizer.load`.
        coverage: See `Recognizer.load`.
        min_score: See `Detector.load`.
        threads: Of each worker; None for 1.
        address: Of the cluster.
        workers: How many.
        others: Options that cannot be combined with --on ray, and their values.

    Returns:
        1 if anything could not be read or computed, else 0.

    Raises:
        click.UsageError: If there is no --out, or other options do not fit.
        RoadsignsError: See `run_job`.
    """
    for option, value in others.items():
        if value not in (None, False):
            raise click.UsageError(f"{option} and --on ray cannot be combined.")
    if out is None:
        raise click.UsageError("--on ray writes a folder of Parquet files. Name one: --out DIR.")

    from roadsigns.distributed.job import Job, run_job

    models = _models(model, detector, top_k=top_k, keep=keep, coverage=coverage, min_score=min_score)
    summary = run_job(Job(command, shards, out, models, address, workers, threads or 1))
    _tell(summary, command, out)
    return 1 if summary.failed or summary.unreadable else 0


def _models(model: str, detector: str | None, **settings: Any) -> "Models":
    """Read the files of models, and see that they are what is wanted, before anything is started."""
    from roadsigns.detection.engine import choose_detector_engine
    from roadsigns.distributed.models import Models
    from roadsigns.inference.decide import DecisionRule
    from roadsigns.inference.engines import choose_engine
    from roadsigns.model_files.model_file import find_detector, find_model, read_metadata
    from roadsigns.model_files.onnx_file import read_detector_file

    path, found = find_model(model), detector and find_detector(detector)
    rule = DecisionRule.of(read_metadata(path), keep=settings["keep"], coverage=settings["coverage"])
    tell_rule(rule, settings["keep"])
    tell_threshold(rule)
    if found:
        read_detector_file(found)
    return Models(
        _read(path),
        _read(found) if found else None,
        choose_engine(path, None),
        choose_detector_engine(None),
        **settings,
    )


def _tell(summary: "Summary", command: str, out: str) -> None:
    computed, earlier, failed = summary.computed, summary.earlier, summary.failed
    click.echo(
        f"{counted(summary.shards, 'shard')}: {len(computed):,} computed, {len(earlier):,} there already, "
        f"{len(failed):,} failed."
    )
    read = summary.images - summary.unreadable
    rows = f", {counted(summary.rows, 'row')}" if command == "detect" else ""
    click.echo(f"{counted(summary.images, 'image')}: {read:,} read, {summary.unreadable:,} could not be read{rows}.")
    now = sum(result.images for result in computed)
    if now:
        from roadsigns.distributed.job import shown_pace

        pace = shown_pace(now / summary.seconds)
        click.echo(f"{counted(now, 'image')} in {summary.seconds:,.1f} s, {pace}, workers' start included.")
    click.echo(f"The results are in {out}.")
    for result in _first(summary.results):
        click.echo(f"roadsigns: {result.shard}: {_unreadable(result)}", err=True)
    for outcome in failed[:NAMED]:
        told = (
            outcome.problem
            if outcome.shard.address in outcome.problem
            else f"{outcome.shard.address}: {outcome.problem}"
        )
        click.echo(f"roadsigns: Not computed: {told}", err=True)
    if len(failed) > NAMED:
        click.echo(f"roadsigns: Not computed: {len(failed) - NAMED:,} more.", err=True)


def _first(results: "Sequence[ShardResult]") -> "list[ShardResult]":
    return [result for result in results if result.unreadable][:NAMED]


def _unreadable(result: "ShardResult") -> str:
    return f"{counted(result.unreadable, 'image')} could not be read, such as {result.first_problem}"


def _read(path: Path) -> Any:
    from roadsigns.distributed.models import ModelFile

    try:
        return ModelFile.read(path)
    except OSError as error:
        raise ModelError(f"The file cannot be read ({error.strerror}).", subject=str(path)) from error
