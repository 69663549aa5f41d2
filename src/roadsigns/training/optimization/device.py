"""The device that trains: the GPU or TPU that the back-end has found, else the CPU."""

import importlib.util
from typing import Any, Literal, NamedTuple

import keras

from roadsigns.cpu import cpu_name

__all__ = ["Device", "find_device", "tell_device"]

# NVIDIA's first GPUs that multiply bfloat16 (Ampere), as (major, minor) compute capability.
BFLOAT16_CAPABILITY = (8, 0)
# What the extra `gpu` installs for JAX.
GPU_PLUGIN = "jax_cuda13_plugin"


class Device(NamedTuple):
    """A device, its name as its maker gives it, and whether it is an accelerator that multiplies bfloat16.

    Of a CPU, that is another question: see `gains_from_bfloat16`.
    """

    kind: Literal["cpu", "gpu", "tpu"]
    name: str
    has_bfloat16: bool = False

    @property
    def is_accelerator(self) -> bool:
        """Whether it is a GPU or TPU."""
        return self.kind != "cpu"


def find_device() -> Device:
    """Return the device on which Keras's back-end computes; of several, the first, which is the only one used."""
    finders = {"tensorflow": _tensorflow_device, "jax": _jax_device, "torch": _torch_device}
    find = finders.get(keras.backend.backend())
    return (find and find()) or Device("cpu", cpu_name())


def tell_device(device: Device, *, backend: str, precision: str) -> str:
    """Return what to say of the device before training; empty for TensorFlow on a CPU, as most people train.

    Args:
        device: What `find_device` found.
        backend: Keras's back-end.
        precision: Of the arithmetic, as a Keras policy.
    """
    if device.is_accelerator:
        return f"Training on the {device.kind.upper()} {device.name}, with {backend} in {precision}."
    has_plugin = importlib.util.find_spec(GPU_PLUGIN) is not None
    if backend == "tensorflow":
        return "Training on the CPU. The extra gpu is installed: KERAS_BACKEND=jax uses the GPU." if has_plugin else ""
    slow = f"No GPU was found, so {backend} trains on the CPU. That is slow: without KERAS_BACKEND, TensorFlow trains."
    if backend != "jax":
        return slow
    hint = "does nvidia-smi see it, with a driver for CUDA 13?" if has_plugin else "pip install 'roadsigns[train,gpu]'"
    return f"{slow} If there is a GPU: {hint}"


def _tensorflow_device() -> Device | None:
    import tensorflow as tf

    if gpus := tf.config.list_physical_devices("GPU"):
        details = tf.config.experimental.get_device_details(gpus[0])
        name = details.get("device_name", gpus[0].name)
        return Device("gpu", name, details.get("compute_capability", (0, 0)) >= BFLOAT16_CAPABILITY)
    return Device("tpu", tpus[0].name, True) if (tpus := tf.config.list_physical_devices("TPU")) else None


def _jax_device() -> Device | None:
    import jax

    device = jax.devices()[0]
    if device.platform == "cpu":
        return None
    if device.platform == "tpu":
        return Device("tpu", device.device_kind, True)
    return Device("gpu", device.device_kind, _capability(device) >= BFLOAT16_CAPABILITY)


def _capability(device: Any) -> tuple[int, ...]:
    """Return the compute capability that JAX tells of a GPU as "8.0"; AMD's have none that compares."""
    parts = str(getattr(device, "compute_capability", "")).split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else (0, 0)


def _torch_device() -> Device | None:
    import torch

    if not torch.cuda.is_available():
        return None
    return Device("gpu", torch.cuda.get_device_name(), torch.cuda.get_device_capability() >= BFLOAT16_CAPABILITY)
