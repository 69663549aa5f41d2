"""A worker: it loads the models once, then computes one shard after the other. It knows nothing of Ray."""

import logging
import traceback
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from roadsigns.distributed.models import Models, load_reading
from roadsigns.errors import ClusterError, OutputError, RoadsignsError
from roadsigns.shards.place import Place
from roadsigns.shards.process import Reading, ShardResult, process_shard
from roadsigns.shards.retry import FULL, StorageError
from roadsigns.shards.shard import MANIFEST, Shard
from roadsigns.version import __version__
from roadsigns.wording import reason

__all__ = ["Fault", "Outcome", "Setup", "ShardWorker"]

logger = logging.getLogger(__name__)

# What went wrong: the shard itself; requests, which another attempt may fix; or results cannot be written from here.
Fault: TypeAlias = Literal["shard", "storage", "output"]


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker is started with.

    Attributes:
        models: What it loads.
        threads: How many threads compute.
        out: The address of the folder of results.
        manifest: The content of the manifest that lies there.
        run: See `Place.run`.
        version: Of roadsigns, on the machine that starts the job.
    """

    models: Models
    threads: int
    out: str
    manifest: bytes
    run: str = ""
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a shard.

    Attributes:
        shard: Which.
        result: What its results hold; None if there are none.
        fault: What went wrong; None if nothing did.
        problem: The same as a sentence.
    """

    shard: Shard
    result: ShardResult | None = None
    fault: Fault | None = None
    problem: str = ""


class ShardWorker:
    """Computes shards."""

    def __init__(self) -> None:
        self._reading: Reading | None = None
        self._out: Place | None = None

    def start(self, setup: Setup) -> None:
        """Load the models, and see that this machine fits the job.

        Raises:
            ClusterError: If this machine has another version of roadsigns.
            OutputError: If it does not see the folder of results.
            ModelError: If a model does not load.
            MissingExtraError: If something is not installed.
        """
        if setup.version != __version__:
            raise ClusterError(
                f"A machine of the cluster has roadsigns {__version__}, and this one {setup.version}.",
                hint="Install the same version everywhere.",
            )
        out = Place.of(setup.out)
        try:
            seen = (out / MANIFEST).read()
        except OSError as error:
            raise _not_shared(setup.out, reason(error)) from error
        if seen != setup.manifest:
            raise _not_shared(setup.out, "there is another folder of that name")
        self._reading = load_reading(setup.models, threads=setup.threads)
        self._out = replace(out, run=setup.run)

    def process(self, shard: Shard) -> Outcome:
        """Compute a shard. Whatever goes wrong with it is told, and the worker is ready for the next one."""
        if self._reading is None or self._out is None:
            raise RuntimeError("The worker was not started.")
        try:
            return Outcome(shard, process_shard(shard, self._out, self._reading))
        except RoadsignsError as error:
            return Outcome(shard, None, "shard", str(error))
        # All others of reading are RoadsignsErrors.
        except OSError as error:
            passing = isinstance(error, StorageError) and error.errno not in FULL
            return Outcome(shard, None, "storage" if passing else "output", f"{error.filename}: {reason(error)}")
        # One shard must not end the job of all others, whatever is in it.
        except Exception as error:
            logger.warning("%s", traceback.format_exc())
            return Outcome(shard, None, "shard", f"{type(error).__name__}: {error}")


def _not_shared(out: str, why: str) -> OutputError:
    return OutputError(
        f"A machine of the cluster does not see the folder of results ({why}).",
        expected="a folder that all machines share, or an address such as s3://bucket/results",
        subject=out,
    )
