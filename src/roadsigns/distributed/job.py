"""A job: all shards of some addresses computed into one folder, and what came of it."""

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from roadsigns.distributed.cluster import check_nodes, connected
from roadsigns.distributed.models import Models
from roadsigns.distributed.pool import Pool
from roadsigns.distributed.worker import Outcome, Setup
from roadsigns.errors import ClusterError, OutputError
from roadsigns.files import real_path
from roadsigns.progress import progress
from roadsigns.shards.check import check_shards
from roadsigns.shards.manifest import Manifest, claim, is_claimed, results_in
from roadsigns.shards.place import Place, place_for_output, unfinished
from roadsigns.shards.process import ShardResult
from roadsigns.shards.shard import Shard, find_shards
from roadsigns.version import __version__
from roadsigns.wording import counted, reason, some

__all__ = ["Job", "Summary", "run_job", "shown_pace"]

logger = logging.getLogger(__name__)

# From which on it is told in whole numbers.
WHOLE_PACE = 10


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be computed, and where.

    Attributes:
        command: "predict" or "detect".
        shards: Addresses of files and folders, and patterns.
        out: The address of the folder of results.
        models: What is computed with.
        address: Of the cluster; None for a local one.
        workers: How many work at once; None for as many as the cluster has room for.
        threads: Of each.
    """

    command: str
    shards: Sequence[str]
    out: str
    models: Models
    address: str | None = None
    workers: int | None = None
    threads: int = 1


@dataclass(slots=True)
class Summary:
    """What came of a job.

    Attributes:
        shards: How many there are.
        earlier: What is in results that were there already.
        computed: What is in those that were computed now.
        failed: Which shards have no results, and why.
        seconds: How long it took to compute, workers' start included.
    """

    shards: int
    earlier: list[ShardResult] = field(default_factory=list)
    computed: list[ShardResult] = field(default_factory=list)
    failed: list[Outcome] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def results(self) -> list[ShardResult]:
        """Of all shards that have some."""
        return [*self.earlier, *self.computed]

    @property
    def images(self) -> int:
        """How many images the results are of."""
        return sum(result.images for result in self.results)

    @property
    def unreadable(self) -> int:
        """How many of these could not be read."""
        return sum(result.unreadable for result in self.results)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(result.rows for result in self.results)


def run_job(job: Job) -> Summary:
    """Compute what is missing of a job.

    Raises:
        DataError: If there are no shards, or they cannot be read or do not belong together.
        OutputError: If the folder of results is another job's, or cannot be written.
        ClusterError: If the cluster cannot be used.
        ModelError: If a model does not load on a worker.
        MissingExtraError: If something is not installed.
    """
    shards = find_shards(job.shards)
    out = _folder(job.out, job.shards, shards)
    manifest = Manifest(__version__, job.command, job.models.checksums, _settings(job.models), _names(shards))
    # Whose folder it is, and what is in the shards, is known before anything is started or written.
    done = results_in(out, shards) if is_claimed(out, manifest) else {}
    missing = [shard for shard in shards if shard.name not in done]
    images = check_shards(missing, with_boxes=job.command == "predict")
    summary = Summary(len(shards), list(done.values()))
    if not missing:
        return summary
    with connected(job.address, cores=job.workers and job.workers * job.threads) as ray:
        check_nodes(ray)
        workers = _workers(ray, job)
        claim(out, manifest)
        before, run = unfinished(_files_in(out)), uuid.uuid4().hex[:12]
        setup = Setup(job.models, job.threads, out.address, manifest.as_bytes(), run)
        if done:
            logger.info("%s of %s are there already.", f"{len(done):,}", counted(len(shards), "shard"))
        start = time.monotonic()
        try:
            with _bar(job.command, images) as told:
                for outcome in Pool(ray, setup, workers=min(workers, len(missing))).run(missing):
                    told(outcome)
                    if outcome.result is None:
                        summary.failed.append(outcome)
                    else:
                        summary.computed.append(outcome.result)
        except KeyboardInterrupt:
            kept = len(done) + len(summary.computed)
            logger.info("%s of %s are in %s; the same command computes the rest.", kept, len(shards), out.address)
            raise
        summary.seconds = time.monotonic() - start
    _remove_unfinished(out, run, before)
    _check(summary, out, shards, images)
    return summary


def _folder(address: str, given: Sequence[str], shards: Iterable[Shard]) -> Place:
    out = place_for_output(address)
    try:
        for one in (*filter(_is_folder, given), *_folders_of_files(shards)):
            if _lies_in(out, Place.of(one)):
                raise OutputError(
                    f"This lies in the folder of shards {one}.", hint="Name another place with --out.", subject=address
                )
    except (OSError, ValueError) as error:
        raise OutputError(
            f"The folder cannot be used ({reason(error)}).", hint="Name another one with --out.", subject=address
        ) from error
    return out


def _is_folder(address: str) -> bool:
    return Place.of(address).is_folder()


def _folders_of_files(shards: Iterable[Shard]) -> list[str]:
    """The local folders of shards, also of those that a file or a pattern names, but not the user's current one."""
    here = real_path(Path())
    places = (Place.of(shard.address) for shard in shards)
    folders = {str(Path(place.path).parent) for place in places if place.is_local}
    return sorted(folder for folder in folders if not here.is_relative_to(real_path(Path(folder))))


