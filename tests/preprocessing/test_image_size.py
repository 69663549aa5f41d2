"""The size from a header is that of the decoded image."""

import os
import struct
import zipfile
import zlib

import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from roadsigns.errors import ImageError
from roadsigns.preprocessing import image_size
from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.image_size import read_size

ORIENTATION = 0x0112


def exif_of(orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return exif


@pytest.mark.parametrize("orientation", range(9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "avif"])
def test_turned_images_have_the_size_that_people_see(tmp_path, suffix, orientation):
    """By their EXIF data, 0 being none of the values."""
    path = tmp_path / f"a.{suffix}"
    Image.new("RGB", (40, 30)).save(path, exif=exif_of(orientation))

    assert read_size(path) == read_image(path).shape[1::-1]
    assert read_size(path) == ((30, 40) if orientation >= 5 else (40, 30))


@pytest.mark.parametrize("suffix", ["ppm", "pgm", "bmp", "gif", "png", "jpg"])
def test_images_without_exif_have_the_size_of_their_header(tmp_path, suffix):
    """Also in an archive."""
    Image.new("L" if suffix == "pgm" else "RGB", (37, 5)).save(tmp_path / f"a.{suffix}")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / f"a.{suffix}", f"a.{suffix}")

    assert read_size(tmp_path / f"a.{suffix}") == (37, 5)
    assert read_size(tmp_path / "a.zip" / f"a.{suffix}") == (37, 5)


def test_exif_behind_the_pixels_of_a_png_file_counts(tmp_path):
    """Some tools add it there."""
    path = tmp_path / "a.png"
    Image.new("RGB", (40, 30)).save(path)
    content, exif = path.read_bytes(), exif_of(6).tobytes().removeprefix(b"Exif\0\0")
    chunk = struct.pack(">I", len(exif)) + b"eXIf" + exif + struct.pack(">I", zlib.crc32(b"eXIf" + exif))
    path.write_bytes(content[:-12] + chunk + content[-12:])

    assert read_image(path).shape == (40, 30, 3)
    assert read_size(path) == (30, 40)


def test_pixels_are_not_decoded(tmp_path):
    """A file that ends after its header is enough."""
    Image.effect_noise((300, 200), 50).convert("RGB").save(tmp_path / "a.jpg")
    content = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(content[: len(content) // 2])

    assert read_size(tmp_path / "a.jpg") == (300, 200)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"not an image", "not in a known image format"),
        (b"%PDF-1.4", "a PDF file"),
        (b"\x89PNG\r\n\x1a\n", "cannot be read"),
        (b"P6\n", "cannot be read"),
    ],
)
def test_what_is_no_image_is_refused(tmp_path, content, problem):
    (tmp_path / "a.png").write_bytes(content)

    with raises(ImageError, problem=problem, expected="a whole", subject="a.png"):
        read_size(tmp_path / "a.png")


def test_bomb_that_pillow_finds_itself_has_too_many_pixels(tmp_path):
    """A WebP file of some bytes, 16383x16383 as its header has it."""
    (tmp_path / "a.webp").write_bytes(b"RIFF\x20\0\0\0WEBPVP8L\x14\0\0\0\x2f\xfe\xbf\xff\x0f" + bytes(15))

    with raises(ImageError, problem="too many pixels", expected="at most 64000000 pixels", subject="a.webp"):
        read_size(tmp_path / "a.webp")


@given(st.binary(max_size=80), st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"II*\0", b"P6 "]))
def test_any_bytes_are_a_size_or_an_image_error(tmp_path_factory, rest, start):
    """Never another error."""
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(start + rest)
    try:
        size = read_size(path)
    except ImageError:
        return
    assert len(size) == 2


def test_files_that_cannot_be_opened_are_refused(tmp_path):
    """A pipe may never end."""
    os.mkfifo(tmp_path / "pipe.png")

    with raises(ImageError, problem="No such file", subject="gone.png"):
        read_size(tmp_path / "gone.png")
    with raises(ImageError, problem="pipe", subject="pipe.png"):
        read_size(tmp_path / "pipe.png")


def test_too_many_pixels_are_refused(tmp_path, monkeypatch):
    """As by decoding."""
    monkeypatch.setattr(image_size, "MAX_PIXELS", 100)
    Image.new("RGB", (11, 10)).save(tmp_path / "a.png")

    with raises(ImageError, problem="11x10 pixels", expected="at most 100", subject="a.png"):
        read_size(tmp_path / "a.png")
