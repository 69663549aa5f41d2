"""What can be named on the command line: each becomes a source."""

import logging
import os
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fixtures.errors import raises

from roadsigns import image_files as find
from roadsigns.archives.paths import is_file
from roadsigns.bulk.inputs.sources import open_sources
from roadsigns.errors import DataError, ImageError, OutputError


def test_folder_gives_its_images_and_their_names_within(folder):
    """In natural order; the count is known before."""
    sources = open_sources(["signs"])

    entries = list(sources.entries())
    assert [entry.name for entry in entries] == ["signs/9.png", "signs/10.png", "signs/sub/a.ppm"]
    assert [entry.local for entry in entries] == ["9.png", "10.png", "sub/a.ppm"]
    assert (sources.count, sources.has_boxes) == (3, False)


def test_links_to_folders_are_followed_and_no_folder_is_read_twice(folder, caplog, names):
    """They may form a circle; how many there are is told."""
    caplog.set_level(logging.INFO)
    (folder / "more").mkdir()
    (folder / "more" / "m.png").touch()
    (folder / "signs" / "circle").symlink_to(folder / "signs")
    (folder / "signs" / "dangling").symlink_to(folder / "nowhere")
    (folder / "signs" / "linked").symlink_to(folder / "more")
    (folder / "signs" / "linked.png").symlink_to(folder / "signs" / "9.png")

    assert names("signs") == [
        *("signs/9.png", "signs/10.png", "signs/linked.png"),
        *("signs/linked/m.png", "signs/sub/a.ppm"),
    ]
    assert caplog.messages == ["signs: 2 links to folders followed."]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("signs/*.png", ["signs/9.png", "signs/10.png"]),
        ("signs/**/*.p?[gm]", ["signs/9.png", "signs/10.png", "signs/sub/a.ppm"]),
        ("signs/*", ["signs/9.png", "signs/10.png", "signs/notes.txt"]),
        ("*/sub/*", ["signs/sub/a.ppm"]),
    ],
)
def test_pattern_gives_the_files_it_finds(folder, pattern, expected):
    """In natural order, no folders, nothing hidden; what is not an image is reported when it is read."""
    sources = open_sources([pattern])

    assert [entry.name for entry in sources.entries()] == expected
    assert sources.count == len(expected)


def test_absolute_pattern_is_understood(folder, names):
    """From the root."""
    assert names(f"{folder}/signs/9.*") == [f"{folder}/signs/9.png"]


def test_pattern_finds_archives_and_tables_too(folder, names):
    for name in ("a", "b"):
        with zipfile.ZipFile(f"{name}.zip", "w") as archive:
            archive.writestr("x.png", b"")

    assert names("*.zip") == ["a.zip/x.png", "b.zip/x.png"]


def test_file_whose_name_looks_like_a_pattern_is_a_file(folder, names):
    """It is there."""
    (folder / "sign[1].png").touch()
    (folder / "sign1.png").touch()

    assert names("sign[1].png") == ["sign[1].png"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a.tar/signs", ["a.tar/signs/9.png", "a.tar/signs/10.png", "a.tar/signs/sub/a.ppm"]),
        ("a.tar/signs/9.png", ["a.tar/signs/9.png"]),
        ("a.tar/signs/t.csv", ["a.tar/signs/9.png"]),
    ],
)
def test_path_may_lead_into_an_archive(folder, given, expected):
    """To a folder, an image or a table."""
    (folder / "signs" / "t.csv").write_text("path,x1,y1,x2,y2\n9.png,1,2,3,4\n")
    with tarfile.open("a.tar", "w") as archive:
        archive.add("signs")

    sources = open_sources([given])

    entries = list(sources.entries())
    assert [entry.name for entry in entries] == expected
    assert all(is_file(entry.image) for entry in entries)
    assert sources.count == len(expected)
    with raises(OutputError, hint="--out"):
        open_sources([given], out=Path("a.tar"))


def test_folder_that_cannot_be_read_is_an_entry(folder, monkeypatch):
    """The rest continues."""
    listing = os.scandir

    def refuse(path):
        if str(path).endswith("sub"):
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(find.os, "scandir", refuse)

    *good, bad = open_sources(["signs"]).entries()

    assert len(good) == 2
    assert bad.name == "signs/sub"
    assert isinstance(bad.image, ImageError)
    assert (bad.image.subject, bad.image.problem) == (
        "signs/sub",
        "The file or folder cannot be read (Permission denied).",
    )


def test_table_that_cannot_be_read_is_an_entry_that_says_so(folder):
    """Missing, or without the columns."""
    (folder / "notes.csv").write_text("a,b\n1,2\n")

    _, missing, wrong = open_sources(["signs/9.png", "none.csv", "notes.csv"]).entries()

    assert "No such file" in missing.image.problem
    assert wrong.image.subject == "notes.csv"
    assert "path,x1,y1,x2,y2" in wrong.image.expected


def test_damaged_parquet_file_of_a_folder_does_not_stop_the_rest(folder):
    (folder / "signs" / "a.parquet").write_bytes(b"PAR1")
    pq.write_table(pa.table({"image": [b"one"]}), folder / "signs" / "b.parquet")

    *files, broken, row = open_sources(["signs"]).entries()

    assert len(files) == 3
    assert isinstance(broken.image, ImageError)
    assert (broken.name, broken.image.subject) == ("signs/a.parquet", "signs/a.parquet")
    assert "cannot be read" in broken.image.problem
    assert row.name == "signs/b.parquet/000000"


@pytest.mark.parametrize("column", ["file_name", "path", "label"])
def test_table_of_a_folder_that_holds_no_images_is_passed_over(folder, caplog, names, column):
    """Hugging Face's metadata.parquet names the images that lie beside it, which are read once."""
    caplog.set_level(logging.INFO)
    pq.write_table(pa.table({column: ["9.png", "10.png"]}), folder / "signs" / "metadata.parquet")

    assert names("signs") == ["signs/9.png", "signs/10.png", "signs/sub/a.ppm"]
    assert caplog.messages == ["signs/metadata.parquet: passed over, as it holds no images."]


def test_damaged_zip_is_an_entry_and_its_count_is_unknown(folder):
    """Reading it says so."""
    (folder / "a.zip").write_bytes(b"PK")

    sources = open_sources(["a.zip"])

    assert sources.count is None
    assert [type(entry.image) for entry in sources.entries()] == [ImageError]


def test_pipe_that_nobody_writes_to_is_not_waited_for(folder):
    """As a list it is an entry with the reason, as a table of boxes an error."""
    os.mkfifo(folder / "pipe.csv")

    (entry,) = open_sources(["pipe.csv"]).entries()
    assert "it is a pipe or a device" in entry.image.problem
    with raises(DataError, problem="it is a pipe or a device", hint="Check the path", subject="pipe.csv"):
        open_sources(["signs"], boxes=folder / "pipe.csv")
