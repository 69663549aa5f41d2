"""The members of zip and tar archives, listed and read in any order."""

import errno
import io
import os
import tarfile
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.archives import members
from roadsigns.archives.entry import Entry
from roadsigns.archives.members import index_archive
from roadsigns.errors import DataError, ImageError
from roadsigns.preprocessing.decode import read_image

CONTENTS = {"stop/1.png": b"one", "stop/2.png": b"two" * 9_000, "yield/1.png": b"", "table.csv": b"a,b\n"}
MODES = {"tar": "w", "tar.gz": "w:gz", "tgz": "w:gz", "tar.bz2": "w:bz2", "tbz2": "w:bz2", "tar.xz": "w:xz"}
NAMES = st.lists(st.sampled_from(["a", "b", "..", ".", "", "c.png"]), min_size=1, max_size=5).map("/".join).filter(bool)


def write_zip(path, contents):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def write_tar(path, contents, mode="w"):
    """A TarInfo for a name is put in as it is."""
    with tarfile.open(path, mode) as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(name) if isinstance(name, str) else name
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def write(path, contents):
    """An archive of the kind that the file's name says."""
    kind = path.name.partition(".")[2]
    return write_zip(path, contents) if kind == "zip" else write_tar(path, contents, MODES[kind])


def content_of(archive, name):
    with archive.open(name) as file:
        return file.read()


@pytest.fixture(params=["zip", *MODES])
def kind(request):
    """Every kind of archive."""
    return request.param


def test_members_are_listed_by_folder_and_read(kind, tmp_path):
    """In any order, and again."""
    archive = index_archive(write(tmp_path / f"signs.{kind}", CONTENTS))

    assert archive.scan("") == [Entry("stop", True), Entry("yield", True), Entry("table.csv", False)]
    assert archive.scan("stop") == [Entry("1.png", False), Entry("2.png", False)]
    assert [entry.is_dir() for entry in archive.scan("")] == [True, True, False]
    for name in [*reversed(CONTENTS), *CONTENTS]:
        assert content_of(archive, name) == CONTENTS[name]


def test_what_is_not_there_is_an_oserror(kind, tmp_path):
    """As in the file system."""
    archive = index_archive(write(tmp_path / f"signs.{kind}", CONTENTS))

    for action in (archive.scan, archive.open):
        with pytest.raises(FileNotFoundError):
            action("gone")


@pytest.mark.parametrize("suffix", ["zip", "tar"])
def test_names_are_below_the_archive_whatever_they_begin_with(tmp_path, suffix):
    """A name that points out of the archive is passed over; dots and a first slash mean nothing."""
    contents = {
        "./stop/1.png": b"1",
        "/stop/2.png": b"2",
        "stop//./3.png": b"3",
        "../4.png": b"4",
        "stop/../5.png": b"5",
    }
    path = write(tmp_path / f"signs.{suffix}", contents)
    with pytest.warns(UserWarning, match=r"2 members with \.\. in the name \(\.\./4\.png, stop/\.\./5\.png\)\.$"):
        archive = index_archive(path)

    assert [entry.name for entry in archive.scan("stop")] == ["1.png", "2.png", "3.png"]
    assert archive.scan("") == [Entry("stop", True)]
    assert content_of(archive, "stop/2.png") == b"2"


@pytest.mark.parametrize("suffix", ["zip", "tar"])
def test_of_members_with_one_name_the_last_is_read_and_the_others_are_told(tmp_path, suffix):
    """As unpacking them would have it."""
    path = write(tmp_path / f"signs.{suffix}", {"a/1.png": b"1", "./a/1.png": b"2"})
    with pytest.warns(UserWarning, match=r"1 member whose name comes again later \(a/1\.png\)\.$"):
        archive = index_archive(path)

    assert content_of(archive, "a/1.png") == b"2"


@pytest.mark.filterwarnings("ignore:Not read from")
@given(names=st.lists(NAMES, unique=True))
def test_any_names_make_folders_that_can_be_walked(names, tmp_path_factory):
    """Every listed file opens, every listed folder lists, and nothing lies outside."""
    archive = index_archive(write_zip(tmp_path_factory.mktemp("names") / "a.zip", dict.fromkeys(names, b"x")))

    def walk(folder):
        for entry in archive.scan(folder):
            assert entry.name not in ("", ".", "..")
            path = f"{folder}/{entry.name}".removeprefix("/")
            if entry.is_dir():
                walk(path)
            else:
                assert content_of(archive, path) == b"x"

    walk("")


