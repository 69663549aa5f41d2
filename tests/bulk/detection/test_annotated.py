"""Copies of pictures with their signs."""

import numpy as np
import pytest
from fixtures.errors import raises
from fixtures.stand_in_detector import signs_in, write_picture
from PIL import Image

from roadsigns.bulk.detection.annotated import AnnotatedFolder
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.stream import Result
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.detection.detected import DetectedImage
from roadsigns.errors import ImageError, OutputError


def found(path, count=1, local="", image=None):
    """A picture with so many signs."""
    entry = Entry(str(path), image or path, local=local or path.name)
    return Result(entry, DetectedImage(200, 100, signs_in(count)))


@pytest.fixture
def folder(tmp_path):
    """Where they go."""
    return AnnotatedFolder(tmp_path / "out", GTSRB_CLASSES)


def files_in(path):
    """All files below a folder."""
    return sorted(one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file())


def test_each_picture_has_a_copy_in_its_place(folder, tmp_path):
    """JPEG stays JPEG, all else is PNG; the results go on."""
    paths = [write_picture(tmp_path / "photos" / name, 1) for name in ("a.jpg", "b.png", "c.ppm", "more/d.webp")]
    results = [found(path, local=path.relative_to(tmp_path / "photos").as_posix()) for path in paths]

    assert list(folder.pass_on(results)) == results

    assert files_in(tmp_path / "out") == ["a.jpg", "b.png", "c.png", "more/d.png"]
    before, after = (np.asarray(Image.open(path)) for path in (paths[1], tmp_path / "out" / "b.png"))
    assert before.shape == after.shape
    assert (before != after).any()


def test_picture_of_an_archive_is_drawn_from_its_bytes(folder, tmp_path):
    """There is no file."""
    content = write_picture(tmp_path / "a.png", 1).read_bytes()

    list(folder.pass_on([found(tmp_path / "a.zip/x/a.png", local="x/a.png", image=content)]))

    assert files_in(tmp_path / "out") == ["x/a.png"]


def test_pictures_of_one_name_are_numbered(folder, tmp_path):
    """None replaces another."""
    results = [found(write_picture(tmp_path / name, 1)) for name in ("a/1.png", "b/1.png", "b/1.ppm")]

    list(folder.pass_on(results))

    assert files_in(tmp_path / "out") == ["1-2.png", "1-3.png", "1.png"]


def test_what_cannot_be_read_has_no_copy(folder, tmp_path):
    """Neither from the start nor if it goes meanwhile, which is told."""
    unread = Result(Entry("a.png", tmp_path / "a.png"), ImageError("no image"))

    assert len(list(folder.pass_on([unread, found(tmp_path / "gone.png")]))) == 2

    assert not (tmp_path / "out").exists()
    assert [problem.subject for problem in folder.problems] == [str(tmp_path / "gone.png")]


def test_place_that_cannot_be_written_is_reported(tmp_path):
    """In a sentence that names the option."""
    (tmp_path / "file").touch()
    folder = AnnotatedFolder(tmp_path / "file", GTSRB_CLASSES)

    with raises(OutputError, problem="Cannot be written", hint="--annotate"):
        list(folder.pass_on([found(write_picture(tmp_path / "a.png", 1))]))
