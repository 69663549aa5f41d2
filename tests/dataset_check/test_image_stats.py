"""Every image decoded once and reduced to a few numbers."""

import threading

import cv2
import numpy as np
import pytest
from PIL import Image

from roadsigns.dataset_check import image_stats as image_stats_module
from roadsigns.dataset_check.findings import Findings
from roadsigns.dataset_check.image_stats import THUMBNAIL_SIDE, compute_image_stats
from roadsigns.dataset_check.inventory import take_inventory
from roadsigns.preprocessing.decode import read_image


def save(path, pixels):
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(pixels).save(path)


def measured(folder):
    findings = Findings()
    inventory = take_inventory(folder, findings)
    return compute_image_stats(inventory, findings), findings.collected()


def test_image_is_size_brightness_and_thumbnail(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)
    save(tmp_path / "sign" / "a.png", pixels)

    stats, findings = measured(tmp_path)

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    assert findings == ()
    assert stats.decoded.tolist() == [True]
    assert stats.size.tolist() == [[30, 40]]
    assert stats.brightness[0] == pytest.approx(grey.mean(), abs=1e-3)
    expected = cv2.resize(grey, (THUMBNAIL_SIDE, THUMBNAIL_SIDE), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(stats.thumbnail[0].reshape(expected.shape), expected)


def test_digest_is_of_pixels_and_not_of_files(tmp_path):
    """Equal in PNG and PPM; unequal if one pixel, or only the shape, differs."""
    pixels = np.random.default_rng(0).integers(0, 256, (6, 4, 3), np.uint8)
    changed = pixels.copy()
    changed[0, 0, 0] ^= 1
    save(tmp_path / "sign" / "a.png", pixels)
    save(tmp_path / "sign" / "b.ppm", pixels)
    save(tmp_path / "sign" / "c.png", changed)
    save(tmp_path / "sign" / "d.png", pixels.reshape(4, 6, 3))

    digests = [tuple(digest) for digest in measured(tmp_path)[0].digest.tolist()]

    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_files_that_do_not_decode_are_reported_in_order_and_stay_zero(tmp_path, monkeypatch):
    """Empty, cut off, no image, a folder with an image's name; in several chunks."""
    monkeypatch.setattr(image_stats_module, "CHUNK", 2)
    pixels = np.full((9, 9, 3), 77, np.uint8)
    save(tmp_path / "sign" / "a.png", pixels)
    whole = (tmp_path / "sign" / "a.png").read_bytes()
    for name, content in {"b.png": b"", "c.png": whole[:50], "d.jpg": b"text"}.items():
        (tmp_path / "sign" / name).write_bytes(content)
    (tmp_path / "sign" / "e.ppm").mkdir()
    save(tmp_path / "sign" / "f.ppm", pixels)

    stats, (finding,) = measured(tmp_path)

    assert stats.decoded.tolist() == [True, False, False, False, False, True]
    assert not stats.size[1:5].any()
    assert (finding.kind, finding.count) == ("undecodable", 4)
    assert [item.paths for item in finding.items] == [
        (f"sign/{name}",) for name in ("b.png", "c.png", "d.jpg", "e.ppm")
    ]
    assert "0 bytes" in finding.items[0].detail


def test_interrupt_does_not_read_the_rest(tmp_path, monkeypatch):
    """Ctrl-C waits for what is being read and for nothing else."""
    for number in range(40):
        save(tmp_path / "sign" / f"{number}.png", np.full((9, 9, 3), 77, np.uint8))
    monkeypatch.setattr(image_stats_module, "CHUNK", 1)
    interrupted = threading.Event()
    read = []

    def read_slowly(path):
        read.append(path)
        if len(read) > 2:
            interrupted.wait(10)
        return read_image(path)

    class Interrupting:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            interrupted.set()

        def __call__(self, steps=1):
            raise KeyboardInterrupt

    monkeypatch.setattr(image_stats_module, "read_image", read_slowly)
    monkeypatch.setattr(image_stats_module, "progress", lambda *_, **__: Interrupting())

    with pytest.raises(KeyboardInterrupt):
        measured(tmp_path)
    assert len(read) < 40