def test_folders_that_are_members_are_listed_also_if_they_are_empty(tmp_path):
    """An empty one may be a class, and must not shift the numbers of the others."""
    path = write_zip(tmp_path / "a.zip", {"stop/": b"", "empty/": b"", "stop/1.png": b"1"})
    folder = tarfile.TarInfo("stop")
    folder.type = tarfile.DIRTYPE
    tar = write_tar(tmp_path / "a.tar", {folder: b"", "stop/1.png": b"1"})

    assert index_archive(path).scan("empty") == []
    assert index_archive(path).scan("") == [Entry("stop", True), Entry("empty", True)]
    assert index_archive(tar).scan("") == [Entry("stop", True)]
    for archive in map(index_archive, (path, tar)):
        assert archive.scan("stop") == [Entry("1.png", False)]


@pytest.mark.parametrize("names", [("stop", "stop/1.png"), ("stop/1.png", "stop")])
def test_of_a_file_and_a_folder_of_one_name_the_folder_counts(tmp_path, names):
    """Whichever comes first."""
    archive = index_archive(write_zip(tmp_path / "a.zip", dict.fromkeys(names, b"x")))

    assert archive.scan("") == [Entry("stop", True)]


def test_zip_name_in_utf_8_without_the_flag_is_read(tmp_path):
    """macOS and many programs write it so. See `zip_member_name`."""
    path = write_zip(tmp_path / "a.zip", {"xxxx/1.png": b"1"})
    path.write_bytes(path.read_bytes().replace(b"xxxx/", "süd/".encode()))

    assert [entry.name for entry in index_archive(path).scan("")] == ["süd"]


def test_zip_of_windows_has_folders(tmp_path):
    """Old programs put backslashes between them."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        member = zipfile.ZipInfo("stop\\1.png")
        member.create_system = 0
        archive.writestr(member, b"1")

    assert content_of(index_archive(tmp_path / "a.zip"), "stop/1.png") == b"1"


def test_encrypted_member_is_an_oserror_and_others_are_read(tmp_path):
    """It is found when it is read: names are not encrypted."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.png", b"secret")
        archive.writestr("b.png", b"good")
        archive.filelist[0].flag_bits |= 1
    archive = index_archive(tmp_path / "a.zip")

    with pytest.raises(OSError, match="damaged or has a password"):
        archive.open("a.png")
    with raises(ImageError, problem="has a password", hint="Pack the archive again, without a password."):
        read_image(tmp_path / "a.zip" / "a.png")
    assert content_of(archive, "b.png") == b"good"


def test_member_whose_checksum_does_not_fit_is_an_oserror(tmp_path):
    """When it is opened, so that nobody else needs to know of zip's own errors."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.png", b"content")
    path = tmp_path / "a.zip"
    path.write_bytes(path.read_bytes().replace(b"content", b"CONTENT"))

    with pytest.raises(OSError, match="damaged"):
        index_archive(path).open("a.png")


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_member_that_claims_to_be_huge_is_an_oserror(kind, tmp_path, monkeypatch):
    """It would fill the memory."""
    monkeypatch.setattr(members, "LARGEST_MEMBER", 100)
    archive = index_archive(write(tmp_path / f"a.{kind}", {"a.png": bytes(101), "b.png": bytes(100)}))

    with pytest.raises(OSError, match="too large"):
        archive.open("a.png")
    assert content_of(archive, "b.png") == bytes(100)


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz", "a.parquet"])
@pytest.mark.parametrize(
    "content", [b"", b"no archive", b"PK\3\4", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0", bytes(100)]
)
def test_what_is_no_archive_is_refused(tmp_path, name, content):
    """With what was expected."""
    (tmp_path / name).write_bytes(content)

    expected = "a whole Parquet file" if name == "a.parquet" else "a whole zip or tar"
    with raises(DataError, problem="cannot be read", expected=expected, hint="again", subject=name):
        index_archive(tmp_path / name)


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.parquet"])
def test_missing_archive_is_refused(tmp_path, name):
    """It may go away after it was found. To fetch it again would not always help, so the system's reason is told."""
    with raises(DataError, problem="cannot be read (No such file or directory)", hint="Check the path", subject=name):
        index_archive(tmp_path / name)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EFBIG])
