"""The manifest of a folder of results: which job they are of, so that another one does not mix with it."""

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from roadsigns.archives.formats import PARQUET_SUFFIX
from roadsigns.errors import OutputError
from roadsigns.shards.place import TEMPORARY_MARK, Place
from roadsigns.shards.process import ShardResult, read_result
from roadsigns.shards.shard import MANIFEST, Shard
from roadsigns.wording import counted, reason, some

__all__ = ["REQUESTS_AT_ONCE", "Manifest", "claim", "is_claimed", "results_in"]

REQUESTS_AT_ONCE = 16
ANOTHER = "Name another folder with --out, or give the same shards, models and settings."


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the results of a job follow from.

    Attributes:
        roadsigns: The version.
        command: "predict" or "detect".
        models: {"model" or "detector": SHA-256 of its file}.
        settings: Whatever else changes results.
        shards: The names of all shards, in order.
    """

    roadsigns: str
    command: str
    models: Mapping[str, str]
    settings: Mapping[str, Any]
    shards: tuple[str, ...]

    def as_bytes(self) -> bytes:
        """Return the content of the file."""
        return json.dumps(asdict(self), indent=2).encode() + b"\n"


def claim(folder: Place, manifest: Manifest) -> None:
    """Make a folder that of a job, or find that it is; errors as of `is_claimed`."""
    if not is_claimed(folder, manifest):
        try:
            (folder / MANIFEST).write(manifest.as_bytes())
        except OSError as error:
            raise _unusable(folder, error) from error


def is_claimed(folder: Place, manifest: Manifest) -> bool:
    """Whether a folder is that of a job; if not, it is empty or not there.

    Raises:
        OutputError: If it holds something else, the results of another job, or cannot be read.
    """
    try:
        names = [name for name in folder.files() if TEMPORARY_MARK not in name]
        if MANIFEST in names:
            _require_same(json.loads((folder / MANIFEST).read()), json.loads(manifest.as_bytes()), folder)
        elif names:
            raise OutputError(
                f"The folder holds {counted(len(names), 'file')} and no {MANIFEST}. Nothing was written.",
                expected="a new or an empty folder, or that of the same job",
                hint="Name another one with --out.",
                subject=folder.address,
            )
    except (OSError, ValueError) as error:
        raise _unusable(folder, error) from error
    known = {MANIFEST, *(Shard("", name, 0).output for name in manifest.shards)}
    others = sorted(name for name in names if name.endswith(PARQUET_SUFFIX) and name not in known)
    if others:
        raise OutputError(
            f"The folder holds files that are no results of this job: {some(others)}.",
            hint="Move them elsewhere, or name another folder with --out.",
            subject=folder.address,
        )
    return bool(names)


def _unusable(folder: Place, error: Exception) -> OutputError:
    problem = f"The folder cannot be used ({reason(error)})."
    return OutputError(problem, hint="Name another one with --out.", subject=folder.address)


def results_in(folder: Place, shards: Iterable[Shard]) -> dict[str, ShardResult]:
    """Return which shards have whole results: {name of the shard: what its file of results holds}.

    Raises:
        OutputError: If a shard is no longer the one that the results are of, or results cannot be read.
    """
    try:
        there = folder.files()
        wanted = [shard for shard in shards if shard.output in there]
        with ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool:
            found = list(pool.map(lambda shard: read_result(folder / shard.output), wanted))
    except OSError as error:
        raise OutputError(f"The results cannot be read ({reason(error)}).", subject=folder.address) from error
    results = {}
    for shard, result in zip(wanted, found, strict=True):
        # A file of results that is not whole, after a machine lost its power, is written again.
        if result is None:
            continue
        if result.size != shard.size:
            raise OutputError(
                f"The shard {shard.address} has {shard.size:,} bytes, and had {result.size:,} when it was computed.",
                hint="Remove its results, to have them computed again, or name another folder with --out.",
                subject=(folder / shard.output).address,
            )
        results[shard.name] = result
    return results


def _require_same(there: Any, wanted: dict[str, Any], folder: Place) -> None:
    if not isinstance(there, dict) or set(there) != set(wanted):
        raise OutputError(f"Its {MANIFEST} was written by something else.", hint=ANOTHER, subject=folder.address)
    for name, title in (
        ("command", "command"),
        ("roadsigns", "version of roadsigns"),
        ("models", "model"),
        ("settings", "settings"),
    ):
        if there[name] != wanted[name]:
            raise OutputError(
                f"The folder holds the results of another job. Its {title}: {_shown(there[name], wanted[name])}; "
                f"now: {_shown(wanted[name], there[name])}.",
                hint=ANOTHER,
                subject=folder.address,
            )
    if there["shards"] != wanted["shards"]:
        gone, new = set(there["shards"]) - set(wanted["shards"]), set(wanted["shards"]) - set(there["shards"])
        changes = [f"not given any more: {some(sorted(gone))}"] if gone else []
        changes += [f"new: {some(sorted(new))}"] if new else []
        told = "; ".join(changes) or "they come in another order"
        raise OutputError(
            f"The folder holds the results of other shards ({told}).", hint=ANOTHER, subject=folder.address
        )


def _shown(value: Any, other: Any) -> str:
    """Return what differs from another value."""
    if not isinstance(value, dict):
        return str(value)
    missing = object()
    return ", ".join(f"{key} {one}" for key, one in value.items() if other.get(key, missing) != one) or "not set"