def _lies_in(place: Place, folder: Place) -> bool:
    """Whether a place is a folder or lies in it; of local ones also by way of a link."""
    if place.is_local and folder.is_local:
        return real_path(Path(place.path)).is_relative_to(real_path(Path(folder.path)))
    return f"{place.path.rstrip('/')}/".startswith(f"{folder.path.rstrip('/')}/")


def _settings(models: Models) -> Mapping[str, object]:
    values = {
        "engine": models.engine,
        "detector_engine": models.detector_engine if models.detector else None,
        "top_k": models.top_k,
        "min_score": models.min_score,
        "keep": models.keep,
        "coverage": models.coverage,
    }
    return {name: value for name, value in values.items() if value is not None}


def _names(shards: Iterable[Shard]) -> tuple[str, ...]:
    return tuple(shard.name for shard in shards)


def _workers(ray: Any, job: Job) -> int:
    """Return how many workers to start.

    Raises:
        ClusterError: If no machine has room for one.
    """
    cores = [int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]]
    room = sum(one // job.threads for one in cores)
    if not room:
        raise ClusterError(
            f"No machine of the cluster has {counted(job.threads, 'core')}; the largest has {max(cores, default=0)}.",
            hint="Give fewer --threads.",
            subject=job.address,
        )
    return job.workers or room


def shown_pace(pace: float) -> str:
    """Return "798 images/s", or of photographs "1.3 images/s"."""
    return f"{pace:,.{0 if pace >= WHOLE_PACE else 1}f} images/s"


@contextmanager
def _bar(command: str, images: Mapping[str, int | None]) -> Iterator[Callable[[Outcome], None]]:
    """Show a bar of images, or of shards where it is not known how many images they hold."""
    counts = [count for count in images.values() if count is not None]
    by_image = len(counts) == len(images)
    total, unit = (sum(counts), "images") if by_image else (len(images), "shards")
    title = "Predicting" if command == "predict" else "Detecting"
    start, done = time.monotonic(), 0
    with progress(title, total=total, unit=unit) as advance:

        def tell(outcome: Outcome) -> None:
            nonlocal done
            done += outcome.result.images if outcome.result else 0
            pace = done / max(1e-9, time.monotonic() - start)
            advance((images[outcome.shard.name] or 0) if by_image else 1, note=shown_pace(pace))

        yield tell


def _files_in(out: Place) -> Mapping[str, int]:
    try:
        return out.files()
    except OSError as error:
        raise OutputError(f"The results cannot be listed ({reason(error)}).", subject=out.address) from error


def _remove_unfinished(out: Place, run: str, before: set[str]) -> None:
    """Remove what is left of workers that were killed while they wrote: of this run, and of earlier ones.

    Another run of the same job may be writing at this moment. Its files were not there when this one began.
    """
    files = _files_in(out)
    for name in unfinished(files, run) | (unfinished(files) & before):
        (out / name).remove()


def _check(summary: Summary, out: Place, shards: Sequence[Shard], images: Mapping[str, int | None]) -> None:
    """Compare what was computed with what there is to compute and with what lies in the folder.

    Raises:
        OutputError: If results are missing.
    """
    files = _files_in(out)
    failed = {outcome.shard.name for outcome in summary.failed}
    lost = [shard.output for shard in shards if shard.output not in files and shard.name not in failed]
    wrong = [one.shard for one in summary.computed if images[one.shard] not in (None, one.images)]
    if lost or wrong or len(summary.results) + len(failed) != len(shards):
        raise OutputError(
            f"The counts do not add up: {some(lost + wrong) or 'a shard was computed twice'}.",
            hint="Did another program write here? Start the command again.",
            subject=out.address,
        )
