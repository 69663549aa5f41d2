"""A picture of what decided, for each prediction."""

import re
import shutil

import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.bulk import explained
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.explained import ExplainedFolder
from roadsigns.bulk.stream import Result, predict_entries
from roadsigns.errors import ImageError, OutputError
from roadsigns.inference.recognizer import Recognizer


@pytest.fixture(scope="module")
def recognizer():
    """The smallest built-in model."""
    return Recognizer.load("tiny", engine="onnxruntime")


@pytest.fixture
def sign(drawn_folder, tmp_path):
    """A drawn sign in a folder of its own."""
    path = tmp_path / "signs" / "a.ppm"
    path.parent.mkdir()
    shutil.copy(min(drawn_folder.glob("Final_Test/Images/*.ppm")), path)
    return path


def passed(folder, recognizer, entries):
    """Predict entries and write their pictures; gives the results."""
    return list(folder.pass_on(predict_entries(recognizer, entries, top_k=1)))


def files_in(path):
    """All pictures below a folder."""
    return sorted(one.relative_to(path).as_posix() for one in path.rglob("*.png"))


def test_each_image_has_a_picture_in_its_place(recognizer, sign, tmp_path):
    """A PNG, also of an archive's members; the results go on."""
    folder = ExplainedFolder(tmp_path / "out", recognizer, model="made-up")
    entries = [
        Entry(str(sign), sign, local="more/a.ppm"),
        Entry("a.zip/b.ppm", sign.read_bytes(), local="b.ppm"),
    ]

    results = passed(folder, recognizer, entries)

    assert [result.entry for result in results] == entries
    assert files_in(tmp_path / "out") == ["b.png", "more/a.png"]
    assert folder.written == 2
    assert Image.open(tmp_path / "out" / "b.png").width > 500


def test_pictures_of_one_name_are_numbered(recognizer, sign, tmp_path):
    """Two signs of one image, or two files that differ in their suffix."""
    folder = ExplainedFolder(tmp_path / "out", recognizer, model="made-up")

    passed(folder, recognizer, [Entry("a.ppm", sign), Entry("a.ppm", sign, box=(5, 5, 20, 20)), Entry("a.jpg", sign)])

    assert files_in(tmp_path / "out") == ["a-2.png", "a-3.png", "a.png"]


def test_name_cannot_lead_out_of_the_folder(recognizer, sign, tmp_path):
    """Whatever a list or an archive calls it."""
    folder = ExplainedFolder(tmp_path / "out", recognizer, model="made-up")

    passed(folder, recognizer, [Entry("../../x.ppm", sign), Entry("/etc/y.ppm", sign)])

    assert files_in(tmp_path / "out") == ["etc/y.png", "x.png"]


def test_image_that_cannot_be_read_has_none(recognizer, tmp_path):
    """It is among the results; nothing is invented."""
    folder = ExplainedFolder(tmp_path / "out", recognizer, model="made-up")

    (result,) = passed(folder, recognizer, [Entry("a.png", b"no image")])

    assert isinstance(result.outcome, ImageError)
    assert folder.written == 0
    assert folder.problems == []
    assert not (tmp_path / "out").exists()


def test_overview_shows_all_pictures(recognizer, sign, tmp_path):
    """With the names of the images, and for screen readers with what was said of them."""
    folder = ExplainedFolder(tmp_path / "out", recognizer, model="made-up")

    (first, *_) = passed(folder, recognizer, [Entry("a.ppm", sign, local="x/a.ppm"), Entry("b.ppm", sign)])

    page = folder.overview.read_text()
    assert folder.overview == tmp_path / "out" / "index.html"
    assert re.findall('<img src="([^"]+)"', page) == ["x/a.png", "b.png"]
    assert f'alt="a.ppm: {first.outcome.name}, ' in page
    assert "2 pictures by" in page


def test_overview_is_bounded_and_says_so(recognizer, sign, tmp_path, monkeypatch):
    monkeypatch.setattr(explained, "MAX_LISTED", 1)
    monkeypatch.setattr(explained, "MAX_PICTURES", 2)
    folder = ExplainedFolder(tmp_path / "out", recognizer, model="made-up")

    passed(folder, recognizer, [Entry(f"{number}.ppm", sign) for number in range(5)])

    page = folder.overview.read_text()
    assert page.count("<img") == 1
    assert (
        "2 pictures by roadsigns predict --explain, with made-up. Below are the first 1; the others lie beside them."
        in page
    )
    assert "Predicted, and not explained: 3 more images." in page


def test_overview_replaces_no_folder_of_pictures(recognizer, sign, tmp_path):
    """Which may have its name."""
    folder = ExplainedFolder(tmp_path / "out", recognizer, model="made-up")

    passed(folder, recognizer, [Entry("a.ppm", sign, local="index.html/a.ppm")])

    assert folder.overview == tmp_path / "out" / "index-2.html"
    assert files_in(tmp_path / "out") == ["index.html/a.png"]


def test_image_that_has_gone_meanwhile_is_told(recognizer, sign, tmp_path):
    """The others have their pictures."""
    folder = ExplainedFolder(tmp_path / "out", recognizer, model="made-up")
    prediction = recognizer.predict_one(sign)
    gone = Result(Entry("gone.ppm", tmp_path / "gone.ppm"), prediction)

    list(folder.pass_on([gone, Result(Entry("a.ppm", sign), prediction)]))

    assert [problem.subject for problem in folder.problems] == ["gone.ppm"]
    assert files_in(tmp_path / "out") == ["a.png"]


def test_no_more_are_written_than_anybody_looks_at(recognizer, sign, tmp_path, monkeypatch):
    """The others are predicted all the same, and counted."""
    monkeypatch.setattr(explained, "MAX_PICTURES", 2)
    folder = ExplainedFolder(tmp_path / "out", recognizer, model="made-up")

    results = passed(folder, recognizer, [Entry(f"{number}.ppm", sign) for number in range(5)])

    assert len(results) == 5
    assert (folder.written, folder.left_out) == (2, 3)
    assert files_in(tmp_path / "out") == ["0.png", "1.png"]


def test_place_that_cannot_be_written_is_an_error(recognizer, sign, tmp_path):
    """With what to do."""
    (tmp_path / "out").write_text("a file")
    folder = ExplainedFolder(tmp_path / "out", recognizer, model="made-up")

    with raises(OutputError, hint="Free some space, or name another place with --explain."):
        passed(folder, recognizer, [Entry("a.ppm", sign)])
