"""Archives from the internet are unpacked only if they can do no harm."""

import errno
import io
import os
import stat
import string
import struct
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.datasets import archive as archive_module
from roadsigns.datasets.archive import extract, room_for
from roadsigns.errors import DownloadError

KEEP = ("Final_Training", "Readme*.txt")


@pytest.fixture
def folder(tmp_path):
    """An empty folder inside another empty one, so that a file beside it would be seen."""
    folder = tmp_path / "outer" / "inner"
    folder.mkdir(parents=True)
    return folder


def write_zip(path, members, *, compression=zipfile.ZIP_DEFLATED):
    """Write members, pairs of a name or ZipInfo and bytes, unchecked and unchanged."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members:
            member = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo("x")
            if member is not name:
                # ZipInfo() would cut a name at a zero byte; the attribute is written as it is.
                member.filename = name
                member.compress_type = compression
            archive.writestr(member, content)
    return path


def files_in(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def assert_refused(path, folder, match):
    with pytest.raises(DownloadError, match=match):
        extract(path, folder, keep=KEEP)
    assert files_in(folder.parent) == set()


def test_extract_leaves_out_the_folder_at_the_top(tmp_path, folder):
    """Members lie under GTSRB/ in the official archives, and at the top once unpacked."""
    members = [
        ("GTSRB/", b""),
        ("GTSRB/Final_Training/", b""),
        ("GTSRB/Final_Training/Images/00000/a.ppm", b"a"),
        ("Final_Training/Images/b.ppm", b"b"),
        ("GTSRB/Readme-Images.txt", b"read me"),
    ]

    extract(write_zip(tmp_path / "a.zip", members), folder, keep=KEEP)

    assert files_in(folder) == {"Final_Training/Images/00000/a.ppm", "Final_Training/Images/b.ppm", "Readme-Images.txt"}
    assert (folder / "Final_Training/Images/00000/a.ppm").read_bytes() == b"a"


def test_extract_passes_over_what_is_not_expected(tmp_path, folder):
    """Harmless members with other names are not unpacked."""
    members = [
        ("GTSRB/Final_Training/a.ppm", b"a"),
        ("__MACOSX/x", b"x"),
        ("run.sh", b"x"),
        ("Final_Training2/x", b"x"),
    ]

    extract(write_zip(tmp_path / "a.zip", members), folder, keep=KEEP)

    assert files_in(folder) == {"Final_Training/a.ppm"}


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../evil",
        "GTSRB/../../evil",
        "Final_Training/../../evil",
        "GTSRB//evil",
        "GTSRB//etc/passwd",
        "Final_Training/./evil",
        "..",
        "C:/evil",
        "Final_Training/a.ppm:stream",
        "Final_Training\\..\\..\\evil",
        "\\\\host\\share\\evil",
        "Final_Training/a\0.ppm",
        "Final_Training/a\n.ppm",
        "Final_Training//",
        "/",
        "../",
        "",
    ],
)
def test_extract_refuses_names_that_lead_elsewhere(tmp_path, folder, name):
    """One evil name is enough to refuse the archive before a byte is written."""
    path = write_zip(tmp_path / "a.zip", [("Final_Training/good.ppm", b"a"), (name, b"evil")])

    assert_refused(path, folder, "is not safe to unpack: member .* is refused, because its name")


evil_parts = st.sampled_from(["..", ".", "", "/", "\\", "C:", "GTSRB", "Final_Training", "Readme.txt", "\0", "~", " "])
any_part = evil_parts | st.text(alphabet=st.characters(codec="utf-8"), max_size=8) | st.text(string.ascii_letters)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@settings(deadline=None)
@given(names=st.lists(st.lists(any_part, min_size=1, max_size=5).map("/".join), min_size=1, max_size=4))
def test_no_name_ever_leads_out_of_the_folder(names):
    """Whatever the names, extract unpacks below the folder or raises a DownloadError."""
    with tempfile.TemporaryDirectory() as name:
        outer = Path(name)
        folder = outer / "a" / "b"
        folder.mkdir(parents=True)
        with_names = [(member_name, b"x") for member_name in names]
        try:
            path = write_zip(outer / "evil.zip", with_names)
        except (ValueError, struct.error):
            return  # Not even zipfile writes such a name.
        with suppress(DownloadError, OSError):
            extract(path, folder, keep=(*KEEP, "*"))
        assert {path for path in outer.rglob("*") if folder not in path.parents} == {outer / "a", folder, path}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK, stat.S_IFDIR])
def test_extract_refuses_links_and_special_files(tmp_path, folder, kind):
    """A link could lead the next member anywhere."""
    member = zipfile.ZipInfo("Final_Training/link")
    member.external_attr = (kind | 0o777) << 16

    assert_refused(write_zip(tmp_path / "a.zip", [(member, b"/etc/passwd")]), folder, "a link or a special file")


@pytest.mark.parametrize(
    ("names", "match"),
    [
        (("Final_Training/a.ppm", "Final_Training/a.ppm"), "there twice"),
        (("Final_Training/a.ppm", "GTSRB/Final_Training/a.ppm"), "there twice"),
        (("Final_Training/a.ppm", "Final_Training/A.PPM"), "there twice"),
        (("Final_Training/ä.ppm", "Final_Training/a\u0308.ppm"), "there twice"),
        (("Final_Training/a", "Final_Training/a/b.ppm"), "a file and a folder at once"),
        (("Final_Training/a/b.ppm", "Final_Training/a"), "a file and a folder at once"),
        (("Final_Training/a/", "Final_Training/a"), "a file and a folder at once"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_extract_refuses_names_that_collide(tmp_path, folder, names, match):
    """Two members for one place, on any file system, are refused."""
    path = write_zip(tmp_path / "a.zip", [(name, b"x") for name in names])

    assert_refused(path, folder, match)


def test_extract_refuses_encrypted_members(tmp_path, folder):
    """GTSRB is not encrypted."""
    path = write_zip(tmp_path / "a.zip", [("Final_Training/a.ppm", b"a")])
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    path.write_bytes(content)

    assert_refused(path, folder, "it is encrypted")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_extract_refuses_methods_without_a_bound_on_memory(tmp_path, folder, compression):
    """Only stored and deflated members are read piece by piece."""
    path = write_zip(tmp_path / "a.zip", [("Final_Training/a.ppm", b"a" * 1000)], compression=compression)

    assert_refused(path, folder, "compression method")


def test_extract_refuses_too_many_members(tmp_path, folder):
    """A million empty files are a bomb, too."""
    path = write_zip(tmp_path / "a.zip", [(f"Final_Training/{index}", b"") for index in range(4)])

    with pytest.raises(DownloadError, match="holds 4 members, at most 3 were expected"):
        extract(path, folder, keep=KEEP, max_members=3)
    assert files_in(folder) == set()


def test_extract_refuses_a_bomb_before_writing(tmp_path, folder):
    """A megabyte that claims to become gigabytes is refused by what it claims."""
    path = write_zip(tmp_path / "a.zip", [(f"Final_Training/{index}", bytes(6_000_000)) for index in range(2)])
    assert path.stat().st_size < 100_000

    with pytest.raises(DownloadError, match=r"would unpack to 12.0 MB, at most 10.0 MB"):
        extract(path, folder, keep=KEEP, max_bytes=10_000_000)
    assert files_in(folder) == set()


def test_extract_refuses_a_bomb_that_hides_its_size(tmp_path, folder):
    """A member that claims to be small is not written any larger than it claims."""
    path = write_zip(tmp_path / "a.zip", [("Final_Training/bomb", bytes(6_000_000))])
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<L", 6_000_000), struct.pack("<L", 10)))

    with pytest.raises(DownloadError, match="damaged"):
        extract(path, folder, keep=KEEP, max_bytes=1000)
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= 1000


def test_the_bytes_written_are_counted():
    """The count does not rest on zipfile cutting a member to its claimed size."""
    copy = io.BytesIO()

    with pytest.raises(DownloadError, match="more than it says"):
        archive_module._copy(io.BytesIO(bytes(3 << 20)), copy, max_bytes=2 << 20)
    assert len(copy.getvalue()) == 2 << 20


@pytest.mark.parametrize(
    "content", [b"", b"<html>not found</html>", b"PK\x03\x04" + bytes(100), b"PK\x05\x06" + b"\xff" * 18]
)
def test_extract_names_what_is_not_a_zip(tmp_path, folder, content):
    """A web page under the name of an archive gets a sentence, not a traceback."""
    path = tmp_path / "a.zip"
    path.write_bytes(content)

    assert_refused(path, folder, "a.zip is not a zip archive, or it is a damaged one")


def test_extract_notices_a_damaged_member(tmp_path, folder):
    """The checksum of every member is compared."""
    path = write_zip(tmp_path / "a.zip", [("Final_Training/a.ppm", b"picture")], compression=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"picture", b"pictuer"))

    with pytest.raises(DownloadError, match="Bad CRC-32"):
        extract(path, folder, keep=KEEP)


@settings(deadline=None)
@given(data=st.data())
def test_extract_survives_any_damage(data):
    """Any bytes changed or cut off end in a DownloadError or in unpacked files, never in another error."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "folder"
        folder.mkdir()
        path = write_zip(Path(name) / "a.zip", [("Final_Training/a.ppm", b"a" * 99), ("Readme.txt", b"b")])
        content = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
        with suppress(DownloadError):
            extract(path, folder, keep=KEEP)


def test_extract_overwrites_nothing(tmp_path, folder):
    """A file that is there already stays as it is."""
    (folder / "Readme.txt").write_text("mine")

    with pytest.raises(FileExistsError):
        extract(write_zip(tmp_path / "a.zip", [("Readme.txt", b"theirs")]), folder, keep=KEEP)
    assert (folder / "Readme.txt").read_text() == "mine"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_told_with_what_is_needed(tmp_path, number):
    """The sentence names the job, its size and what is left."""
    with (
        pytest.raises(DownloadError, match=r"unpacking a.zip .* takes 2.5 MB, and [\d,.]+ MB were left"),
        room_for("unpacking a.zip", 2_500_000, folder=tmp_path),
    ):
        raise OSError(number, os.strerror(number))


def test_other_errors_of_the_disk_pass_through(tmp_path):
    """Only a full disk is a matter of room."""
    with pytest.raises(PermissionError), room_for("unpacking a.zip", 1, folder=tmp_path):
        raise PermissionError(errno.EACCES, "Permission denied")
