"""The environment of a run, for reproduction: versions, machine, command."""

import importlib.metadata
import platform
import sys
import time
from typing import Any

from roadsigns.cpu import available_cores
from roadsigns.version import __version__

__all__ = ["describe_environment", "peak_memory_mb"]

RECORDED_PACKAGES = (
    "keras",
    "tensorflow-cpu",
    "tensorflow",
    "jax",
    "jax-cuda13-plugin",
    "torch",
    "numpy",
    "opencv-python-headless",
    "pillow",
)


def describe_environment(*, cpu: str, device: str, backend: str, precision: str) -> dict[str, Any]:
    """Return what a reader needs to repeat a run: versions and machine.

    Args:
        cpu: The CPU's name.
        device: The name of what trains: a GPU, or the CPU again.
        backend: Keras's back-end.
        precision: Of the arithmetic, as a Keras policy.
    """
    versions = {}
    for package in RECORDED_PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "roadsigns": __version__,
        "command": sys.argv,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu": cpu,
        "cores": available_cores(),
        "device": device,
        "backend": backend,
        "precision": precision,
        "packages": versions,
    }


def peak_memory_mb() -> int | None:
    """Return the most memory that this process has held, in millions of bytes; None on Windows."""
    if sys.platform == "win32":
        return None
    import resource

    # macOS counts in bytes, the others in KiB.
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)
