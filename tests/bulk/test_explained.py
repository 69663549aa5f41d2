"""A picture of what decided, for each prediction."""

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
    """All files below a folder."""
    return sorted(one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file())


def test_each_image_has_a_picture_in_its_place(recognizer, sign, tmp_path):
    """A PNG, also of an archive's members; the results go on."""
    folder = ExplainedFolder(tmp_path / "out", recognizer)
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
    folder = ExplainedFolder(tmp_path / "out", recognizer)

    passed(folder, recognizer, [Entry("a.ppm", sign), Entry("a.ppm", sign, box=(5, 5, 20, 20)), Entry("a.jpg", sign)])

    assert files_in(tmp_path / "out") == ["a-2.png", "a-3.png", "a.png"]


def test_name_cannot_lead_out_of_the_folder(recognizer, sign, tmp_path):
    """Whatever a list or an archive calls it."""
    folder = ExplainedFolder(tmp_path / "out", recognizer)

    passed(folder, recognizer, [Entry("../../x.ppm", sign), Entry("/etc/y.ppm", sign)])

    assert files_in(tmp_path / "out") == ["etc/y.png", "x.png"]


def test_image_that_cannot_be_read_has_none(recognizer, tmp_path):
    """It is among the results; nothing is invented."""
    folder = ExplainedFolder(tmp_path / "out", recognizer)

    (result,) = passed(folder, recognizer, [Entry("a.png", b"no image")])

    assert isinstance(result.outcome, ImageError)
    assert folder.written == 0
    assert folder.problems == []
    assert not (tmp_path / "out").exists()


def test_image_that_has_gone_meanwhile_is_told(recognizer, sign, tmp_path):
    """The others have their pictures."""
    folder = ExplainedFolder(tmp_path / "out", recognizer)
    prediction = recognizer.predict_one(sign)
    gone = Result(Entry("gone.ppm", tmp_path / "gone.ppm"), prediction)

    list(folder.pass_on([gone, Result(Entry("a.ppm", sign), prediction)]))

    assert [problem.subject for problem in folder.problems] == ["gone.ppm"]
    assert files_in(tmp_path / "out") == ["a.png"]


def test_no_more_are_written_than_anybody_looks_at(recognizer, sign, tmp_path, monkeypatch):
    """The others are predicted all the same, and counted."""
    monkeypatch.setattr(explained, "MOST_PICTURES", 2)
    folder = ExplainedFolder(tmp_path / "out", recognizer)

    results = passed(folder, recognizer, [Entry(f"{number}.ppm", sign) for number in range(5)])

    assert len(results) == 5
    assert (folder.written, folder.left_out) == (2, 3)
    assert files_in(tmp_path / "out") == ["0.png", "1.png"]


def test_place_that_cannot_be_written_is_an_error(recognizer, sign, tmp_path):
    """With what to do."""
    (tmp_path / "out").write_text("a file")
    folder = ExplainedFolder(tmp_path / "out", recognizer)

    with raises(OutputError, hint="Free some space, or name another place with --explain."):
        passed(folder, recognizer, [Entry("a.ppm", sign)])
