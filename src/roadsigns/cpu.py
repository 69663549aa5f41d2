"""Features of the CPU, as Linux reports them and as far as oneDNN may use them."""

import os
import platform
from pathlib import Path

__all__ = ["BFLOAT16_FLAGS", "available_cores", "bfloat16_flags", "cpu_flags", "cpu_name", "gains_from_bfloat16"]

CPU_INFO = Path("/proc/cpuinfo")
OWN_CGROUP, CGROUPS = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")
# Instructions that multiply bfloat16. Without them it is emulated, slower than float32.
BFLOAT16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})
# Tiles multiply it many times as fast as float32. Without them it is AMD's cores alone that gain. Measured: the
# tutorial's network on Zen 5 trains twice as fast as in float32, on an Emerald Rapids Xeon without AMX at 0.65; there
# OpenVINO 2026.4 took 1.5 times as long for network `fast`.
TILES, FAST_WITHOUT_TILES = "amx_bf16", "AuthenticAMD"
# oneDNN computes for TensorFlow and OpenVINO. Either variable limits the instructions that it may use; the levels
# that have bfloat16 have one of these words in their names.
ONEDNN_LIMITS = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")
NO_LIMIT, LEVELS_WITH_BFLOAT16, LEVELS_WITH_TILES = {"", "ALL", "DEFAULT"}, ("BF16", "FP16", "AVX10", "AMX"), "AMX"


def available_cores() -> int:
    """Return how many cores this process may use, at least 1.

    The least of what its affinity mask, the quota of its container (cgroup) and the variable OMP_NUM_THREADS allow.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limits = [cores, _quota(), _whole(os.environ.get("OMP_NUM_THREADS", "").partition(",")[0])]
    return max(1, min(limit for limit in limits if limit is not None))


def _quota() -> int | None:
    """Return how many cores' time the process's cgroup or one above it grants, rounded up; None for no limit."""
    # Version 2: a line "0::/path", and a file "quota period" or "max period" in each folder of the path.
    path = next((line[3:] for line in _read(OWN_CGROUP).splitlines() if line.startswith("0::/")), "/")
    folders = [CGROUPS / path.lstrip("/"), *(CGROUPS / path.lstrip("/")).parents]
    quotas = [_read(folder / "cpu.max").split() for folder in folders if folder.is_relative_to(CGROUPS)]
    # Version 1.
    quotas.append([_read(CGROUPS / "cpu" / name).strip() for name in ("cpu.cfs_quota_us", "cpu.cfs_period_us")])
    pairs = [(_whole(pair[0]), _whole(pair[1])) for pair in quotas if len(pair) == 2]  # noqa: PLR2004 - quota, period
    return min((-(-quota // period) for quota, period in pairs if quota and period), default=None)


def _whole(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() and int(text) > 0 else None


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def gains_from_bfloat16() -> bool:
    """Whether networks are computed faster in bfloat16 than in float32; False where the flags are unknown."""
    flags = bfloat16_flags()
    return TILES in flags or (bool(flags) and _field("vendor_id") == FAST_WITHOUT_TILES)


def bfloat16_flags() -> frozenset[str]:
    """Return which of `BFLOAT16_FLAGS` the CPU has and oneDNN may use; empty where the flags are unknown."""
    flags = BFLOAT16_FLAGS & cpu_flags()
    limit = next((os.environ[name].upper() for name in ONEDNN_LIMITS if name in os.environ), "")
    if limit in NO_LIMIT or LEVELS_WITH_TILES in limit:
        return flags
    return flags - {TILES} if any(word in limit for word in LEVELS_WITH_BFLOAT16) else frozenset()


def cpu_flags() -> frozenset[str]:
    """Return the CPU's feature flags as Linux names them; empty on other systems."""
    return frozenset(_field("flags").split())


def cpu_name() -> str:
    """Return the CPU's name, or its architecture where it has none."""
    return _field("model name") or platform.machine()


def _field(name: str) -> str:
    """Return a field of the first core in /proc/cpuinfo; empty where there is none."""
    try:
        lines = CPU_INFO.read_text().splitlines()
    except OSError:
        return ""
    return next((value.strip() for key, _, value in (line.partition(":") for line in lines) if key.strip() == name), "")
