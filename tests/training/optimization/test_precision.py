"""Which arithmetic is chosen on which CPU."""

import warnings

import keras
import pytest
from fixtures.errors import raises

from roadsigns.errors import RecipeError
from roadsigns.training.optimization import precision
from roadsigns.training.optimization.device import Device
from roadsigns.training.optimization.precision import choose_precision, make_deterministic

SAPPHIRE_RAPIDS = """processor\t: 0
model name\t: Intel(R) Xeon(R) Platinum 8488C
flags\t\t: fpu avx2 avx512f avx512_bf16 amx_bf16 amx_tile

processor\t: 1
model name\t: Intel(R) Xeon(R) Platinum 8488C
flags\t\t: fpu avx2 avx512f avx512_bf16 amx_bf16 amx_tile
"""
HIDDEN_TILES = "vendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R) Processor\nflags\t\t: avx512f avx512_bf16\n"
ZEN_4 = "vendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC 9R14\nflags\t\t: fpu avx2 avx512f avx512_bf16\n"
SKYLAKE = "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Platinum 8175M\nflags\t\t: fpu avx2 avx512f\n"
# Linux on ARM says Features, and names no model.
GRAVITON = "processor\t: 0\nBogoMIPS\t: 2100.00\nFeatures\t: fp asimd bf16\nCPU part\t: 0xd40\n"
EMPTY_FLAGS = "processor\t: 0\nmodel name\t:\nflags\t\t:\n"


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        (SAPPHIRE_RAPIDS, "mixed_bfloat16"),
        (ZEN_4, "mixed_bfloat16"),
        (HIDDEN_TILES, "float32"),
        (SKYLAKE, "float32"),
        (GRAVITON, "float32"),
        (EMPTY_FLAGS, "float32"),
        ("", "float32"),
        (None, "float32"),
    ],
)
def test_bfloat16_is_chosen_where_it_is_faster(pretend_cpu, monkeypatch, text, policy):
    """By flags and vendor in /proc/cpuinfo; float32 where they lack, are not told, or the file is missing."""
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")
    pretend_cpu(text)

    assert choose_precision("auto") == policy


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_back_ends_stay_in_float32(pretend_cpu, monkeypatch, backend):
    """Bfloat16 gains them nothing on a CPU."""
    monkeypatch.setattr(keras.backend, "backend", lambda: backend)
    monkeypatch.setattr(precision, "find_device", lambda: Device("cpu", "a CPU"))
    pretend_cpu(SAPPHIRE_RAPIDS)

    assert choose_precision("auto") == "float32"


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
@pytest.mark.parametrize(("has_bfloat16", "policy"), [(True, "mixed_bfloat16"), (False, "float32")])
def test_an_accelerator_decides_whatever_the_cpu_has(pretend_cpu, monkeypatch, backend, has_bfloat16, policy):
    """By whether it multiplies bfloat16."""
    monkeypatch.setattr(keras.backend, "backend", lambda: backend)
    monkeypatch.setattr(precision, "find_device", lambda: Device("gpu", "a GPU", has_bfloat16))
    for text in (SAPPHIRE_RAPIDS, SKYLAKE):
        pretend_cpu(text)

        assert choose_precision("auto") == policy


def test_a_deterministic_training_on_a_gpu_is_warned_of(monkeypatch):
    """Nothing is set there; a CPU needs nothing."""
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    monkeypatch.setattr(precision, "find_device", lambda: Device("gpu", "a GPU", True))
    with pytest.warns(UserWarning, match="equal seeds may give other bits"):
        make_deterministic()

    monkeypatch.setattr(precision, "find_device", lambda: Device("cpu", "a CPU"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make_deterministic()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (SAPPHIRE_RAPIDS, "float32"),
        (SAPPHIRE_RAPIDS, "mixed_bfloat16"),
        (HIDDEN_TILES, "mixed_bfloat16"),
        (SKYLAKE, "float32"),
        (GRAVITON, "mixed_bfloat16"),
        (None, "mixed_bfloat16"),
    ],
)
def test_a_named_precision_is_taken_as_it_is(pretend_cpu, text, wanted):
    """Where the CPU has it, and where nobody knows what it has."""
    pretend_cpu(text)

    assert choose_precision(wanted) == wanted


def test_bfloat16_is_refused_where_it_would_be_emulated(pretend_cpu, monkeypatch):
    """With the CPU's name and what to do instead; an accelerator does not care what the CPU has."""
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")
    pretend_cpu(SKYLAKE)

    with raises(RecipeError, problem="8175M) has none of amx_bf16, avx512_bf16", hint="training.precision=auto"):
        choose_precision("mixed_bfloat16")
    pretend_cpu(SAPPHIRE_RAPIDS)
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2")
    with raises(RecipeError, problem="ONEDNN_MAX_CPU_ISA"):
        choose_precision("mixed_bfloat16")
    monkeypatch.setattr(precision, "find_device", lambda: Device("gpu", "a GPU", True))
    assert choose_precision("mixed_bfloat16") == "mixed_bfloat16"
