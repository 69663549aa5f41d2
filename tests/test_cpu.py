"""The CPU, as /proc/cpuinfo tells it."""

import os
import platform

import pytest

from roadsigns import cpu
from roadsigns.cpu import available_cores, bfloat16_flags, cpu_flags, cpu_name, gains_from_bfloat16


@pytest.mark.parametrize(
    ("vendor", "flags", "gains"),
    [
        ("GenuineIntel", "avx512_bf16 amx_bf16 amx_tile", True),
        ("GenuineIntel", "avx512f avx512_bf16", False),
        ("AuthenticAMD", "avx512f avx512_bf16", True),
        ("AuthenticAMD", "avx2", False),
    ],
)
def test_bfloat16_pays_where_it_was_seen_to(pretend_cpu, vendor, flags, gains):
    """By the vendor and the flags."""
    pretend_cpu(f"processor\t: 0\nvendor_id\t: {vendor}\nflags\t\t: fpu {flags}\n\n")

    assert gains_from_bfloat16() is gains


@pytest.mark.parametrize("variable", ["ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"])
@pytest.mark.parametrize(
    ("limit", "flags"),
    [
        ("AVX2", set()),
        ("avx2_vnni_2", set()),
        ("AVX512_CORE", set()),
        ("AVX512_CORE_VNNI", set()),
        ("AVX512_CORE_BF16", {"avx512_bf16"}),
        ("AVX10_1_512", {"avx512_bf16"}),
        ("AVX512_CORE_AMX", {"avx512_bf16", "amx_bf16"}),
        ("avx512_core_amx_fp16", {"avx512_bf16", "amx_bf16"}),
        ("DEFAULT", {"avx512_bf16", "amx_bf16"}),
    ],
)
def test_what_onednn_may_not_use_does_not_count(pretend_cpu, monkeypatch, variable, limit, flags):
    """It computes for TensorFlow and OpenVINO; its levels are named in either case."""
    pretend_cpu("vendor_id\t: GenuineIntel\nflags\t\t: fpu avx2 avx512_bf16 amx_bf16\n")
    monkeypatch.setenv(variable, limit)

    assert bfloat16_flags() == flags
    assert gains_from_bfloat16() is ("amx_bf16" in flags)


def test_without_flags_it_is_float32(pretend_cpu):
    pretend_cpu(None)

    assert gains_from_bfloat16() is False


def test_flags_are_whole_words(pretend_cpu):
    """A flag that only begins alike is another."""
    pretend_cpu("flags\t: avx512_bf16x myamx_bf16\n")

    assert cpu_flags() == {"avx512_bf16x", "myamx_bf16"}
    assert gains_from_bfloat16() is False


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("model name\t: Intel(R) Xeon(R) Platinum 8488C\n", "Intel(R) Xeon(R) Platinum 8488C"),
        # Linux on ARM names no model.
        ("BogoMIPS\t: 2100.00\nFeatures\t: fp asimd bf16\n", platform.machine()),
        (None, platform.machine()),
    ],
)
def test_the_cpu_is_named(pretend_cpu, text, name):
    pretend_cpu(text)

    assert cpu_name() == name


def test_cores_are_those_that_this_process_may_use(monkeypatch):
    """Not all of the machine; all where the system does not report it."""
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3, 5, 8}, raising=False)
    assert available_cores() == 3

    monkeypatch.delattr(os, "sched_getaffinity")
    assert available_cores() == 64


@pytest.fixture
def cgroup(tmp_path, monkeypatch):
    """Write the files by which Linux tells a container's limits; 8 cores are there."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(cpu.os, "sched_getaffinity", lambda _process: set(range(8)), raising=False)
    monkeypatch.setattr(cpu, "CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(cpu, "OWN_CGROUP", tmp_path / "own")

    def write(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_max", ".max").replace("cfs", "cpu.cfs")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    return write


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, 8),
        ({"cgroup__cpu_max": "max 100000\n"}, 8),
        ({"cgroup__cpu_max": "150000 100000\n"}, 2),
        ({"cgroup__cpu_max": "20000 100000\n"}, 1),
        ({"own": "0::/a/b\n", "cgroup__a__cpu_max": "300000 100000\n", "cgroup__a__b__cpu_max": "max 100000\n"}, 3),
        ({"cgroup__cpu__cfs_quota_us": "400000\n", "cgroup__cpu__cfs_period_us": "100000\n"}, 4),
        ({"cgroup__cpu__cfs_quota_us": "-1\n", "cgroup__cpu__cfs_period_us": "100000\n"}, 8),
        ({"cgroup__cpu_max": "nonsense"}, 8),
    ],
)
def test_quota_of_a_container_counts(cgroup, files, cores):
    """In either version of cgroups, also of a group above; a part of a core is one."""
    cgroup(**files)

    assert available_cores() == cores


@pytest.mark.parametrize(("value", "cores"), [("3", 3), ("2,1", 2), ("99", 8), ("0", 8), ("many", 8), ("", 8)])
def test_omp_num_threads_counts(cgroup, monkeypatch, value, cores):
    """As for most other libraries that compute."""
    monkeypatch.setenv("OMP_NUM_THREADS", value)

    assert available_cores() == cores
