"""Archives are read entry by entry; names do no harm, bombs are refused, damage is told of in its place."""

import io
import os
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.bulk import archives, unpacking
from roadsigns.bulk.archives import Archive, is_archive
from roadsigns.bulk.entries import Extent
from roadsigns.errors import ImageError

CONTENTS = {"b.png": b"bee", "sub/a.PPM": b"ay" * 70_000, "10.jpg": b""}
TAR_MODES = {"tar": "w", "tar.gz": "w:gz", "tgz": "w:gz", "tar.bz2": "w:bz2", "tar.xz": "w:xz"}


def write_zip(path, contents, **options):
    """A zip archive with these names and contents."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def write_tar(path, contents, mode="w"):
    """A tar archive with these names and contents; a TarInfo for a name is put in as it is."""
    with tarfile.open(path, mode) as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(name) if isinstance(name, str) else name
            member.size = member.size or len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture(params=["zip", *TAR_MODES])
def write(request, tmp_path):
    """Write an archive of each kind."""

    def write(contents, suffix=request.param):
        path = tmp_path / f"signs.{suffix}"
        if request.param == "zip":
            return write_zip(path, contents)
        return write_tar(path, contents, TAR_MODES[request.param])

    return write


def read(path):
    """What is in an archive: {name: content or the reason}."""
    return {entry.name: entry.image for entry in Archive(path).entries()}


def problem(image):
    """The sentence of an entry that could not be read."""
    assert isinstance(image, ImageError), image
    return str(image)


def test_entries_come_in_their_order_with_the_archives_name(write):
    """Folders within, suffixes in any case, empty ones too."""
    path = write(CONTENTS)

    entries = list(Archive(path).entries())

    assert [entry.name for entry in entries] == [f"{path}/{name}" for name in CONTENTS]
    assert [entry.local for entry in entries] == list(CONTENTS)
    assert [entry.image for entry in entries] == list(CONTENTS.values())


def test_content_decides_the_kind(write, tmp_path):
    """A zip archive called .tar and a tar archive called .zip, packed or not."""
    assert len(read(write(CONTENTS, suffix="tar"))) == 3
    assert len(read(write(CONTENTS, suffix="zip"))) == 3


@pytest.mark.parametrize(
    "name", ["a.zip", "A.ZIP", "a.tar", "a.tar.gz", "a.tgz", "a.tar.bz2", "a.tbz2", "a.tar.xz", "a.txz"]
)
def test_archives_are_told_by_their_suffix(name):
    """In any case."""
    assert is_archive(Path(name))


@pytest.mark.parametrize("name", ["a.png", "zip", "a.gz", "a.zip.png", "tar"])
def test_other_files_are_none(name):
    """However alike."""
    assert not is_archive(Path(name))


def test_what_is_no_image_and_what_is_hidden_is_passed_over(write):
    """Tables, thumbnails, what macOS leaves in archives."""
    path = write(
        {"GT-00000.csv": b"x", "__MACOSX/._a.png": b"x", ".a.png": b"x", ".git/a.png": b"x", "./a.png": b"good"}
    )

    assert list(read(path).values()) == [b"good"]


def test_folders_are_passed_over(tmp_path):
    """Also one that is called like an image."""
    folder = tarfile.TarInfo("a.png")
    folder.type = tarfile.DIRTYPE

    assert read(write_tar(tmp_path / "a.tar", {folder: b""})) == {}
    assert read(write_zip(tmp_path / "a.zip", {"a.png/": b""})) == {}


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd.png",
        "../../out.png",
        "a/../../out.png",
        "C:\\out.png",
        "con.png",
        "\x1b[2J.png",
        "a" * 3000 + ".png",
    ],
)
def test_evil_names_are_names(write, name, tmp_path):
    """Nothing is written anywhere; what is shown is the name."""
    path = write({name: b"content"})
    before = sorted(tmp_path.rglob("*"))

    assert read(path) == {f"{path}/{name}": b"content"}
    assert sorted(tmp_path.rglob("*")) == before


def test_same_name_twice_is_two_entries(tmp_path):
    """Each with its own content."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.png", b"one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.png", b"two")

    assert [entry.image for entry in Archive(tmp_path / "a.zip").entries()] == [b"one", b"two"]


