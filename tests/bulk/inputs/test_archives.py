"""Archives are read entry by entry; names do no harm, large entries are refused, damage is reported in its place."""

import io
import os
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.archives.paths import open_file
from roadsigns.bulk.inputs.archives import count_images, read_archive
from roadsigns.errors import ImageError
from roadsigns.preprocessing import decode

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
    return {entry.name: entry.image for entry in read_archive(path)}


def problem(image):
    """What is wrong with an entry that could not be read."""
    assert isinstance(image, ImageError), image
    return image.problem


def test_entries_come_in_their_order_with_the_archives_name(write):
    """Folders within, suffixes in any case, empty ones too."""
    path = write(CONTENTS)

    entries = list(read_archive(path))

    assert [entry.name for entry in entries] == [f"{path}/{name}" for name in CONTENTS]
    assert [entry.local for entry in entries] == list(CONTENTS)
    assert [entry.image for entry in entries] == list(CONTENTS.values())


def test_what_is_no_image_and_what_is_hidden_is_passed_over(write):
    """Tables, thumbnails, what macOS leaves in archives."""
    path = write(
        {"GT-00000.csv": b"x", "__MACOSX/._a.png": b"x", ".a.png": b"x", ".git/a.png": b"x", "./a.png": b"good"}
    )

    assert list(read(path).values()) == [b"good"]


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd.png",
        "C:/out.png",
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


@pytest.mark.parametrize("name", ["../../out.png", "a/../../out.png"])
def test_name_that_points_out_of_the_archive_is_reported(write, name):
    """Such members are read nowhere."""
    path = write({name: b"content", "1.png": b"1"})

    (wrong, good) = read(path).values()
    assert "has .. in it" in str(wrong)
    assert good == b"1"


def test_same_name_twice_is_two_entries(tmp_path):
    """Each with its own content."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.png", b"one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.png", b"two")

    assert [entry.image for entry in read_archive(tmp_path / "a.zip")] == [b"one", b"two"]


def test_name_that_is_no_text_is_kept(tmp_path):
    """Names are bytes to tar."""
    path = write_tar(tmp_path / "a.tar", {os.fsdecode(b"b\xe4d.png"): b"content"})

    assert [os.fsencode(name) for name in read(path)] == [os.fsencode(path) + b"/b\xe4d.png"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_reported_and_not_followed(tmp_path, kind):
    """Neither out of the archive nor within it."""
    link = tarfile.TarInfo("link.png")
    link.type, link.linkname = kind, "/etc/passwd"
    contents = read(write_tar(tmp_path / "a.tar", {"a.png": b"good", link: b"", "b.png": b"good"}))

    good, bad, last = contents.values()
    assert (good, last) == (b"good", b"good")
    assert "link" in problem(bad)
    assert bad.subject.endswith("/link.png")
    assert "--dereference" in bad.hint


def test_large_entry_is_reported_and_does_not_stop_the_rest(write, monkeypatch):
    """No more of it is read than the decoder would take: a bomb of zeros does no harm."""
    monkeypatch.setattr(decode, "MAX_BYTES", 100_000)

    contents = read(write({"a.png": b"good", "b.png": bytes(9_000_000), "c.png": b"good"}))

    good, bad, last = contents.values()
    assert (good, last) == (b"good", b"good")
    assert "more than 100000 bytes" in problem(bad)
    assert bad.subject.endswith("/b.png")


def test_zip_is_counted_before_it_is_read_and_tar_is_not(tmp_path):
    """Only images count."""
    contents = {**CONTENTS, "notes.txt": b""}

    assert count_images(write_zip(tmp_path / "a.zip", contents)) == 3
    assert count_images(write_tar(tmp_path / "a.tar", contents)) is None


def test_encrypted_entry_is_reported(tmp_path):
    """The others are read."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", b"secret")
        archive.writestr("b.png", b"good")
        archive.filelist[0].flag_bits |= 1

    encrypted, good = read(path).values()
    assert "encrypted" in problem(encrypted)
    assert "without a password" in encrypted.hint
    assert good == b"good"


def test_damaged_entry_of_a_zip_does_not_stop_the_rest(tmp_path):
    """Its checksum does not fit."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", b"content")
        archive.writestr("b.png", b"good")
    path.write_bytes(path.read_bytes().replace(b"content", b"CONTENT"))

    bad, good = read(path).values()
    assert "damaged" in problem(bad)
    assert good == b"good"


@pytest.mark.parametrize(
    "content", [b"", b"PK\3\4", b"no archive", b"\x1f\x8b\x08 and so on", b"BZh9", b"\xfd7zXZ\0\0", bytes(100)]
)
@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_what_is_no_archive_is_reported(tmp_path, content, name):
    """One entry, with the archive's name."""
    path = tmp_path / name
    path.write_bytes(content)

    ((shown, reason),) = read(path).items()
    assert shown == str(path)
    assert "not an archive" in problem(reason)
    assert reason.expected == "a whole zip or tar archive"


