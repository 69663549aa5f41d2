"""What is given on the command line becomes entries."""

import errno
import os
import tarfile
import warnings
import zipfile
from pathlib import Path

import pytest
from fixtures.errors import raises

from roadsigns.bulk.inputs.sources import open_sources
from roadsigns.errors import DataError, ImageError, OutputError
from roadsigns.preprocessing.decode import read_image
from roadsigns.types import Box


def test_missing_file_among_others_is_an_entry(folder, names):
    """It is reported when it is read; so is a pattern, by a word."""
    assert names("none.png", "signs/9.png") == ["none.png", "signs/9.png"]
    with pytest.warns(UserWarning, match=r"none\*\.png"):
        assert names("none*.png", "signs/9.png") == ["signs/9.png"]


LONG = "x" * 300
NOT_TO_BE_LOOKED_AT = [LONG, f"{LONG}.zip", f"{LONG}.parquet", f"{LONG}.zip/a.png", f"{LONG}[1].png", "no/look/a.png"]


@pytest.fixture
def no_look(folder, monkeypatch):
    """A folder of the current one that may not be looked into, also where the tests run as root."""
    look = os.stat

    def refuse(path, *arguments, **options):
        if str(path).startswith("no/look"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return look(path, *arguments, **options)

    monkeypatch.setattr(os, "stat", refuse)


@pytest.mark.usefixtures("no_look")
@pytest.mark.parametrize("name", NOT_TO_BE_LOOKED_AT)
def test_path_that_cannot_be_looked_at_is_one_of_those_that_are_missing(name):
    """Its name is too long, or its folder is somebody else's; the others are read."""
    sources = open_sources([name, "signs/9.png"], out=Path("results.csv"))

    with warnings.catch_warnings():
        # Of a pattern.
        warnings.simplefilter("ignore")
        *wrong, good = sources.entries()

    assert good.name == "signs/9.png"
    for entry in wrong:
        with pytest.raises(ImageError):
            raise entry.image if isinstance(entry.image, ImageError) else _why_not(entry.image)


def _why_not(path):
    """Why an image cannot be read."""
    with pytest.raises(ImageError) as raised:
        read_image(path)
    return raised.value


@pytest.mark.usefixtures("no_look")
@pytest.mark.parametrize("name", [*NOT_TO_BE_LOOKED_AT, f"{LONG}\\a.png", "no\\look\\a.png"])
def test_path_in_a_list_that_cannot_be_looked_at_is_an_entry(folder, name, names):
    """The others are read."""
    (folder / "t.csv").write_text(f"path\n{name}\nsigns/9.png\n")

    assert names("t.csv") == [name, "signs/9.png"]


@pytest.mark.parametrize("given", [["none.png"], ["none*.png", "none"]])
def test_nothing_that_exists_is_refused(folder, given):
    """By name."""
    with raises(DataError, problem="No such file or folder") as raised:
        open_sources(given)

    assert raised.value.subject == ", ".join(given)


def test_path_that_an_archive_lacks_is_refused(folder):
    """Like that of any file."""
    with zipfile.ZipFile("a.zip", "w") as archive:
        archive.write("signs/9.png")

    with raises(DataError, problem="No such file or folder", subject="a.zip/signs/none.png"):
        open_sources(["a.zip/signs/none.png"])


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


def test_empty_sources_are_passed_over_with_a_word(folder, type_in, names):
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


def test_nothing_at_all_is_refused(folder, type_in, names):
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


def test_table_comes_through_an_open_pipe(folder):
    """`--boxes <(...)`: a shell has opened it."""
    reading, writing = os.pipe()
    os.write(writing, b"path,x1,y1,x2,y2\n9.png,0,0,1,1\n")
    os.close(writing)

    assert next(open_sources(["signs"], boxes=Path(f"/dev/fd/{reading}")).entries()).box == Box(0, 0, 1, 1)
    os.close(reading)


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


def test_pattern_that_matches_an_archive_too_names_images(tmp_path):
    """Nothing is written among them."""
    (tmp_path / "a.ppm").touch()
    with tarfile.open(tmp_path / "b.tar", "w"):
        pass

    with raises(OutputError, problem="folder of images"):
        open_sources([f"{tmp_path}/*"]).require_outside(tmp_path / "why", option="--explain")
