"""Decoded images kept in one file: right when two processes build it, one is killed, or it cannot be written."""

import errno
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import ImageError
from roadsigns.loading import cache
from roadsigns.loading.cache import default_cache_folder, open_decoded
from roadsigns.types import Sample

# Opens the cache in another process. The arguments are the cache folder, a folder to meet in, and the image files.
BUILDER = """
import hashlib, sys, time
from pathlib import Path
from roadsigns.loading import cache
from roadsigns.types import Sample

folder, meeting, *paths = map(Path, sys.argv[1:])
write = cache._write

def write_and_meet(samples, temporary):
    write(samples, temporary)
    (meeting / temporary.name).touch()
    while not (meeting / "go").exists():
        time.sleep(0.01)

cache._write = write_and_meet
decoded = cache.open_decoded([Sample(path, 0) for path in paths], folder)
print(hashlib.sha256(decoded.pixels.tobytes()).hexdigest())
"""

# Opens the cache while no file may grow beyond 2,000 bytes: what a full disk does, on any file system.
CROWDED = """
import resource, sys, warnings
from pathlib import Path
from roadsigns.loading.cache import open_decoded
from roadsigns.types import Sample

folder, *paths = map(Path, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
warnings.simplefilter("error")
open_decoded([Sample(path, 0) for path in paths], folder)
"""


def write_image(path, *, shape=(6, 5), seed=0):
    """Write a PPM of noise and return its pixels."""
    pixels = np.random.default_rng(seed).integers(0, 256, (*shape, 3), np.uint8)
    path.write_bytes(b"P6\n%d %d\n255\n" % (shape[1], shape[0]) + pixels.tobytes())
    return pixels


@pytest.fixture
def samples(tmp_path):
    """Three images of different shapes."""
    folder = tmp_path / "images"
    folder.mkdir()
    for number, shape in enumerate([(6, 5), (3, 9), (40, 30)]):
        write_image(folder / f"{number}.ppm", shape=shape, seed=number)
    return [Sample(path, 0) for path in sorted(folder.iterdir())]


@pytest.fixture
def folder(tmp_path):
    """The cache folder; it does not exist yet."""
    return tmp_path / "cache"


@pytest.fixture
def no_image_is_read(monkeypatch):
    """Call it, and reading an image file fails from then on."""

    def fail(path):
        raise AssertionError(f"{path} was read")

    return lambda: monkeypatch.setattr(cache, "read_image", fail)