def test_archive_that_ends_early_says_how_many_images_were_read(tmp_path):
    """In words about the archive, not about how it is stored."""
    whole = write_tar(tmp_path / "a.tar", {"a.png": b"one", "b.png": bytes(2000)})
    whole.write_bytes(whole.read_bytes()[:1600])

    *_, last = read_archive(whole)

    assert isinstance(last.image, ImageError)
    assert "1 image" in last.image.problem


def test_missing_archive_is_reported(tmp_path):
    """It may go away after it was found."""
    ((_, reason),) = read(tmp_path / "a.zip").items()
    assert "No such file" in problem(reason)


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
@settings(max_examples=20)
@given(data=st.data())
def test_cut_or_changed_archive_never_raises_and_is_never_quietly_short(kind, data, tmp_path_factory):
    """Every image that was put in comes out as it was, or something is reported."""
    contents = {f"{number}.png": bytes([number]) * 700 for number in range(4)}
    path = tmp_path_factory.mktemp("cut") / f"a.{kind}"
    whole = (write_zip(path, contents) if kind == "zip" else write_tar(path, contents, TAR_MODES[kind])).read_bytes()
    end = len(whole)
    if kind == "tar":
        # Behind its end mark there is only padding.
        end = 4 * (512 + 1024) + 512
    path.write_bytes(whole[: data.draw(st.integers(0, end - 1))])

    entries = list(read_archive(path))

    good = [entry.image for entry in entries if isinstance(entry.image, bytes)]
    assert good == list(contents.values())[: len(good)]
    assert len(good) == 4 or isinstance(entries[-1].image, ImageError)

    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, end - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(changed)
    for entry in read_archive(path):
        assert isinstance(entry.image, bytes | ImageError)


@pytest.mark.parametrize(
    ("stored", "name"),
    [("süd….png".encode(), "süd….png"), ("süd.png".encode("cp437"), "süd.png"), (b"plain.png", "plain.png")],
)
def test_name_in_a_zip_archive_without_the_flag_for_utf_8_is_read_sensibly(tmp_path, stored, name):
    """As UTF-8 where it is that, else in code page 437, as `unzip` does."""
    path = tmp_path / "signs.zip"
    stand_in = "x" * (len(stored) - 4) + ".png"
    write_zip(path, {stand_in: b"content"})
    path.write_bytes(path.read_bytes().replace(stand_in.encode(), stored))

    assert read(path) == {f"{path}/{name}": b"content"}


def parquet_of(images):
    """The bytes of a Parquet file with images."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    stream = io.BytesIO()
    pq.write_table(pa.table({"image": images, "label": list(range(len(images)))}), stream)
    return stream.getvalue()


def test_images_in_parquet_files_of_an_archive_are_read(write):
    """Among the other images, in the archive's order; their number is not known before."""
    path = write({"a.png": b"ay", "data/train.parquet": parquet_of([b"bee", b"sea"]), "d.png": b"dee"})

    entries = list(read_archive(path))

    table = f"{path}/data/train.parquet"
    assert [entry.name for entry in entries] == [f"{path}/a.png", f"{table}/000000", f"{table}/000001", f"{path}/d.png"]
    assert count_images(path) is None


def test_damaged_parquet_file_of_an_archive_does_not_stop_the_rest(write):
    path = write({"train.parquet": b"PAR1", "d.png": b"dee"})

    broken, whole = read_archive(path)

    assert isinstance(broken.image, ImageError)
    assert "cannot be read" in broken.image.problem
    assert whole.name == f"{path}/d.png"


def test_table_of_an_archive_that_holds_no_images_is_passed_over(write):
    """Hugging Face's metadata.parquet names the images that lie beside it, which are read once."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    stream = io.BytesIO()
    pq.write_table(pa.table({"file_name": ["d.png"]}), stream)
    path = write({"metadata.parquet": stream.getvalue(), "d.png": b"dee"})

    assert [(entry.name, entry.image) for entry in read_archive(path)] == [(f"{path}/d.png", b"dee")]


def test_parquet_file_whose_name_begins_at_the_root_is_the_member_and_not_a_file_of_the_disk(write, tmp_path):
    """Of both of that name, what was packed is read."""
    outside = tmp_path / "outside.parquet"
    outside.write_bytes(parquet_of([b"secret", b"secret"]))
    path = write({str(outside): parquet_of([b"packed"])})

    (entry,) = read_archive(path)

    assert entry.name == f"{path}{outside}/000000"
    with open_file(entry.image) as file:
        assert file.read() == b"packed"


def test_zip_archive_in_a_tar_archive_is_not_counted_for_it(tmp_path):
    """Its table of contents stands near the end of both."""
    inner = write_zip(tmp_path / "inner.zip", {"notes.txt": b""}).read_bytes()

    assert count_images(write_tar(tmp_path / "a.tar", {"a.png": b"ay", "inner.zip": inner})) is None
