"""Files at addresses: requests made again, and files that appear whole."""

import errno
import os
from dataclasses import replace

import pytest
from fixtures.errors import raises

from roadsigns.errors import MissingExtraError, OutputError
from roadsigns.shards import retry
from roadsigns.shards.place import TEMPORARY_MARK, Place, place_for_output, unfinished
from roadsigns.shards.retry import StorageError

memory = pytest.importorskip("fsspec.implementations.memory")


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """Nobody waits between two attempts."""
    monkeypatch.setattr(retry, "FIRST_PAUSE_SECONDS", 0)


class Busy(memory.MemoryFileSystem):
    """A filesystem that fails so many times."""

    cachable = False
    failures = 0

    def _fail(self):
        if self.failures:
            self.failures -= 1
            raise OSError(errno.EIO, "busy")

    def cat_file(self, path, start=None, end=None, **options):
        self._fail()
        return super().cat_file(path, start=start, end=end, **options)

    def pipe_file(self, path, value, **options):
        super().pipe_file(path, value[: len(value) // 2])
        self._fail()
        super().pipe_file(path, value, **options)


@pytest.fixture
def busy():
    """A file in such a filesystem."""
    filesystem = Busy()
    filesystem.store.clear()
    return Place(filesystem, "/folder/a")


def test_a_path_is_a_local_file(tmp_path):
    """Its address is the path."""
    place = Place.of(str(tmp_path)) / "folder" / "a"
    place.write(b"content")

    assert (tmp_path / "folder" / "a").read_bytes() == b"content"
    assert (place.is_local, place.address, place.size()) == (True, str(tmp_path / "folder" / "a"), 7)
    assert Place.of(str(tmp_path)).files() == {"folder/a": 7}
    assert Place.of(str(tmp_path)).is_folder()


def test_links_to_folders_are_followed(tmp_path):
    """Each folder is read once, by its own name where it has one, so that a circle of links ends."""
    for name in ("data/b/1.tar", "elsewhere/2.tar"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"abc")
    for link, target in {"a": "b", "circle": ".", "far": "../elsewhere", "gone": "nowhere", "z.tar": "b/1.tar"}.items():
        (tmp_path / "data" / link).symlink_to(target)

    assert Place.of(str(tmp_path / "data")).files() == {"b/1.tar": 3, "far/2.tar": 3, "gone": 0, "z.tar": 3}


def test_other_addresses_keep_their_protocol():
    """So that a worker can open them."""
    place = Place.of("memory://bucket/a")
    place.write(b"content")

    assert (place.is_local, Place.of(place.address).read()) == (False, b"content")


def test_unknown_addresses_are_errors():
    """And a package that is missing is named."""
    with pytest.raises(ValueError, match="nonsense"):
        Place.of("nonsense://a")
    with raises(OutputError, problem="nonsense", hint="--out"):
        place_for_output("nonsense://a")


def test_a_missing_package_is_named(monkeypatch):
    """fsspec's own sentence says which."""
    import fsspec.core

    def missing(address):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", missing)

    with raises(MissingExtraError, problem="Install s3fs"):
        Place.of("s3://bucket/a")


def test_a_file_is_no_place_for_results(tmp_path):
    """It would be in the way at the end of the work."""
    (tmp_path / "a").write_text("")

    with raises(OutputError, problem="This is a file."):
        place_for_output(str(tmp_path / "a"))


def test_failed_requests_are_made_again(busy):
    """Reading and writing."""
    busy.write(b"0123456789")
    busy.filesystem.failures = 3

    assert busy.read_range(2, 5) == b"234"

    busy.filesystem.failures = 3
    busy.write(b"new")

    assert busy.read() == b"new"
    assert list(busy.filesystem.store) == ["/folder/a"]


def test_requests_that_keep_failing_are_an_error(busy):
    """With the address and the reason; what stood there stays."""
    busy.write(b"old")
    busy.filesystem.failures = 99

    with pytest.raises(StorageError, match="busy") as caught:
        busy.write(b"new")

    assert caught.value.filename == busy.address
    busy.filesystem.failures = 0
    assert busy.read() == b"old"
    assert not [name for name in busy.filesystem.store if TEMPORARY_MARK in name]


def test_a_listing_that_fails_is_not_an_empty_folder(busy, monkeypatch):
    """As fsspec's own functions say; a shard would be missing."""
    busy.write(b"old")
    folder = Place(busy.filesystem, "/folder")
    assert folder.files() == {"a": 3}
    assert Place(busy.filesystem, "/other").files() == {}
    real, left = busy.filesystem.ls, [1, 1]

    def ls(path, **options):
        if left:
            left.pop()
            raise OSError(errno.EIO, "busy")
        return real(path, **options)

    monkeypatch.setattr(busy.filesystem, "ls", ls)
    assert folder.files() == {"a": 3}

    left += [1] * 99
    with pytest.raises(StorageError, match="busy"):
        folder.files()


def test_a_run_knows_its_own_unfinished_files(busy, monkeypatch):
    """Those of another run at the same time may still become whole."""
    folder = Place(busy.filesystem, "/folder")

    def kill(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(busy.filesystem, "mv", kill)
    for run in ("mine", "other"):
        with pytest.raises(KeyboardInterrupt):
            (replace(folder, run=run) / "b" / "a").write(b"content")
    files = folder.files()

    assert len(files) == len(unfinished(files)) == 2
    (mine,) = unfinished(files, "mine")
    assert mine.startswith(f"b/{TEMPORARY_MARK}mine")


def test_s3_gets_a_file_under_its_own_name(busy, monkeypatch):
    """An upload appears when it is whole; there is no renaming, but a copy to pay for."""
    monkeypatch.setattr(Busy, "protocol", "s3")
    names = []
    monkeypatch.setattr(busy.filesystem, "pipe_file", lambda path, value: names.append((path, value)))

    busy.write(b"new")

    assert names == [("/folder/a", b"new")]


def test_a_bucket_is_not_made(busy, monkeypatch):
    """Its name was mistyped, most likely."""

    def pipe_file(path, value, **options):
        raise FileNotFoundError("The specified bucket does not exist")

    monkeypatch.setattr(busy.filesystem, "pipe_file", pipe_file)
    monkeypatch.setattr(busy.filesystem, "async_impl", True)

    with pytest.raises(FileNotFoundError):
        busy.write(b"new")

    assert busy.filesystem.pseudo_dirs == [""]


def test_a_short_answer_is_a_failed_request(busy, monkeypatch):
    """A broken connection must not look like the end of a file."""
    busy.write(b"0123456789")
    monkeypatch.setattr(busy.filesystem, "cat_file", lambda path, start, end: b"0")

    with pytest.raises(StorageError, match="1 bytes came instead of 4"):
        busy.read_range(0, 4)


def test_an_open_file_is_read_anywhere(busy):
    """In ranges of the size that is asked for, or larger ones."""
    content = bytes(range(256)) * 40_000
    busy.write(content)

    with busy.open() as file:
        file.seek(-10, os.SEEK_END)
        assert file.read() == content[-10:]
        file.seek(5)
        assert file.read(9_000_000) == content[5:9_000_005]
        assert file.read() == content[9_000_005:]
        assert file.read() == b""
