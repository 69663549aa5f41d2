"""A hint where whole photographs are given as images of single signs."""

import io
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from roadsigns.bulk.entries import Entry
from roadsigns.bulk.photographs import warn_of_photographs
from roadsigns.errors import ImageError
from roadsigns.types import Box


def content(width, height):
    """A PNG file of noise."""
    file = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(noise).save(file, "png")
    return file.getvalue()


PHOTOGRAPH, CROP = content(640, 480), content(300, 300)


def test_photographs_without_a_box_are_told_once(tmp_path):
    """With the first one's size; all entries come through."""
    path = tmp_path / "street.png"
    path.write_bytes(PHOTOGRAPH)
    entries = [Entry("crop", CROP), Entry("street", path), Entry("other", PHOTOGRAPH)]

    with pytest.warns(UserWarning, match=r"street has 640x480 pixels and no box.*`roadsigns detect`") as told:
        assert list(warn_of_photographs(entries)) == entries

    assert len(told) == 1
    with pytest.warns(UserWarning, match="other"):
        list(warn_of_photographs(entries[2:]))


@pytest.mark.parametrize(
    "entry",
    [
        Entry("boxed", PHOTOGRAPH, Box(1, 1, 50, 50)),
        Entry("crop", CROP),
        Entry("missing", Path("gone.png")),
        Entry("nothing", b""),
        Entry("damaged", b"\x89PNG" + bytes(20_000)),
        Entry("unreadable", ImageError("gone")),
        Entry("bad path", Path("a\0b")),
    ],
    ids=lambda entry: entry.name,
)
def test_nothing_is_told_of_others(entry):
    """What cannot be read is told by its prediction."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(warn_of_photographs([entry])) == [entry]


def test_entries_are_taken_one_at_a_time():
    entries = iter([Entry("a", CROP), Entry("b", CROP)])

    assert next(warn_of_photographs(entries)).name == "a"
    assert next(entries).name == "b"