def test_name_that_is_no_text_is_kept(tmp_path):
    """Names are bytes to tar."""
    path = write_tar(tmp_path / "a.tar", {os.fsdecode(b"b\xe4d.png"): b"content"})

    assert [os.fsencode(name) for name in read(path)] == [os.fsencode(path) + b"/b\xe4d.png"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_links_are_told_of_and_not_followed(tmp_path, kind):
    """Neither out of the archive nor within it."""
    link = tarfile.TarInfo("link.png")
    link.type, link.linkname = kind, "/etc/passwd"
    contents = read(write_tar(tmp_path / "a.tar", {"a.png": b"good", link: b"", "b.png": b"good"}))

    good, bad, last = contents.values()
    assert (good, last) == (b"good", b"good")
    assert "link.png is a link, to /etc/passwd" in problem(bad)


@pytest.mark.parametrize("kind", [tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_devices_are_told_of(tmp_path, kind):
    """And not opened."""
    device = tarfile.TarInfo("device.png")
    device.type = kind

    (bad,) = read(write_tar(tmp_path / "a.tar", {device: b""})).values()
    assert "is no file but a device or a pipe" in problem(bad)


def test_large_entry_is_told_of_and_does_not_stop_the_rest(write, monkeypatch):
    """Its header is enough to refuse it."""
    monkeypatch.setattr(archives, "MAX_BYTES", 1000)

    contents = read(write({"a.png": b"good", "b.png": bytes(1001), "c.png": b"good"}))

    good, bad, last = contents.values()
    assert (good, last) == (b"good", b"good")
    assert "b.png has 1001 bytes, more than the 1000 that are read" in problem(bad)


def test_bomb_is_refused(write, monkeypatch):
    """Nine megabytes of zeros in a few kilobytes, where a third is harmless: what came before has been read."""
    monkeypatch.setattr(unpacking, "HARMLESS_BYTES", 300_000)
    path = write({"a.png": b"good", **{f"{number}.png": bytes(300_000) for number in range(30)}})
    contents = read(path)
    if path.suffix == ".tar":
        # Not packed, it is as large as it says.
        assert len(contents) == 31
        return

    *_, (last, reason) = contents.items()
    assert next(iter(contents.values())) == b"good"
    assert last == str(path)
    assert "unpacks to more than 200 times its size" in problem(reason)
    assert len(contents) < 31


def test_overlapping_entries_of_a_zip_bomb_are_refused(tmp_path, monkeypatch):
    """Many entries that share one packed content (Fifield's bomb)."""
    monkeypatch.setattr(unpacking, "HARMLESS_BYTES", 1_000_000)
    path = write_zip(tmp_path / "a.zip", {"0.png": bytes(10_000_000)})
    with zipfile.ZipFile(path, "a") as archive:
        (member,) = archive.filelist
        for number in range(1, 50):
            other = zipfile.ZipInfo(f"{number}.png")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(other, name, getattr(member, name))
            archive.filelist.append(other)
        archive._didModify = True

    contents = read(path)

    assert sum(len(image) for image in contents.values() if isinstance(image, bytes)) <= 10_000_000
    assert len(contents) <= 50


def test_sparse_file_that_claims_to_be_huge_is_refused(tmp_path):
    """A terabyte of holes, as GNU tar writes them."""
    sparse = tarfile.TarInfo("a.png")
    sparse.pax_headers = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "a.png",
        "GNU.sparse.realsize": str(10**12),
    }
    content = b"0\n".ljust(512, b"\0")
    contents = read(write_tar(tmp_path / "a.tar", {sparse: content, "b.png": b"good"}))

    assert "a.png has 1000000000000 bytes, more than the" in problem(next(iter(contents.values())))


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE])
def test_endless_header_is_refused(tmp_path, kind):
    """A name of ten megabytes is not taken into memory."""
    path = tmp_path / "a.tar.gz"
    header = tarfile.TarInfo("long")
    header.type, header.size = kind, 10_000_000
    packer = zlib.compressobj(wbits=31)
    with path.open("wb") as file:
        file.write(packer.compress(header.tobuf()))
        for _ in range(10):
            file.write(packer.compress(b"7" * 1_000_000))
        file.write(packer.flush())

    tracemalloc.start()
    (bad,) = read(path).values()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert "has a header of more than 1000000 bytes" in problem(bad)
    assert peak < 5_000_000


def test_tar_of_many_entries_takes_no_more_memory(tmp_path):
    """Python's own reader keeps every header."""

    def peak(count):
        path = write_tar(tmp_path / f"{count}.tar", {f"{number}.png": b"" for number in range(count)})
        tracemalloc.start()
        assert sum(1 for _ in Archive(path).entries()) == count
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)
    # Other threads allocate now and then.
    assert min(peak(600) for _ in range(3)) < peak(100) + 30_000


