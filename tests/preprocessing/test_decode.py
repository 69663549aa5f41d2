"""Bytes to RGB uint8, or an error that says why not."""

import io
import os
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps, PngImagePlugin

from roadsigns.errors import ImageError
from roadsigns.preprocessing import decode
from roadsigns.preprocessing.decode import IMAGE_SUFFIXES, MAX_PIXELS, decode_image, read_image, to_rgb

FORMATS = ("PPM", "PNG", "JPEG")
# Odd sides, and no two channels alike.
PIXELS = np.random.default_rng(0).integers(0, 256, (13, 17, 3), np.uint8)
# Lossless WebP, 16383x16383 as its header has it: 14 bits each, less one.
WEBP_BOMB = b"RIFF\x20\0\0\0WEBPVP8L\x14\0\0\0\x2f\xfe\xbf\xff\x0f" + bytes(15)


def encode(image, file_format="PNG", **options):
    """The bytes of a Pillow image or an array as a file."""
    file = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, file_format, **options)
    return file.getvalue()


def noted(orientation):
    """A camera's note of how it was held."""
    note = Image.Exif()
    note[0x0112] = orientation
    return note


@pytest.mark.parametrize("file_format", ["PPM", "PNG"])
def test_lossless_image_comes_back_as_it_was(file_format):
    """RGB, (height, width, 3), uint8."""
    image = decode_image(encode(PIXELS, file_format))

    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image, PIXELS)


def test_jpeg_has_its_size_and_colours():
    """A plain red image stays red within JPEG's rounding."""
    red = np.zeros((16, 24, 3), np.uint8)
    red[:, :, 0] = 200

    assert np.abs(decode_image(encode(red, "JPEG")).astype(int) - red).max() <= 3


@pytest.mark.parametrize(
    "header",
    [
        b"P6\n17 13\n255\n",
        b"P6 17 13 255 ",
        b"P6\n# written by hand\n17 13\n255\n",
        b"P6\n17\n# two\n# comments\n13\n255\n",
        b"P6\r\n17 13\r\n255\n",
    ],
)
def test_ppm_header_may_hold_comments_and_any_space(header):
    """Some files of the original release have a comment in the header."""
    np.testing.assert_array_equal(decode_image(header + PIXELS.tobytes()), PIXELS)


def test_ppm_whose_first_pixels_look_like_space_is_not_shifted():
    """Exactly one byte of space ends the header; pixels of value 10 or 32 follow it."""
    pixels = np.full((2, 2, 3), 10, np.uint8)

    np.testing.assert_array_equal(decode_image(b"P6\n2 2\n255\n" + pixels.tobytes()), pixels)


@pytest.mark.parametrize("file_format", FORMATS)
def test_grey_becomes_three_equal_channels(file_format):
    """PGM, grey PNG, grey JPEG."""
    grey = np.full((9, 5), 120, np.uint8)

    image = decode_image(encode(grey, file_format))

    assert image.shape == (9, 5, 3)
    assert (image == 120).all()


def test_black_and_white_becomes_0_and_255():
    """One bit a pixel."""
    bits = np.eye(5, dtype=bool)

    np.testing.assert_array_equal(decode_image(encode(bits)), np.repeat(bits[:, :, None], 3, axis=2) * 255)


def test_transparency_is_laid_on_black():
    """Full, half and no opacity of one colour."""
    rgba = np.full((1, 3, 4), 200, np.uint8)
    rgba[0, :, 3] = 255, 128, 0

    np.testing.assert_allclose(decode_image(encode(rgba))[0, :, 0], [200, 100, 0], atol=1)


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_one_transparent_colour_becomes_black(mode):
    """PNG may name a colour, or a palette's entry, that is not shown."""
    image = Image.new("RGB", (2, 1), (250, 250, 250))
    image.putpixel((0, 0), (90, 90, 90))
    image = image.convert(mode, palette=Image.Palette.ADAPTIVE)
    transparent = image.getpixel((1, 0))

    decoded = decode_image(encode(image, transparency=transparent))

    np.testing.assert_array_equal(decoded, [[[90, 90, 90], [0, 0, 0]]])


def test_palette_without_transparency_keeps_its_colours():
    """Two colours by their numbers."""
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putpixel((1, 0), 1)

    np.testing.assert_array_equal(decode_image(encode(image)), [[[10, 20, 30], [200, 100, 50]]])


