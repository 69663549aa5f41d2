"""Which files are archives, what their members are called, and whether a tar archive is whole."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.archives.formats import archive_stem, is_archive, is_tar, require_tar_end, zip_member_name

TARS = ("a.tar", "a.tar.gz", "a.tgz", "a.tar.bz2", "a.tbz2", "a.tar.xz", "a.txz")


@pytest.mark.parametrize("name", ["a.zip", "A.ZIP", "b.tar.zip", *TARS])
def test_archives_are_known_by_their_suffix(name):
    """In any case."""
    assert is_archive(Path(name))
    assert is_archive(Path(name.upper()))
    assert is_tar(Path(name)) == (name in TARS)


@pytest.mark.parametrize(
    ("name", "stem"), [("no.entry.zip", "no.entry"), ("signs.tar.gz", "signs"), ("SIGNS.TGZ", "SIGNS")]
)
def test_only_the_suffix_of_an_archive_is_taken_off(name, stem):
    assert archive_stem(Path("folder") / name) == stem


@pytest.mark.parametrize("name", ["a.png", "zip", "a.gz", "a.zip.png", "tar", "a.parquet"])
def test_other_files_are_no_archives(name):
    """However alike."""
    assert not is_archive(Path(name))
    assert not is_tar(Path(name))


def member(name, *, flag=0, system=3):
    """A member as `zipfile` reads it."""
    info = zipfile.ZipInfo()
    info.filename, info.flag_bits, info.create_system = name, flag, system
    return info


@given(name=st.text(st.characters(codec="utf-8", exclude_characters="\\\0"), min_size=1))
def test_name_in_utf_8_is_read_with_and_without_the_flag(name):
    """Without it, Python takes the bytes for code page 437."""
    assert zip_member_name(member(name, flag=0x800)) == name
    assert zip_member_name(member(name.encode().decode("cp437"))) == name


def test_name_in_code_page_437_stays():
    """Its bytes are no UTF-8. As `unzip` does it."""
    assert zip_member_name(member("süd.png")) == "süd.png"


@pytest.mark.parametrize("system", [0, 3])
def test_backslash_stands_between_folders(system):
    """Not every program of Windows says that it is one."""
    assert zip_member_name(member("stop\\1.png", system=system)) == "stop/1.png"


@pytest.mark.parametrize("cut", [1, 512, 1024])
def test_tar_archive_without_its_end_is_refused(cut):
    """`tarfile` takes the end of the file for the end of the archive."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.png"))
    # Behind one header and two blocks of zeros there is only padding.
    whole = content.getvalue()[: 3 * 512]

    with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
        assert [one.name for one in archive] == ["a.png"]
        require_tar_end(archive)
    with tarfile.open(fileobj=io.BytesIO(whole[:-cut])) as archive:
        assert [one.name for one in archive] == ["a.png"]
        with pytest.raises(tarfile.ReadError, match="end mark"):
            require_tar_end(archive)