def test_archive_that_the_disk_has_no_room_to_decompress_is_not_called_damaged(tmp_path, monkeypatch, code):
    """The folder that has no room is named."""
    path = write(tmp_path / "a.tar.gz", CONTENTS)

    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(members.shutil, "copyfileobj", refuse)

    with raises(DataError, problem=os.strerror(code), hint="TMPDIR", subject="a.tar.gz") as raised:
        index_archive(path)
    assert tempfile.gettempdir() in raised.value.hint


@given(data=st.data())
def test_cut_archive_is_refused(data, tmp_path_factory):
    """It would have fewer images than it should, and nobody would notice."""
    name = data.draw(st.sampled_from(["a.zip", "a.tar", "a.tar.gz"]))
    path = write(tmp_path_factory.mktemp("cut") / name, {f"{number}.png": bytes([number]) * 700 for number in range(4)})
    whole = path.read_bytes()
    # Behind the end mark of a tar archive there is only padding.
    end = 4 * (512 + 1024) + 1024 if name == "a.tar" else len(whole)
    path.write_bytes(whole[: data.draw(st.integers(0, end - 1))])

    with raises(DataError, problem="cannot be read"):
        index_archive(path)


def test_hard_link_is_the_file_that_it_links_to(tmp_path):
    """tar packs the second of two equal files so."""
    link = tarfile.TarInfo("yield/1.png")
    link.type, link.linkname = tarfile.LNKTYPE, "./stop/1.png"
    archive = index_archive(write_tar(tmp_path / "a.tar", {"stop/1.png": b"one", link: b""}))

    assert content_of(archive, "yield/1.png") == b"one"


def sparse_tar(path, name, blocks, size):
    """A tar archive with one file, as GNU tar writes it with --sparse: only what stands at {offset: content}."""
    member = tarfile.TarInfo(name)
    member.type, member.size = tarfile.GNUTYPE_SPARSE, sum(map(len, blocks.values()))
    header = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    numbers = [number for offset, content in blocks.items() for number in (offset, len(content))]
    for index, number in enumerate(numbers):
        header[386 + 12 * index : 398 + 12 * index] = b"%011o\0" % number
    header[483:495] = b"%011o\0" % size
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    stored = b"".join(blocks.values())
    path.write_bytes(header + stored + bytes(-len(stored) % 512 + 1024))
    return path


@given(
    st.lists(st.tuples(st.integers(0, 3), st.binary(min_size=1, max_size=5)), max_size=4),
    st.integers(0, 3),
)
def test_sparse_file_has_its_holes(tmp_path_factory, parts, hole):
    """tar --sparse leaves out blocks of zeros, and says where they were."""
    content, blocks = b"", {}
    for before, block in parts:
        content += bytes(before)
        blocks[len(content)] = block
        content += block
    content += bytes(hole)
    path = sparse_tar(tmp_path_factory.mktemp("sparse") / "a.tar", "a.bmp", blocks, len(content))

    assert content_of(index_archive(path), "a.bmp") == content


@pytest.mark.parametrize("blocks", [{0: bytes(101)}, {90: bytes(11)}, {101: b"x"}])
def test_sparse_file_with_more_than_it_can_hold_is_an_oserror(tmp_path, blocks):
    """The archive is damaged, or was made to fill the memory."""
    archive = index_archive(sparse_tar(tmp_path / "a.tar", "a.bmp", blocks, 100))

    with pytest.raises(OSError, match="damaged"):
        archive.open("a.bmp")


@pytest.mark.parametrize("kind", [tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_out_of_the_archive_and_devices_are_not_followed(tmp_path, kind):
    """They are listed, and refused when they are opened."""
    link = tarfile.TarInfo("stop/1.png")
    link.type, link.linkname = kind, "/etc/passwd"
    archive = index_archive(write_tar(tmp_path / "a.tar", {link: b""}))

    assert archive.scan("stop") == [Entry("1.png", False)]
    with pytest.raises(OSError, match=r"link or a device|No such file"):
        archive.open("stop/1.png")


def test_members_are_read_from_several_threads_at_once(kind, tmp_path):
    """Each thread gets its own member."""
    contents = {f"{number}.png": bytes([number % 256]) * (1_000 + number) for number in range(60)}
    archive = index_archive(write(tmp_path / f"a.{kind}", contents))

    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda name: content_of(archive, name), [*contents] * 5))

    assert read == [*contents.values()] * 5
