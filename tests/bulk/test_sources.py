"""What is given on the command line becomes entries."""

import io
import logging
import os
import sys
import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from fixtures.errors import raises

from roadsigns import image_files as find
from roadsigns.archives.paths import is_file
from roadsigns.bulk.sources import open_sources
from roadsigns.errors import DataError, ImageError, OutputError
from roadsigns.types import Box


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder: two images, one in a folder, a text, a hidden one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "signs" / "sub").mkdir(parents=True)
    for name in ("10.png", "9.png", "sub/a.ppm", "notes.txt", ".hidden.png"):
        (tmp_path / "signs" / name).write_bytes(name.encode())
    return tmp_path


@pytest.fixture
def type_in(monkeypatch):
    """Put bytes on standard input."""
    return lambda content: monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))


def names(*given, **options):
    """The names of what is found."""
    return [entry.name for entry in open_sources(given, **options).entries()]


def test_folder_gives_its_images_and_their_names_within(folder):
    """In natural order; the count is known before."""
    sources = open_sources(["signs"])

    entries = list(sources.entries())
    assert [entry.name for entry in entries] == ["signs/9.png", "signs/10.png", "signs/sub/a.ppm"]
    assert [entry.local for entry in entries] == ["9.png", "10.png", "sub/a.ppm"]
    assert (sources.count, sources.has_boxes) == (3, False)


def test_links_to_folders_are_followed_and_no_folder_is_read_twice(folder, caplog):
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


def test_absolute_pattern_is_understood(folder):
    """From the root."""
    assert names(f"{folder}/signs/9.*") == [f"{folder}/signs/9.png"]


def test_pattern_finds_archives_and_tables_too(folder):
    for name in ("a", "b"):
        with zipfile.ZipFile(f"{name}.zip", "w") as archive:
            archive.writestr("x.png", b"")

    assert names("*.zip") == ["a.zip/x.png", "b.zip/x.png"]


def test_file_whose_name_looks_like_a_pattern_is_a_file(folder):
    """It is there."""
    (folder / "sign[1].png").touch()
    (folder / "sign1.png").touch()

    assert names("sign[1].png") == ["sign[1].png"]


def test_missing_file_among_others_is_an_entry(folder):
    """It is reported when it is read; so is a pattern, by a word."""
    assert names("none.png", "signs/9.png") == ["none.png", "signs/9.png"]
    with pytest.warns(UserWarning, match=r"none\*\.png"):
        assert names("none*.png", "signs/9.png") == ["signs/9.png"]


@pytest.mark.parametrize("given", [["none.png"], ["none*.png", "none"]])
def test_nothing_that_exists_is_refused(folder, given):
    """By name."""
    with raises(DataError, problem="No such file or folder") as raised:
        open_sources(given)

    assert raised.value.subject == ", ".join(given)


def test_table_and_archives_have_boxes_or_names_of_their_own(folder):
    """Several things one after the other, in the order given."""
    (folder / "signs" / "t.csv").write_text("path,x1,y1,x2,y2\n9.png,1,2,3,4\n9.png,5,6,7,8\n")
    with tarfile.open("a.tar", "w") as archive:
        archive.add("signs")

    sources = open_sources(["signs/t.csv", "a.tar", "signs/sub"])

    entries = list(sources.entries())
    assert [entry.box for entry in entries[:2]] == [Box(1, 2, 3, 4), Box(5, 6, 7, 8)]
    assert sorted(entry.name for entry in entries[2:5]) == [
        "a.tar/signs/10.png",
        "a.tar/signs/9.png",
        "a.tar/signs/sub/a.ppm",
    ]
    assert entries[5].name == "signs/sub/a.ppm"
    assert (sources.count, sources.has_boxes) == (None, True)


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


def test_path_that_an_archive_lacks_is_refused(folder):
    """Like that of any file."""
    with zipfile.ZipFile("a.zip", "w") as archive:
        archive.write("signs/9.png")

    with raises(DataError, problem="No such file or folder", subject="a.zip/signs/none.png"):
        open_sources(["a.zip/signs/none.png"])


