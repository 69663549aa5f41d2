"""Which arithmetic trains fastest on this machine, and reproducible arithmetic on request."""

import platform
from pathlib import Path

import keras

from roadsigns.errors import RecipeError

__all__ = ["choose_precision", "cpu_flags", "make_deterministic"]

# Instructions that multiply bfloat16. Without them TensorFlow emulates it, slower than float32.
BFLOAT16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})
CPU_INFO = Path("/proc/cpuinfo")


def choose_precision(wanted: str) -> str:
    """Return the Keras policy for a recipe's `training.precision`.

    Args:
        wanted: "float32", "mixed_bfloat16", or "auto": mixed bfloat16 where the CPU multiplies it and the back-end is
            TensorFlow, the only one it was measured on, else float32.

    Raises:
        RecipeError: If bfloat16 is wanted where it would only be emulated.
    """
    on_tensorflow = keras.backend.backend() == "tensorflow"
    flags = cpu_flags()
    if wanted == "auto":
        return "mixed_bfloat16" if on_tensorflow and BFLOAT16_FLAGS & flags else "float32"
    # Where no flags are told, nobody knows, and an accelerator does not care.
    if wanted == "mixed_bfloat16" and on_tensorflow and flags and not BFLOAT16_FLAGS & flags and not _has_accelerator():
        raise RecipeError(
            f"The recipe asks for mixed_bfloat16, and this CPU ({cpu_name()}) has none of "
            f"{', '.join(sorted(BFLOAT16_FLAGS))}: it would be emulated, slower than float32. Leave the choice to the "
            "machine, --set training.precision=auto, or take --set training.precision=float32."
        )
    return wanted


def _has_accelerator() -> bool:
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU") or tf.config.list_physical_devices("TPU"))


def cpu_flags() -> frozenset[str]:
    """Return the CPU's feature flags as Linux names them; empty where they are not told."""
    try:
        lines = CPU_INFO.read_text().splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), []))


def cpu_name() -> str:
    """Return the CPU's name, or its architecture where it has none."""
    try:
        lines = CPU_INFO.read_text().splitlines()
    except OSError:
        lines = []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def make_deterministic() -> None:
    """Make equal seeds give equal bits, at some cost in speed. Holds for the whole process."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
