"""The Ray cluster that a job runs on: an existing one, or a local one that ends with the job."""

import contextlib
import importlib
import os
import secrets
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from roadsigns.cpu import available_cores
from roadsigns.errors import ClusterError, MissingExtraError
from roadsigns.version import __version__

__all__ = ["check_nodes", "connected", "import_ray", "without_reports"]

AUTO = "auto"
CLIENT = "ray://"
SECONDS_TO_CONNECT = 5.0
SECONDS_TO_LOOK = 120.0
# Ray's own minimum is 75 MB. Only the models go through it.
OBJECT_STORE_BYTES = 100_000_000
STANDARD_ERROR = 2
INSTALL = "Install it on every machine: pip install 'roadsigns[ray]'"


def import_ray() -> Any:
    """Return the module `ray`; it then reports to nobody, unless the environment says that it may.

    Raises:
        MissingExtraError: If it is not installed.
    """
    # Read when Ray is imported or started.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    # Half a minute is short on a busy machine.
    os.environ.setdefault("RAY_raylet_start_wait_time_s", "120")
    try:
        import ray
    except ImportError as error:
        raise MissingExtraError("Ray is not installed.", hint="Install it: pip install 'roadsigns[ray]'") from error
    return ray


@contextmanager
def connected(address: str | None, *, cores: int | None) -> Iterator[Any]:
    """Connect to a cluster, and leave it when the block ends; yields the module `ray`.

    Args:
        address: HOST:PORT of a cluster of which this machine is part, or "auto" for the one that runs here; None to
            start a local one, which ends with the block.
        cores: Of a local one; None for all.

    Raises:
        ClusterError: If it cannot be reached, or has another version of Ray or Python.
        MissingExtraError: If Ray is not installed.
    """
    if address is None:
        # Processes of a cluster of one machine then use its loopback address. Else Ray finds the machine's own out by
        # asking for the way to a server on the internet, and listens there. Read when Ray is imported.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
        if "RAY_AUTH_TOKEN_PATH" not in os.environ:
            # By which Ray's processes know each other. It would be written into the home folder.
            os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    ray = import_ray()
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        with _own_sigterm_handler():
            if address is None:
                with _signals_held():
                    _start(ray, cores or available_cores(), quiet)
            else:
                # Takes minutes where the cluster does not answer, and starts nothing that could be left behind.
                _require_reachable(address)
                _connect(ray, address, quiet)
        yield ray
    finally:
        ray.shutdown()


