"""The choice of precision: the fastest on this machine, and reproducible arithmetic on request."""

import warnings

import keras

from roadsigns.cpu import BFLOAT16_FLAGS, bfloat16_flags, cpu_flags, cpu_name, gains_from_bfloat16
from roadsigns.errors import RecipeError
from roadsigns.training.optimization.device import find_device

__all__ = ["choose_precision", "make_deterministic"]


def choose_precision(wanted: str) -> str:
    """Return the Keras policy for a recipe's `training.precision`.

    Args:
        wanted: "float32", "mixed_bfloat16", or "auto": mixed bfloat16 on an accelerator that multiplies it, and on a
            CPU that gains from it if the back-end is TensorFlow, the only one it was measured on; else float32.

    Raises:
        RecipeError: If bfloat16 is requested where it would only be emulated.
    """
    on_tensorflow = keras.backend.backend() == "tensorflow"
    device = find_device()
    if wanted == "auto":
        gains = device.has_bfloat16 if device.is_accelerator else on_tensorflow and gains_from_bfloat16()
        return "mixed_bfloat16" if gains else "float32"
    # Where the flags are unknown, or there is an accelerator, the recipe is taken at its word.
    emulated = cpu_flags() and not bfloat16_flags()
    if wanted == "mixed_bfloat16" and on_tensorflow and emulated and not device.is_accelerator:
        raise RecipeError(
            f"The recipe asks for mixed_bfloat16, and this CPU ({cpu_name()}) has none of "
            f"{', '.join(sorted(BFLOAT16_FLAGS))}, or ONEDNN_MAX_CPU_ISA forbids them: it would be emulated, slower "
            "than float32.",
            hint="Leave the choice to the machine, --set training.precision=auto, or take "
            "--set training.precision=float32.",
            subject="training.precision",
        )
    return wanted


def make_deterministic() -> None:
    """Make equal seeds give equal bits, at some cost in speed. Holds for the whole process."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    elif find_device().is_accelerator:
        warnings.warn(
            "training.deterministic is only set on TensorFlow and on CPUs: here, equal seeds may give other bits.",
            stacklevel=2,
        )
