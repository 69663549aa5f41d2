"""Which device trains, on which back-end, and what is said of it."""

import importlib.util
import sys
from types import SimpleNamespace

import keras
import pytest

from roadsigns.cpu import cpu_name
from roadsigns.training.optimization import device
from roadsigns.training.optimization.device import Device, find_device, tell_device

CPU, GPU = Device("cpu", "a CPU"), Device("gpu", "NVIDIA H100", True)


@pytest.fixture
def back_end(monkeypatch):
    """Pretend that Keras computes with a module of this name."""

    def pretend(name, **module):
        monkeypatch.setattr(keras.backend, "backend", lambda: name)
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(**module))

    return pretend


@pytest.fixture
def plugin(monkeypatch):
    """Pretend that the extra `gpu` is installed, or not."""

    def pretend(installed):
        find = importlib.util.find_spec
        monkeypatch.setattr(
            device.importlib.util,
            "find_spec",
            lambda name: installed or None if name == device.GPU_PLUGIN else find(name),
        )

    return pretend


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"platform": "gpu", "device_kind": "NVIDIA H100", "compute_capability": "9.0"}, GPU),
        (
            {"platform": "gpu", "device_kind": "NVIDIA A100", "compute_capability": "8.0"},
            Device("gpu", "NVIDIA A100", True),
        ),
        ({"platform": "gpu", "device_kind": "Tesla T4", "compute_capability": "7.5"}, Device("gpu", "Tesla T4")),
        ({"platform": "gpu", "device_kind": "B300", "compute_capability": "10.3"}, Device("gpu", "B300", True)),
        ({"platform": "gpu", "device_kind": "MI300X", "compute_capability": "gfx942"}, Device("gpu", "MI300X")),
        ({"platform": "gpu", "device_kind": "unknown"}, Device("gpu", "unknown")),
        ({"platform": "tpu", "device_kind": "TPU v5e"}, Device("tpu", "TPU v5e", True)),
        ({"platform": "cpu", "device_kind": "cpu"}, Device("cpu", cpu_name())),
    ],
)
def test_jax_says_what_it_computes_on(back_end, found, expected):
    """The first device; bfloat16 from NVIDIA's compute capability 8.0 on, and on every TPU."""
    other = SimpleNamespace(platform="gpu", device_kind="another", compute_capability="9.0")
    back_end("jax", devices=lambda: [SimpleNamespace(**found), other])

    assert find_device() == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"GPU": "NVIDIA H100"}, GPU),
        ({"TPU": "tpu"}, Device("tpu", "/device:TPU:0", True)),
        ({}, Device("cpu", cpu_name())),
    ],
)
def test_tensorflow_says_what_it_computes_on(back_end, found, expected):
    """GPU, TPU or CPU."""
    details = {"device_name": found.get("GPU"), "compute_capability": (9, 0)}
    config = SimpleNamespace(
        list_physical_devices=lambda kind: [SimpleNamespace(name=f"/device:{kind}:0")] if kind in found else [],
        experimental=SimpleNamespace(get_device_details=lambda _: details),
    )
    back_end("tensorflow", config=config)

    assert find_device() == expected


@pytest.mark.parametrize(
    ("capability", "expected"),
    [((9, 0), GPU), ((7, 5), Device("gpu", "NVIDIA H100")), (None, Device("cpu", cpu_name()))],
)
def test_pytorch_says_what_it_computes_on(back_end, capability, expected):
    """GPU or CPU."""
    cuda = SimpleNamespace(
        is_available=lambda: capability is not None,
        get_device_name=lambda: "NVIDIA H100",
        get_device_capability=lambda: capability,
    )
    back_end("torch", cuda=cuda)

    assert find_device() == expected


@pytest.mark.parametrize("installed", [True, False])
def test_an_accelerator_is_told_with_back_end_and_precision(plugin, installed):
    plugin(installed)

    told = tell_device(GPU, backend="jax", precision="mixed_bfloat16")

    assert told == "Training on the GPU NVIDIA H100, with jax in mixed_bfloat16."


@pytest.mark.parametrize(
    ("backend", "installed", "words"),
    [
        ("tensorflow", False, []),
        ("tensorflow", True, ["Training on the CPU", "KERAS_BACKEND=jax uses the GPU"]),
        ("jax", False, ["No GPU was found", "slow", "without KERAS_BACKEND", "pip install 'roadsigns[train,gpu]'"]),
        ("jax", True, ["No GPU was found", "slow", "nvidia-smi"]),
        ("torch", False, ["No GPU was found", "slow"]),
    ],
)
def test_a_cpu_is_told_unless_tensorflow_trains_on_it_as_ever(plugin, backend, installed, words):
    """With what to do about it."""
    plugin(installed)

    told = tell_device(CPU, backend=backend, precision="float32")

    assert all(word in told for word in words)
    assert bool(told) == bool(words)
