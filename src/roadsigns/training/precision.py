"""Which arithmetic trains fastest on this machine, and reproducible arithmetic on request."""

import platform
from pathlib import Path

import keras

from roadsigns.errors import RecipeError

__all__ = ["choose_precision", "cpu_flags", "make_deterministic"]

# Instructions that multiply bfloat16. Without them TensorFlow emulates it, slower than float32.
BFLOAT16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})
# Tiles multiply it many times as fast as float32. Without them it is AMD's cores alone that gain: measured, the
# tutorial's network on Zen 5 trains twice as fast as in float32, on an Emerald Rapids Xeon without AMX at 0.65.
TILES, FAST_WITHOUT_TILES = "amx_bf16", "AuthenticAMD"
CPU_INFO = Path("/proc/cpuinfo")


def choose_precision(wanted: str) -> str:
    """Return the Keras policy for a recipe's `training.precision`.

    Args:
        wanted: "float32", "mixed_bfloat16", or "auto": mixed bfloat16 where the CPU gains from it and the back-end is
            TensorFlow, the only one it was measured on, else float32.

    Raises:
        RecipeError: If bfloat16 is wanted where it would only be emulated.
    """
    on_tensorflow = keras.backend.backend() == "tensorflow"
    flags = cpu_flags()
    if wanted == "auto":
        return "mixed_bfloat16" if on_tensorflow and _gains_from_bfloat16(flags) else "float32"
    # Where no flags are told, nobody knows, and an accelerator does not care.
    if wanted == "mixed_bfloat16" and on_tensorflow and flags and not BFLOAT16_FLAGS & flags and not _has_accelerator():
        raise RecipeError(
            f"The recipe asks for mixed_bfloat16, and this CPU ({cpu_name()}) has none of "
            f"{', '.join(sorted(BFLOAT16_FLAGS))}: it would be emulated, slower than float32. Leave the choice to the "
            "machine, --set training.precision=auto, or take --set training.precision=float32."
        )
    return wanted


def _gains_from_bfloat16(flags: frozenset[str]) -> bool:
    return TILES in flags or (bool(BFLOAT16_FLAGS & flags) and _cpu_field("vendor_id") == FAST_WITHOUT_TILES)


def _has_accelerator() -> bool:
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU") or tf.config.list_physical_devices("TPU"))


def cpu_flags() -> frozenset[str]:
    """Return the CPU's feature flags as Linux names them; empty where they are not told."""
    return frozenset(_cpu_field("flags").split())


def cpu_name() -> str:
    """Return the CPU's name, or its architecture where it has none."""
    return _cpu_field("model name") or platform.machine()


def _cpu_field(name: str) -> str:
    """What Linux tells of the first core under a name; empty where it tells nothing."""
    try:
        lines = CPU_INFO.read_text().splitlines()
    except OSError:
        return ""
    return next((value.strip() for key, _, value in (line.partition(":") for line in lines) if key.strip() == name), "")


def make_deterministic() -> None:
    """Make equal seeds give equal bits, at some cost in speed. Holds for the whole process."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
