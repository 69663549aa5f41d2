"""What the CPU is good at."""

from functools import cache
from pathlib import Path

__all__ = ["gains_from_bfloat16"]

CPU_INFO = Path("/proc/cpuinfo")
# Tiles multiply bfloat16 many times as fast as float32. On Intel, AVX-512's instructions alone do not pay: with
# OpenVINO 2026.4 on an Emerald Rapids Xeon without AMX, network `fast` took 1.5 times as long as in float32. On AMD
# they are of full speed, as in training (`training/precision.py`).
TILES, INSTRUCTIONS, FAST_WITHOUT_TILES = "amx_bf16", "avx512_bf16", "AuthenticAMD"


@cache
def gains_from_bfloat16() -> bool:
    """Whether networks are computed faster in bfloat16 than in float32; False where Linux does not tell the flags."""
    try:
        lines = CPU_INFO.read_text().splitlines()
    except OSError:
        return False
    # Of the last core; they are alike.
    fields = {key.strip(): value.split() for key, _, value in (line.partition(":") for line in lines)}
    flags = fields.get("flags", [])
    return TILES in flags or (INSTRUCTIONS in flags and fields.get("vendor_id") == [FAST_WITHOUT_TILES])