@contextmanager
def _own_sigterm_handler() -> Iterator[None]:
    """Keep Ray from handling SIGTERM in this process: in Python without a word, in C++ with a trace of its own code."""
    utils: Any = importlib.import_module("ray._private.utils")
    own, before = utils.set_sigterm_handler, signal.getsignal(signal.SIGTERM)
    utils.set_sigterm_handler = lambda _: None
    try:
        yield
    finally:
        utils.set_sigterm_handler = own
        # Nothing to do outside the main thread, or where Python knows no handler.
        with contextlib.suppress(ValueError, TypeError):
            signal.signal(signal.SIGTERM, before)


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold back the first Ctrl-C or SIGTERM until the block, which starts Ray, ends; a second one is not.

    Ray that is interrupted while it starts crashes, or leaves processes behind.
    """
    held: list[int] = []

    def hold(number: int, _frame: FrameType | None) -> None:
        held.append(number)
        put_back()
        # Past sys.stderr, as in `stop_on_interrupt`.
        with contextlib.suppress(OSError):
            os.write(STANDARD_ERROR, b"Stopping once Ray has started; press Ctrl-C again to stop at once.\n")

    def put_back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    # Outside the main thread no signal comes. None stands for a handler that Python cannot put back.
    main = threading.current_thread() is threading.main_thread()
    before = {
        number: handler
        for number in (signal.SIGINT, signal.SIGTERM)
        if main and (handler := signal.getsignal(number)) not in (None, signal.SIG_IGN)
    }
    for number in before:
        signal.signal(number, hold)
    try:
        yield
    finally:
        put_back()
        for received in held:
            signal.raise_signal(received)


def _start(ray: Any, cores: int, quiet: dict[str, Any]) -> None:
    # Workers get the priority of the command; Ray would have them yield to everything else on the machine.
    os.environ.setdefault("RAY_worker_niceness", "0")
    try:
        with without_reports():
            ray.init(
                address="local",
                num_cpus=cores,
                include_dashboard=False,
                object_store_memory=OBJECT_STORE_BYTES,
                **quiet,
            )
    # Ray has no type for this error.
    except Exception as error:
        ray.shutdown()
        raise ClusterError(
            f"Ray does not start ({' '.join(str(error).split()).rstrip('.')}).",
            hint="See its log in /tmp/ray/session_latest/logs.",
        ) from error


@contextmanager
def without_reports() -> Iterator[None]:
    """Let Ray start without the process that would serve its dashboard.

    Without the dashboard, all that the process does is to report on Ray's use, and where that is switched off, it still
    asks which cloud the machine is in: the name server, and 169.254.169.254.
    """
    node: Any = importlib.import_module("ray._private.node").Node
    start = node.start_api_server
    node.start_api_server = lambda _, **options: None
    try:
        yield
    finally:
        node.start_api_server = start


def _connect(ray: Any, address: str, quiet: dict[str, Any]) -> None:
    try:
        ray.init(address=address, **quiet)
    # Ray has many types for this error, among them its root of all errors.
    except Exception as error:
        told = str(error).strip()
        if "ersion mismatch" in told:
            problem = "The cluster has another version of Ray or of Python."
            hint = f"Install the same ones everywhere. Ray says: {' '.join(told.split())}"
        else:
            problem = f"The cluster cannot be used ({told.partition(chr(10))[0].rstrip('.')})."
            hint = "Run the command on a machine of the cluster, after `ray start` there."
        raise ClusterError(problem, hint=hint, subject=address) from error


def _require_reachable(address: str) -> None:
    """Refuse an address where nobody answers: Ray itself would wait for a minute."""
    if address == AUTO:
        return
    host, _, port = address.rpartition(":")
    if address.startswith(CLIENT) or not host or not port.isdecimal():
        raise ClusterError(
            "This is not the address of a cluster.",
            expected=f"HOST:PORT, as `ray start` prints it, or {AUTO} on a machine of the cluster",
            subject=address,
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS_TO_CONNECT).close()
    except (OSError, OverflowError) as error:
        raise ClusterError(
            f"No cluster answers there ({getattr(error, 'strerror', None) or error}).",
            hint="Check the address; `ray start --head --port 6379` starts a cluster.",
            subject=address,
        ) from error


def check_nodes(ray: Any) -> None:
    """Look whether every machine of a cluster has this version of roadsigns.

    Raises:
        ClusterError: If one has another one or none, or does not answer.
    """

    # Sent as code, since it is there to find out whether the package is.
    def look() -> str:
        try:
            from roadsigns.version import __version__ as found
        except ImportError:
            return ""
        return found

    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    remote = ray.remote(look)
    nodes = [node for node in ray.nodes() if node["Alive"]]
    asked = {
        remote.options(
            num_cpus=0, scheduling_strategy=NodeAffinitySchedulingStrategy(node_id=node["NodeID"], soft=True)
        ).remote(): node["NodeManagerAddress"]
        for node in nodes
    }
    answered, silent = ray.wait(list(asked), num_returns=len(asked), timeout=SECONDS_TO_LOOK)
    if silent:
        raise ClusterError(
            f"A machine of the cluster does not answer within {SECONDS_TO_LOOK:.0f} seconds.",
            hint="See `ray status`.",
            subject=asked[silent[0]],
        )
    for answer in answered:
        found = ray.get(answer)
        if found != __version__:
            told = f"has roadsigns {found}, and this one {__version__}" if found else "has no roadsigns"
            raise ClusterError(f"A machine of the cluster {told}.", hint=INSTALL, subject=asked[answer])