def test_standard_input_is_a_list_from_the_current_folder(folder, type_in):
    """Its count is unknown."""
    type_in(b"signs/9.png\nsigns/none.png\n")

    sources = open_sources(["-"])

    assert [entry.name for entry in sources.entries()] == ["signs/9.png", "signs/none.png"]
    assert sources.count is None


def test_standard_input_may_be_a_table(folder, type_in):
    """With boxes."""
    type_in(b"path,x1,y1,x2,y2\nsigns/9.png,1,2,3,4\n")

    sources = open_sources(["-"])

    assert sources.has_boxes
    assert [(entry.name, entry.box) for entry in sources.entries()] == [("signs/9.png", Box(1, 2, 3, 4))]


def test_closed_standard_input_is_reported(folder, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)

    assert names("signs/9.png") == ["signs/9.png"]
    with raises(DataError, problem="Standard input is closed"):
        open_sources(["-"])


def test_empty_sources_are_passed_over_with_a_word(folder, type_in):
    """Folders, archives, tables, standard input."""
    (folder / "empty").mkdir()
    with tarfile.open("empty.tar", "w"):
        pass
    (folder / "empty.csv").write_text("path,x1,y1,x2,y2\n")
    type_in(b"")

    with pytest.warns(UserWarning, match="empty") as warned:
        assert names("empty", "empty.tar", "empty.csv", "-", "signs/9.png") == ["signs/9.png"]

    words = [str(warning.message) for warning in warned]
    for word, expected in zip(
        words, ("folder empty holds", "archive empty.tar holds", "empty.csv has", "input was empty"), strict=True
    ):
        assert expected in word


def test_nothing_at_all_is_refused(folder, type_in):
    """At once where it is known, else when everything has been read."""
    (folder / "empty").mkdir()
    with raises(DataError, problem="There is no image here", subject="empty"):
        open_sources(["empty"])
    with raises(DataError, problem="There is no image here", subject="empty, empty and 3 more"):
        open_sources(["empty"] * 8)

    type_in(b"\n")
    with (
        pytest.warns(UserWarning, match="input was empty"),
        raises(DataError, problem="no image", subject="standard input"),
    ):
        names("-")


def test_table_of_boxes_is_for_all_sources(folder):
    """By the names within each; rows that are not used are reported."""
    (folder / "boxes.csv").write_text("path,x1,y1,x2,y2\n9.png,1,2,3,4\n10.png,5,6,7,8\na.ppm,1,1,2,2\nz.png,1,1,2,2\n")
    sources = open_sources(["signs", "signs/sub"], boxes=folder / "boxes.csv")
    assert (sources.count, sources.has_boxes) == (4, True)

    with pytest.warns(UserWarning, match=r"1 row .*'z\.png'"):
        entries = list(sources.entries())

    assert [entry.box for entry in entries] == [Box(1, 2, 3, 4), Box(5, 6, 7, 8), None, Box(1, 1, 2, 2)]
    assert "no row for 'sub/a.ppm'" in entries[2].image.problem


def test_one_box_is_for_all(folder):
    """The command allows it for a single image."""
    sources = open_sources(["signs/9.png"], box=(1, 2, 3, 4))

    assert [entry.box for entry in sources.entries()] == [Box(1, 2, 3, 4)]
    assert (sources.count, sources.has_boxes) == (1, True)


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


def test_damaged_zip_is_an_entry_and_its_count_is_unknown(folder):
    """Reading it says so."""
    (folder / "a.zip").write_bytes(b"PK")

    sources = open_sources(["a.zip"])

    assert sources.count is None
    assert [type(entry.image) for entry in sources.entries()] == [ImageError]


def test_nothing_is_written_into_a_folder_that_is_read(folder):
    """Beside it is fine."""
    with raises(OutputError, problem="in the folder of images signs", hint="--out", subject="signs/sub/a.csv"):
        open_sources(["signs"], out=folder / "signs" / "sub" / "a.csv")
    open_sources(["signs"], out=folder / "a.csv")


