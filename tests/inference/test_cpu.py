"""Where bfloat16 pays."""

import pytest

from roadsigns.inference import cpu


@pytest.mark.parametrize(
    ("vendor", "flags", "gains"),
    [
        ("GenuineIntel", "avx512_bf16 amx_bf16 amx_tile", True),
        ("GenuineIntel", "avx512f avx512_bf16", False),
        ("AuthenticAMD", "avx512f avx512_bf16", True),
        ("AuthenticAMD", "avx2", False),
    ],
)
def test_bfloat16_pays_where_it_was_seen_to(tmp_path, monkeypatch, vendor, flags, gains):
    """By the vendor and the flags that Linux tells."""
    info = tmp_path / "cpuinfo"
    info.write_text(f"processor\t: 0\nvendor_id\t: {vendor}\nflags\t\t: fpu {flags}\n\n")
    monkeypatch.setattr(cpu, "CPU_INFO", info)

    assert cpu.gains_from_bfloat16.__wrapped__() is gains


def test_where_nothing_is_told_it_is_float32(tmp_path, monkeypatch):
    """As on other systems."""
    monkeypatch.setattr(cpu, "CPU_INFO", tmp_path / "none")

    assert cpu.gains_from_bfloat16.__wrapped__() is False
