"""Tar archives, and what stands beside an image in WebDataset's."""

import io
import tarfile

import pytest

from roadsigns.shards import tar
from roadsigns.shards.tar import read_tar
from roadsigns.types import Box


def items(path):
    with path.open("rb") as file:
        return list(read_tar(file, "a.tar"))


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_texts_beside_an_image_are_its_own(tmp_path, write_tar, mode):
    """Before it or after it, by the name up to its first dot."""
    members = {"x/1.cls": b"7", "x/1.png": b"one", "x/1.json": b'{"camera": 2}', "y/1.jpg": b"two", "notes.md": b"no"}

    one, two = items(write_tar(tmp_path / "a.tar", members, mode))

    assert (one.entry.name, one.entry.image, one.texts) == (
        "a.tar/x/1.png",
        b"one",
        {"cls": "7", "json": '{"camera": 2}'},
    )
    assert (two.entry.name, two.texts) == ("a.tar/y/1.jpg", {})


def test_numbers_after_a_dot_do_not_hold_the_whole_archive(tmp_path, write_tar, monkeypatch):
    """Although all these images are of one key, with the texts that come before them."""
    monkeypatch.setattr(tar, "HELD_BYTES", 50_000)
    names = [f"frame.{number:04}.jpg" for number in range(40)]
    path = write_tar(tmp_path / "a.tar", {"frame.cls": b"7"} | dict.fromkeys(names, bytes(20_000)))

    with path.open("rb") as file:
        found = read_tar(file, "a.tar")
        first = next(found)
        assert file.tell() < 100_000
        every = [first, *found]

    assert [item.entry.name for item in every] == [f"a.tar/{name}" for name in names]
    assert all(item.texts == {"cls": "7"} for item in every)


def test_a_box_may_stand_in_the_json(tmp_path, write_tar):
    """In any known spelling; one that is not valid is the error of its image."""
    boxes = {
        "1.json": b'{"x": 1, "y": 2, "w": 3, "h": 4}',
        "2.json": b'{"x1": 1.5, "y1": 2, "x2": 3, "y2": 4}',
        "3.json": b"{",
    }
    members = {}
    for number in (1, 2, 3):
        members |= {f"{number}.png": b"image", f"{number}.json": boxes[f"{number}.json"]}

    one, two, three = items(write_tar(tmp_path / "a.tar", members))

    assert one.entry.box == Box(1, 2, 4, 6)
    assert "1.5 is not a whole number" in two.entry.image.problem
    assert "not valid" in three.entry.image.problem


def test_hidden_and_outer_members_are_passed_over_and_links_told(tmp_path):
    """As in archives elsewhere."""
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for name in (".hidden.png", "../out.png", "a/1.png"):
            member = tarfile.TarInfo(name)
            member.size = 3
            archive.addfile(member, io.BytesIO(b"abc"))
        link = tarfile.TarInfo("b.png")
        link.type, link.linkname = tarfile.SYMTYPE, "a/1.png"
        archive.addfile(link)

    one, link = items(path)

    assert one.entry.name == "a.tar/a/1.png"
    assert "link" in link.entry.image.problem