@pytest.mark.parametrize("suffix", [".png", ".ppm"])
def test_sixteen_bits_of_colour_become_the_upper_eight(suffix):
    """Neither clipped at 255 nor wrapped. PPM is scaled by 255/65535, which is at most one level away."""
    deep = np.random.default_rng(0).integers(0, 65536, (9, 7, 3), np.uint16)
    content = cv2.imencode(suffix, deep[:, :, ::-1])[1].tobytes()

    np.testing.assert_allclose(decode_image(content), deep >> 8, atol=1)


@pytest.mark.parametrize("suffix", [".png", ".pgm"])
def test_sixteen_bits_of_grey_become_the_upper_eight(suffix):
    """Three equal channels."""
    deep = np.array([[0, 255, 256, 40_000, 65_535]], np.uint16)
    content = cv2.imencode(suffix, deep)[1].tobytes()

    np.testing.assert_array_equal(decode_image(content)[0], np.repeat([[0], [0], [1], [156], [255]], 3, axis=1))


def test_cmyk_jpeg_becomes_rgb():
    """Printers' colours."""
    image = decode_image(encode(Image.new("CMYK", (8, 8), (0, 0, 0, 255)), "JPEG"))

    assert image.shape == (8, 8, 3)
    assert image.max() <= 3


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["PNG", "JPEG"])
def test_camera_held_any_way_gives_an_upright_picture(file_format, orientation):
    """As Pillow's own `exif_transpose` turns it, and as every viewer shows it."""
    content = encode(PIXELS, file_format, exif=noted(orientation))

    with Image.open(io.BytesIO(content)) as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    np.testing.assert_array_equal(decode_image(content), expected)
    with Image.open(io.BytesIO(content)) as image:
        np.testing.assert_array_equal(to_rgb(image), expected)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("note", [b"", b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\0\x09", b"Exif\0\0II*\0\xff\xff\xff\xff"])
def test_broken_note_of_a_camera_is_passed_over(note):
    """The picture is whole."""
    assert decode_image(encode(PIXELS, "JPEG", exif=note)).shape == PIXELS.shape


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(data=st.data())
def test_damaged_note_of_a_camera_stops_nothing(data):
    """Whatever bytes of it are changed."""
    content = bytearray(encode(PIXELS, "JPEG", exif=noted(6)))
    start = content.index(b"Exif")
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(start, start + 31))] = data.draw(st.integers(0, 255))

    assert sorted(decode_image(bytes(content)).shape) == [3, 13, 17]


def test_cmyk_jpeg_keeps_its_colours():
    """A quarter of cyan, half of magenta, no yellow, no black; JPEG rounds."""
    image = decode_image(encode(Image.new("CMYK", (8, 8), (64, 128, 0, 0)), "JPEG"))

    np.testing.assert_allclose(image[4, 4], (191, 127, 255), atol=4)


def test_first_picture_of_an_animation_is_read():
    frames = [Image.new("RGB", (4, 3), colour) for colour in ("red", "blue", "lime")]

    image = decode_image(encode(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=50))

    assert (image == (255, 0, 0)).all()


def test_first_picture_of_several_in_a_jpeg_is_read():
    """Phones put a second one behind the photograph."""
    frames = [Image.new("RGB", (16, 8), "red"), Image.new("RGB", (8, 8), "blue")]

    assert decode_image(encode(frames[0], "MPO", save_all=True, append_images=frames[1:])).shape == (8, 16, 3)


def test_single_pixel_decodes():
    """Whether it is large enough is for `prepare` to say."""
    assert decode_image(encode(PIXELS[:1, :1])).shape == (1, 1, 3)


def test_empty_file_is_refused():
    """Zero bytes are named as such."""
    with raises(ImageError, problem="empty (0 bytes)", subject="sign.png"):
        decode_image(b"", name="sign.png")


