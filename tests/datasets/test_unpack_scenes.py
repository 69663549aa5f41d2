"""An archive of street scenes without a checksum is unpacked if its content is what it must be."""

import io
import zipfile
from pathlib import Path

import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.datasets.download import download
from roadsigns.datasets.official_archives import Archive, SceneCounts
from roadsigns.datasets.scenes import read_scene_set
from roadsigns.datasets.unpack_scenes import unpack_scenes
from roadsigns.errors import DownloadError, OutputError

pytestmark = pytest.mark.usefixtures("pauses")

COUNTS = SceneCounts(images=3, boxes=2)
SCENES = Archive("scenes.zip", None, "FullIJCNN2013", COUNTS)
TABLE = b"00000.ppm;1;1;9;9;14\n00002.ppm;2;2;19;9;38\n"


def ppm(size=(40, 20)):
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, "PPM")
    return buffer.getvalue()


def official(**changes):
    """The files of an archive like the official one; a changed one that is None is left out."""
    files = {f"FullIJCNN2013/0000{number}.ppm": ppm() for number in range(3)}
    files |= {"FullIJCNN2013/gt.txt": TABLE, "FullIJCNN2013/ReadMe.txt": b"words"}
    files |= {"FullIJCNN2013/14/00000.ppm": ppm((9, 9)), "FullIJCNN2013/38/00000.ppm": ppm((9, 9))}
    files |= {f"FullIJCNN2013/{name}": content for name, content in changes.items()}
    return {name: content for name, content in files.items() if content is not None}


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unpack(folder, files):
    """Unpack an archive of these files."""
    (folder / "scenes.zip").write_bytes(zipped(files))
    unpack_scenes(folder / "scenes.zip", folder / "out", COUNTS)
    return {path.relative_to(folder / "out").as_posix() for path in (folder / "out").rglob("*")}


def test_scenes_and_their_table_are_unpacked_and_the_crops_are_not(tmp_path):
    """Nor the readme, which is about both."""
    assert unpack(tmp_path, official()) == {"00000.ppm", "00001.ppm", "00002.ppm", "gt.txt"}
    assert (tmp_path / "out" / "gt.txt").read_bytes() == TABLE
    assert (tmp_path / "out" / "00001.ppm").read_bytes() == ppm()


@pytest.mark.parametrize("base", ["", "a/b/", "../../"])
def test_files_are_written_into_the_folder_wherever_the_archive_has_them(tmp_path, base):
    """Names that lead out of it too."""
    files = {name.replace("FullIJCNN2013/", base): content for name, content in official().items()}

    assert unpack(tmp_path, files) == {"00000.ppm", "00001.ppm", "00002.ppm", "gt.txt"}
    assert {path.name for path in tmp_path.iterdir()} == {"scenes.zip", "out"}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"00001.ppm": None}, "holds 2 street scenes and a gt.txt"),
        ({"00003.ppm": ppm()}, "holds 4 street scenes and a gt.txt"),
        ({"gt.txt": None}, "and no gt.txt"),
        ({"gt.txt": TABLE[:21]}, "gt.txt has 1 line."),
        ({"gt.txt": TABLE * 2}, "gt.txt has 4 lines."),
        ({"gt.txt": TABLE.replace(b"00002", b"00007")}, "gt.txt has 2 lines, and 1 image that it names is not there"),
        ({"gt.txt": b"<html>"}, "gt.txt cannot be used: Line 1"),
        ({"00001.ppm": ppm()[:-1]}, "FullIJCNN2013/00001.ppm is no image"),
        ({"00001.ppm": b""}, "FullIJCNN2013/00001.ppm is no image"),
    ],
)
def test_other_content_is_refused(tmp_path, changes, problem):
    """It says what came and what must."""
    with raises(
        DownloadError,
        problem=problem,
        expected="3 street scenes with 2 boxes in gt.txt",
        hint="--base-url",
        subject="scenes.zip",
    ):
        unpack(tmp_path, official(**changes))


def test_a_damaged_archive_is_refused(tmp_path):
    """By the checksums that it has itself."""
    content = bytearray(zipped(official()))
    content[60] ^= 0xFF
    (tmp_path / "scenes.zip").write_bytes(content)

    with raises(DownloadError, problem="The archive is damaged", subject="scenes.zip"):
        unpack_scenes(tmp_path / "scenes.zip", tmp_path / "out", COUNTS)


def test_a_member_too_large_for_a_scene_is_not_read(tmp_path, monkeypatch):
    """However small it is in the archive."""
    monkeypatch.setattr("roadsigns.datasets.unpack_scenes.MAX_BYTES", 1000)

    with raises(DownloadError, problem="has 2413 bytes"):
        unpack(tmp_path, official())


def bring(server, destination):
    return download(destination, archives=[SCENES], base_urls=[server.url], room="6 GB")


def test_what_was_downloaded_is_a_set_of_scenes(server, tmp_path):
    """All or nothing, and nothing beside it."""
    server.files["/scenes.zip"] = zipped(official())

    assert bring(server, tmp_path / "data") == [tmp_path / "data" / "FullIJCNN2013"]

    found = read_scene_set(tmp_path / "data")
    assert [[sign.name for sign in scene.signs] for scene in found.scenes] == [["stop"], [], ["keep right"]]
    assert found.problems == ()
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_wrong_content_is_fetched_anew_by_the_next_call(server, tmp_path):
    """It would be wrong again."""
    server.files["/scenes.zip"] = zipped(official(**{"00001.ppm": None}))
    with raises(DownloadError, problem="2 street scenes"):
        bring(server, tmp_path / "data")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]

    server.files["/scenes.zip"] = zipped(official())
    bring(server, tmp_path / "data")
    assert len(list((tmp_path / "data" / "FullIJCNN2013").iterdir())) == 4


def test_a_full_disk_keeps_the_archive_for_the_next_call(server, tmp_path, monkeypatch):
    """And says how much room is needed."""
    server.files["/scenes.zip"] = zipped(official())

    def fail(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", fail)
        with raises(OutputError, problem="No space left", expected="6 GB"):
            bring(server, tmp_path / "data")

    server.paths.clear()
    bring(server, tmp_path / "data")
    assert server.paths == []


def test_scenes_that_are_there_are_not_overwritten(server, tmp_path):
    """There is no part to fetch alone."""
    (tmp_path / "FullIJCNN2013").mkdir()

    with raises(OutputError, problem="already holds FullIJCNN2013") as caught:
        bring(server, tmp_path)
    assert "--part" not in caught.value.hint
    assert server.paths == []
