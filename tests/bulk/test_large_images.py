"""Photographs where an image of one sign is expected."""

import warnings
from pathlib import Path

import pytest
from PIL import Image

from roadsigns.bulk import large_images
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.large_images import told_of_large
from roadsigns.errors import ImageError
from roadsigns.types import Box


@pytest.fixture
def image(tmp_path):
    """Write an image of that size."""

    def write(name, size):
        Image.new("RGB", size).save(tmp_path / name)
        return tmp_path / name

    return write


def test_large_image_is_told_of_once(image):
    """By its name, with the command that is meant for it; all entries pass."""
    entries = [Entry(name, image(name, size)) for name, size in (("a.png", (60, 60)), ("b.png", (800, 600)))]
    entries.append(Entry("c.png", image("c.png", (900, 900))))

    with pytest.warns(UserWarning, match="roadsigns detect") as warned:
        assert list(told_of_large(entries)) == entries

    assert len(warned) == 1
    assert str(warned[0].message).startswith("b.png has 800x600 pixels and no box")


def test_boxes_small_images_and_what_cannot_be_read_are_no_matter(image):
    """Nor are bytes of an archive."""
    large = image("large.png", (800, 600))
    entries = [
        Entry("a", large, Box(1, 2, 30, 40)),
        Entry("b", image("wide.png", (2000, 200))),
        Entry("c", Path("missing.png")),
        Entry("d", ImageError("no image")),
        Entry("e", large.read_bytes()),
    ]

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(told_of_large(entries)) == entries


def test_only_the_first_images_are_looked_at(image, monkeypatch):
    """A million headers take their time."""
    monkeypatch.setattr(large_images, "LOOKED_AT", 2)
    small, large = image("small.png", (60, 60)), image("large.png", (800, 600))
    entries = [Entry("a", small), Entry("b", small), Entry("c", large)]

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(told_of_large(entries)) == entries