def test_list_of_entries_too_long_for_memory_is_refused(tmp_path, monkeypatch):
    """Before it is read."""
    path = write_zip(tmp_path / "a.zip", {f"{number}.png": b"" for number in range(20)})
    monkeypatch.setattr(archives, "MAX_LIST_BYTES", 1000)
    monkeypatch.setattr(archives.zipfile, "ZipFile", None)

    (bad,) = read(path).values()
    assert "has a list of entries of 1030 bytes, more than the 1000 that are read at once" in problem(bad)
    assert Archive(path).extent() is None


def test_length_of_the_list_of_a_large_archive_is_found(tmp_path, monkeypatch):
    """Beyond 65,535 entries it stands in another record."""
    path = write_zip(tmp_path / "a.zip", {"a.png": b""})
    content = path.read_bytes()
    large = archives.END_OF_LARGE_LIST.pack(b"PK\6\6", 44, 45, 45, 0, 0, 70_000, 70_000, 5_000_000_000, 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(content) - 22, 1)
    path.write_bytes(content[:-22] + large + locator + content[-22:])

    (bad,) = read(path).values()
    assert "has a list of entries of 5000000000 bytes" in problem(bad)


def test_zip_tells_its_extent_and_tar_does_not(tmp_path):
    """Only images count."""
    contents = {**CONTENTS, "notes.txt": b""}

    path = write_zip(tmp_path / "a.zip", contents)
    assert Archive(path).extent() == Extent(3, len(f"{path}/sub/a.PPM"))
    assert Archive(write_tar(tmp_path / "a.tar", contents)).extent() is None


def test_encrypted_and_strangely_packed_entries_are_told_of(tmp_path):
    """bzip2 and LZMA within zip unpack without a bound on memory."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", b"secret")
        archive.writestr("b.png", b"content" * 9, zipfile.ZIP_LZMA)
        archive.writestr("c.png", b"good")
        archive.filelist[0].flag_bits |= 1

    encrypted, strange, good = read(path).values()
    assert "is encrypted" in problem(encrypted)
    assert "Pack it with deflate" in problem(strange)
    assert good == b"good"


def test_damaged_entry_of_a_zip_does_not_stop_the_rest(tmp_path):
    """Its checksum does not fit."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", b"content")
        archive.writestr("b.png", b"good")
    path.write_bytes(path.read_bytes().replace(b"content", b"CONTENT"))

    bad, good = read(path).values()
    assert "The archive is damaged" in problem(bad)
    assert good == b"good"


@pytest.mark.parametrize(
    "content", [b"", b"PK\3\4", b"no archive", b"\x1f\x8b\x08 and so on", b"BZh9", b"\xfd7zXZ\0\0", bytes(100)]
)
@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_what_is_no_archive_is_told_of(tmp_path, content, name):
    """One entry, with the archive's name."""
    path = tmp_path / name
    path.write_bytes(content)

    ((shown, reason),) = read(path).items()
    assert shown == str(path)
    assert f"{path} is no zip or tar archive" in problem(reason)


def test_missing_archive_is_told_of(tmp_path):
    """It may go away after it was found."""
    ((_, reason),) = read(tmp_path / "a.zip").items()
    assert "cannot be read: No such file" in problem(reason)


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
@settings(max_examples=20)
@given(data=st.data())
def test_cut_or_changed_archive_never_raises_and_is_never_quietly_short(kind, data, tmp_path_factory):
    """Every image that was put in comes out as it was, or something is told of."""
    contents = {f"{number}.png": bytes([number]) * 700 for number in range(4)}
    path = tmp_path_factory.mktemp("cut") / f"a.{kind}"
    whole = (write_zip(path, contents) if kind == "zip" else write_tar(path, contents, TAR_MODES[kind])).read_bytes()
    end = len(whole)
    if kind == "tar":
        # Behind its end mark there is only padding.
        end = 4 * (512 + 1024) + 512
    path.write_bytes(whole[: data.draw(st.integers(0, end - 1))])

    entries = list(Archive(path).entries())

    good = [entry.image for entry in entries if isinstance(entry.image, bytes)]
    assert good == list(contents.values())[: len(good)]
    assert len(good) == 4 or isinstance(entries[-1].image, ImageError)

    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, end - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(changed)
    for entry in Archive(path).entries():
        assert isinstance(entry.image, bytes | ImageError)