@pytest.mark.parametrize(
    "content",
    [
        b"\0",
        b"not an image",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"P6",
        b"P6\n0 5\n255\n",
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_what_is_no_image_is_refused(content):
    """The error names the file and what is expected."""
    with pytest.raises(ImageError) as raised:
        decode_image(content, name="sign.png")
    assert raised.value.subject == "sign.png"
    assert raised.value.expected == "a whole PPM, PNG, JPEG, WebP, BMP, TIFF, GIF or AVIF file"


@pytest.mark.parametrize("file_format", ["BMP", "TIFF", "GIF", "WEBP", "AVIF"])
def test_what_people_save_signs_as_decodes(file_format):
    """WebP and AVIF lose a little, and GIF has 256 colours."""
    decoded = decode_image(encode(np.full((20, 30, 3), (200, 30, 40), np.uint8), file_format))

    assert decoded.shape == (20, 30, 3)
    assert np.abs(decoded.astype(int) - (200, 30, 40)).max() <= 4


@pytest.mark.parametrize("file_format", ["GIF", "TIFF", "WEBP"])
def test_first_of_several_images_is_read(file_format):
    """An animation, or a document of several pages."""
    first, second = (Image.new("RGB", (8, 8), colour) for colour in ((255, 0, 0), (0, 0, 255)))
    file = io.BytesIO()
    first.save(file, file_format, save_all=True, append_images=[second])

    assert decode_image(file.getvalue())[4, 4, 0] > 200


def test_tiff_of_floating_point_numbers_is_refused():
    """Nobody knows which number is white."""
    file = io.BytesIO()
    Image.fromarray(np.ones((4, 4), np.float32)).save(file, "TIFF")

    with raises(ImageError, problem="floating-point"):
        decode_image(file.getvalue())


def test_pdf_is_refused_by_name():
    """A smaller door: what no data set needs is not parsed."""
    with raises(ImageError, problem=" PDF file", hint="Save it"):
        decode_image(encode(PIXELS, "PDF"))


def test_photograph_of_an_iphone_is_refused_by_name():
    """HEIC, which Pillow does not read."""
    with raises(ImageError, problem="HEIC"):
        decode_image(b"\0\0\0\x24ftypheic" + bytes(40))


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_truncated_image_is_refused(file_format, share):
    """Never half an image with grey below."""
    content = encode(np.tile(PIXELS, (4, 4, 1)), file_format)

    with raises(ImageError, problem="does not decode"):
        decode_image(content[: int(share * len(content))])


@pytest.mark.parametrize("file_format", FORMATS)
@given(data=st.data())
def test_cut_anywhere_an_image_is_whole_or_refused(file_format, data):
    """A file may lack its end mark, but no pixel."""
    content = encode(PIXELS, file_format)
    whole = decode_image(content)
    length = data.draw(st.integers(0, len(content) - 1))

    try:
        image = decode_image(content[:length])
    except ImageError:
        return
    np.testing.assert_array_equal(image, whole)


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("file_format", [*FORMATS, "BMP", "TIFF", "GIF", "WEBP", "AVIF"])
@given(data=st.data())
def test_damaged_image_decodes_or_is_refused(file_format, data):
    """Whatever bytes are changed, there is an image of the right kind or an ImageError, nothing else."""
    content = bytearray(encode(PIXELS, file_format))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    try:
        image = decode_image(bytes(content))
    except ImageError:
        return
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert image.shape[2] == 3


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_refused(content):
    """Random bytes, behind each format's first ones and without."""
    for start in (b"", b"P6\n", b"P5 3 3 255 ", b"P3 2 2 9 ", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"):
        try:
            image = decode_image(start + content)
        except ImageError:
            continue
        assert image.dtype == np.uint8


@pytest.mark.parametrize(
    "content",
    [b"P6\n99999 99999\n255\n", b"P6\n8001 8000\n255\n", b"P5 100000 100000 255\n", b"P6\n8001 8000\n65535\n"],
)
def test_file_that_claims_to_be_huge_is_refused_unread(content):
    """The header is enough to refuse it."""
    with raises(ImageError, problem="pixels"):
        decode_image(content)


def test_small_bomb_is_refused():
    """A PNG of some kilobytes that would unfold to 81 megapixels."""
    content = encode(Image.new("1", (9000, 9000)))

    assert len(content) < 20_000
    with raises(ImageError, problem="9000x9000 pixels") as raised:
        decode_image(content, name="bomb.png")
    assert (raised.value.subject, raised.value.expected) == ("bomb.png", f"at most {MAX_PIXELS} pixels")


def test_bomb_that_pillow_finds_itself_is_refused_alike():
    """A WebP file of some bytes that claims more pixels than Pillow lets pass, before its size can be asked for."""
    with raises(ImageError, problem="too many pixels", expected="at most 1000 pixels", subject="bomb.webp"):
        decode_image(WEBP_BOMB, name="bomb.webp", max_pixels=1000)


def test_pixels_may_be_limited_further():
    """A service accepts less than a command; the limit itself is accepted."""
    for file_format in FORMATS:
        content = encode(PIXELS, file_format)
        assert decode_image(content, max_pixels=PIXELS.size // 3).shape == PIXELS.shape
        with raises(ImageError, problem="17x13 pixels", expected="at most 220"):
            decode_image(content, max_pixels=PIXELS.size // 3 - 1)


def test_text_that_unfolds_without_end_is_refused():
    """A PNG's compressed texts are bombs too."""
    texts = PngImagePlugin.PngInfo()
    for number in range(70):
        texts.add_text(f"text {number}", "0" * 1_000_000, zip=True)
    content = encode(Image.fromarray(PIXELS), "PNG", pnginfo=texts)

    assert len(content) < 100_000
    with raises(ImageError, problem="does not decode"):
        decode_image(content)


def test_huge_file_is_not_read_to_its_end(monkeypatch, tmp_path):
    """A file of another kind under an image's name."""
    monkeypatch.setattr(decode, "MAX_BYTES", 100_000)
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(10**9)

    with raises(ImageError, problem="more than 100000 bytes", subject="huge.png"):
        read_image(tmp_path / "huge.png")


@pytest.mark.parametrize("name", ["pipe.png", "/dev/zero"])
def test_file_that_may_never_end_is_not_read(tmp_path, name):
    """A pipe that nobody writes to would be waited for."""
    os.mkfifo(tmp_path / "pipe.png")

    with raises(ImageError, problem="it is a pipe or a device", hint="Check the path", subject=name):
        read_image(tmp_path / name)


def test_image_comes_through_an_open_pipe():
    """Which gives its bytes piece by piece, as a shell's <(...) does."""
    content = encode(np.tile(PIXELS, (40, 40, 1)), "PPM")
    reading, writing = os.pipe()

    def write():
        with os.fdopen(writing, "wb") as file:
            file.write(content)

    writer = threading.Thread(target=write)
    writer.start()

    assert read_image(Path(f"/dev/fd/{reading}")).shape == (520, 680, 3)
    writer.join()
    os.close(reading)


def test_large_photograph_is_read():
    """Three megapixels, from which a sign is cut by its box."""
    assert decode_image(encode(Image.new("RGB", (2048, 1536)))).shape == (1536, 2048, 3)


@pytest.mark.parametrize("repeats", [1, 40])
def test_small_and_large_files_are_read_alike(tmp_path, repeats):
    """One that is read at once, and one of many pieces."""
    pixels = np.tile(PIXELS, (repeats, repeats, 1))
    path = tmp_path / "sign.ppm"
    path.write_bytes(encode(pixels, "PPM"))

    np.testing.assert_array_equal(read_image(path), pixels)


def test_file_that_comes_in_pieces_is_read_to_its_end(tmp_path, monkeypatch):
    """As from a network, where a read may give a part."""
    path = tmp_path / "sign.ppm"
    path.write_bytes(encode(PIXELS, "PPM"))
    read = os.read
    monkeypatch.setattr(decode.os, "read", lambda descriptor, size: read(descriptor, min(size, 100)))

    np.testing.assert_array_equal(read_image(path), PIXELS)


@pytest.mark.parametrize("name", ["sign.PNG", "sign.Png", "sign", "sign.jpg"])
def test_content_decides_the_format(tmp_path, name):
    """A suffix in capitals, none, or a wrong one makes no difference."""
    path = tmp_path / name
    path.write_bytes(encode(PIXELS))

    np.testing.assert_array_equal(read_image(path), PIXELS)


def test_path_that_cannot_be_is_refused():
    """No file's name holds a zero."""
    with raises(ImageError, problem="cannot be read"):
        read_image(Path("a\0b.png"))


@pytest.mark.parametrize("name", ["missing.png", "folder"])
def test_file_that_cannot_be_read_is_named(tmp_path, name):
    """A missing file, and a folder."""
    (tmp_path / "folder").mkdir()

    with raises(ImageError, problem="Is a directory" if name == "folder" else "No such file", subject=name):
        read_image(tmp_path / name)


def test_broken_file_is_named(tmp_path):
    """By its path."""
    path = tmp_path / "broken.ppm"
    path.write_bytes(b"P6\n9 9\n255\nshort")

    with raises(ImageError, problem="does not decode") as raised:
        read_image(path)
    assert raised.value.subject == str(path)


def test_pillow_image_becomes_the_same_pixels_as_its_file():
    """People hand over images they have open already."""
    rgba = Image.fromarray(np.dstack([PIXELS, PIXELS[:, :, 0]]))

    np.testing.assert_array_equal(to_rgb(rgba), decode_image(encode(rgba)))


def test_suffixes_are_those_that_decode():
    """Lower case; comparisons lower theirs."""
    for suffix in IMAGE_SUFFIXES:
        assert suffix == suffix.lower()
        known = Image.registered_extensions()[suffix]
        assert decode_image(encode(PIXELS, known)).shape == PIXELS.shape