@pytest.mark.parametrize(
    ("given", "boxes", "out"),
    [
        (["signs/9.png"], None, "signs/9.png"),
        (["signs/9.png"], None, "link"),
        (["signs/*.png"], None, "signs/10.png"),
        (["list.csv"], None, "list.csv"),
        (["list.csv"], None, "signs/9.png"),
        (["signs.zip"], None, "signs.zip"),
        (["signs/9.png"], "boxes.csv", "boxes.csv"),
    ],
)
def test_file_that_is_read_is_not_written(folder, given, boxes, out):
    """An image, a list, an image that a list names, an archive, a table of boxes; also by way of a link."""
    (folder / "list.csv").write_text("path,x1,y1,x2,y2\nsigns/9.png,,,,\n")
    (folder / "boxes.csv").write_text("path,x1,y1,x2,y2\n9.png,0,0,1,1\n")
    (folder / "link").symlink_to("signs/9.png")
    with zipfile.ZipFile(folder / "signs.zip", "w") as archive:
        archive.writestr("a.png", b"")

    with raises(OutputError, problem="This file is read", hint="--out", subject=out):
        open_sources(given, boxes=boxes and folder / boxes, out=folder / out)
    open_sources(given, boxes=boxes and folder / boxes, out=folder / "other.csv")


def test_image_that_standard_input_names_is_not_written(folder, type_in):
    """It is known only when its line is read."""
    type_in(b"signs/10.png\nsigns/9.png\n")
    entries = open_sources(["-"], out=folder / "signs" / "9.png").entries()

    assert next(entries).name == "signs/10.png"
    with raises(OutputError, problem="This file is read", hint="--out", subject="9.png"):
        next(entries)


def test_pipe_that_nobody_writes_to_is_not_waited_for(folder):
    """As a list it is an entry with the reason, as a table of boxes an error."""
    os.mkfifo(folder / "pipe.csv")

    (entry,) = open_sources(["pipe.csv"]).entries()
    assert "it is a pipe or a device" in entry.image.problem
    with raises(DataError, problem="it is a pipe or a device", hint="Check the path", subject="pipe.csv"):
        open_sources(["signs"], boxes=folder / "pipe.csv")


def test_table_comes_through_an_open_pipe(folder):
    """`--boxes <(...)`: a shell has opened it."""
    reading, writing = os.pipe()
    os.write(writing, b"path,x1,y1,x2,y2\n9.png,0,0,1,1\n")
    os.close(writing)

    assert next(open_sources(["signs"], boxes=Path(f"/dev/fd/{reading}")).entries()).box == Box(0, 0, 1, 1)
    os.close(reading)


@pytest.mark.parametrize("given", ["pics/a.ppm", "pics/*.ppm", "list.csv"])
def test_results_are_not_written_among_named_images(tmp_path, given):
    """The folder that holds a list of them is no folder of images."""
    (tmp_path / "pics").mkdir()
    (tmp_path / "pics" / "a.ppm").touch()
    (tmp_path / "list.csv").write_text("path\npics/a.ppm\n")
    sources = open_sources([str(tmp_path / given)])

    with raises(OutputError, problem="folder of images", hint="--explain", subject="why"):
        sources.require_outside(tmp_path / "pics" / "why", option="--explain")
    sources.require_outside(tmp_path / "why", option="--explain")


def test_results_are_not_written_among_images_that_standard_input_names(tmp_path, type_in):
    """The list is read to its end for it: the last image counts as the first does."""
    (tmp_path / "pics").mkdir()
    type_in(f"{tmp_path}/a.ppm\n{tmp_path}/pics/b.ppm\n".encode())

    sources = open_sources(["-"], whole_list=True)

    assert sources.count == 2
    with raises(OutputError, problem="folder of images", hint="--explain", subject="why"):
        sources.require_outside(tmp_path / "pics" / "why", option="--explain")
    assert [entry.image.name for entry in sources.entries()] == ["a.ppm", "b.ppm"]


def test_pattern_that_matches_an_archive_too_names_images(tmp_path):
    """Nothing is written among them."""
    (tmp_path / "a.ppm").touch()
    with tarfile.open(tmp_path / "b.tar", "w"):
        pass

    with raises(OutputError, problem="folder of images"):
        open_sources([f"{tmp_path}/*"]).require_outside(tmp_path / "why", option="--explain")