def start_builder(folder, meeting, samples):
    """Start a process that builds the cache and waits before it is renamed."""
    meeting.mkdir(exist_ok=True)
    command = [sys.executable, "-c", BUILDER, folder, meeting, *(sample.path for sample in samples)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(meeting, count, processes):
    """Wait until so many builders have written everything."""
    limit = time.monotonic() + 30
    while len(list(meeting.iterdir())) < count:
        assert time.monotonic() < limit
        assert all(process.poll() is None for process in processes)
        time.sleep(0.01)


def test_images_come_back_as_they_were(samples, folder):
    """From the first start and from the second, whatever their shapes."""
    for _ in range(2):
        decoded = open_decoded(samples, folder)
        for index, sample in enumerate(samples):
            np.testing.assert_array_equal(decoded.read(index), cache.read_image(sample.path))


def test_second_start_reads_no_image_file(samples, folder, no_image_is_read):
    """Only their sizes and times are looked at."""
    first = open_decoded(samples, folder)
    no_image_is_read()

    second = open_decoded(samples, folder)

    np.testing.assert_array_equal(second.pixels, first.pixels)


def test_pixels_stay_on_disk_and_cannot_be_changed(samples, folder):
    """Memory-mapped, read-only."""
    decoded = open_decoded(samples, folder)

    assert isinstance(decoded.pixels, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        decoded.read(0)[0, 0, 0] = 1


def test_changed_image_is_decoded_again(samples, folder):
    """Another size, or another time at the same size."""
    open_decoded(samples, folder)
    larger = write_image(samples[0].path, shape=(7, 5), seed=9)
    np.testing.assert_array_equal(open_decoded(samples, folder).read(0), larger)

    same_size = write_image(samples[0].path, shape=(7, 5), seed=10)
    os.utime(samples[0].path, ns=(1, 1))
    np.testing.assert_array_equal(open_decoded(samples, folder).read(0), same_size)


def test_other_list_of_images_is_another_entry(samples, folder):
    """Fewer images, or another order."""
    open_decoded(samples, folder)

    assert len(open_decoded(samples[:2], folder).shapes) == 2
    assert open_decoded(samples[::-1], folder).shapes.tolist() == [[40, 30], [3, 9], [6, 5]]
    assert len(list(folder.iterdir())) == 3


def test_image_of_the_same_name_elsewhere_is_another_entry(samples, folder, tmp_path, monkeypatch):
    """Paths count in full, though they be given relative to where one is."""
    entries = []
    for place in ("here", "there"):
        (tmp_path / place).mkdir()
        write_image(tmp_path / place / "0.ppm")
        os.utime(tmp_path / place / "0.ppm", ns=(1, 1))
        monkeypatch.chdir(tmp_path / place)
        open_decoded([Sample(Path("0.ppm"), 0)], folder)
        entries.append(len(list(folder.iterdir())))

    assert entries == [1, 2]


def test_images_that_do_not_decode_are_named(samples, folder, no_image_is_read):
    """At the first start and at every later one; the others are there."""
    samples[1].path.write_bytes(b"P6\n9 9\n255\nshort")
    samples.append(Sample(samples[0].path.with_name("missing.ppm"), 0))
    for _ in range(2):
        decoded = open_decoded(samples, folder)

        assert set(decoded.problems) == {1, 3}
        for index, reason in ((1, "does not decode"), (3, "cannot be read")):
            with raises(ImageError, problem=reason, subject=str(samples[index].path)) as raised:
                decoded.read(index)
            assert raised.value.hint
        assert decoded.read(2).shape == (40, 30, 3)
        no_image_is_read()


def test_cache_of_nothing_that_decodes_is_kept_too(samples, folder, no_image_is_read):
    """An empty file cannot be mapped; it needs no mapping."""
    samples[0].path.write_bytes(b"")
    open_decoded(samples[:1], folder)
    no_image_is_read()

    assert set(open_decoded(samples[:1], folder).problems) == {0}


def test_two_processes_may_build_it_at_once(samples, folder, tmp_path):
    """Both write all of it, then both want the name: both end well, with the same pixels, and one entry is left."""
    meeting = tmp_path / "meeting"
    builders = [start_builder(folder, meeting, samples) for _ in range(2)]
    wait_for(meeting, 2, builders)
    (meeting / "go").touch()
    outputs = [builder.communicate(timeout=30) for builder in builders]

    assert [builder.returncode for builder in builders] == [0, 0], outputs
    assert len({output for output, _ in outputs}) == 1
    assert len(list(folder.iterdir())) == 1


def test_killed_builder_leaves_nothing_that_is_read(samples, folder, tmp_path):
    """Killed when all but the name was written; the next start builds its own."""
    meeting = tmp_path / "meeting"
    builder = start_builder(folder, meeting, samples)
    wait_for(meeting, 1, [builder])
    builder.send_signal(signal.SIGKILL)
    builder.communicate()
    (abandoned,) = folder.iterdir()
    (abandoned / "pixels.bin").write_bytes(b"half")

    decoded = open_decoded(samples, folder)

    for index, sample in enumerate(samples):
        np.testing.assert_array_equal(decoded.read(index), cache.read_image(sample.path))


def test_what_a_killed_builder_left_is_removed_after_a_day(samples, folder):
    """Not sooner: another process may still be building it."""
    old, young = (folder / f"{cache.TEMPORARY_PREFIX}{name}" for name in ("old", "young"))
    for path in (old, young):
        path.mkdir(parents=True)
    os.utime(old, (time.time() - 25 * 3600,) * 2)

    open_decoded(samples, folder)

    assert not old.exists()
    assert young.exists()


def test_interrupted_build_leaves_nothing(samples, folder, monkeypatch):
    """Ctrl-C while decoding."""

    def interrupt(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(cache, "read_image", interrupt)

    with pytest.raises(KeyboardInterrupt):
        open_decoded(samples, folder)

    assert not folder.exists()


def test_full_disk_is_reported_and_nothing_is_left(samples, folder):
    """A process that may write small files only: one warning that says what to do, and no cache folder."""
    command = [sys.executable, "-c", CROWDED, folder, *(sample.path for sample in samples)]
    result = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)

    assert (
        f"UserWarning: The cache {folder} cannot be written (File too large); continuing without it." in result.stderr
    )
    assert "set ROADSIGNS_CACHE" in result.stderr
    assert not folder.exists()


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), OSError("12 requested and 3 written")]
)
def test_disk_that_fills_up_at_the_end_is_reported(samples, folder, monkeypatch, error):
    """NumPy's own error has no number and no `strerror`; its words are told all the same."""

    def fail(path, array):
        raise error

    monkeypatch.setattr(cache.np, "save", fail)

    with pytest.warns(UserWarning, match="cannot be written .*(No space left|3 written)"):
        assert open_decoded(samples, folder) is None


def test_folder_that_cannot_be_written_gives_none_and_a_warning(samples, tmp_path):
    """A file where the folder should be: nobody can write there, not even root."""
    (tmp_path / "file").touch()

    with pytest.warns(UserWarning, match=r"The cache .* cannot be written .*ROADSIGNS_CACHE"):
        assert open_decoded(samples, tmp_path / "file" / "cache") is None


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="wants Linux's /sys, where nobody can make a folder")
def test_read_only_file_system_gives_none_and_a_warning(samples):
    with pytest.warns(UserWarning, match=r"The cache /sys/kernel/roadsigns cannot be written"):
        assert open_decoded(samples, Path("/sys/kernel/roadsigns")) is None


def test_cache_that_works_warns_of_nothing(samples, folder):
    """Silence is the normal case."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        open_decoded(samples, folder)


def test_cache_folder_is_the_users_or_the_one_chosen(monkeypatch):
    """`ROADSIGNS_CACHE` decides."""
    monkeypatch.setenv("ROADSIGNS_CACHE", "/somewhere")
    assert default_cache_folder() == Path("/somewhere")

    monkeypatch.delenv("ROADSIGNS_CACHE")
    assert default_cache_folder().name == "roadsigns"


def test_without_a_home_folder_there_is_no_cache(monkeypatch):
    """As in containers whose user is in no table; what to do is said."""

    def fail(_name):
        raise RuntimeError("could not determine the home directory")

    monkeypatch.delenv("ROADSIGNS_CACHE")
    monkeypatch.setattr(cache.platformdirs, "user_cache_dir", fail)

    with pytest.warns(UserWarning, match="ROADSIGNS_CACHE"):
        assert default_cache_folder() is None


@pytest.mark.parametrize("name", ["pixels.bin", "shapes.npy", "problems.json"])
def test_cache_rebuilds_an_entry_that_lost_its_content(samples, folder, name):
    """After a power cut a renamed file can be shorter than it was written."""
    whole = open_decoded(samples, folder).read(2).copy()
    (entry,) = folder.iterdir()
    (entry / name).write_bytes((entry / name).read_bytes()[:-3])

    assert np.array_equal(open_decoded(samples, folder).read(2), whole)
