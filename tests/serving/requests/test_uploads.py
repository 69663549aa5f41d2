"""Invalid input: each request gets an error that explains it, and the service continues."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

PNG = {"Content-Type": "image/png"}
JPEG = {"Content-Type": "image/jpeg"}
RAW = {"Content-Type": "application/octet-stream"}


@pytest.fixture(autouse=True)
def service_goes_on(client, png):
    """After each error, a valid image is still recognised."""
    yield
    assert client.post("/v1/predict", content=png(5), headers=PNG).json()["predictions"][0]["class_id"] == 5


def refused(answer, status):
    """Check the form of a problem response; return its fields."""
    assert answer.status_code == answer.json()["status"] == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    fields = {"type", "title", "status", "detail", "problem", "expected", "hint", "subject", "request_id"}
    assert set(answer.json()) == fields
    assert answer.json()["type"] == "about:blank"
    assert answer.json()["hint"]
    assert answer.json()["problem"] in answer.json()["detail"]
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]
    return answer.json()


def bomb(side, *, rows):
    """A PNG of a few kilobytes that declares side x side pixels and has this many rows."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    content = zlib.compress(bytes((side // 8 + 1) * rows), 9)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", content) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"not an image", "not in a known image format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not in a known image format"),
        (b"P6 5 5 255\n123", "does not decode"),
        (b"P6 99999 99999 255\n", "99999x99999 pixels"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "does not decode"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "does not decode"),
    ],
)
def test_content_that_is_no_image_is_refused(client, content, problem):
    """Whatever media type it is sent with."""
    assert problem in refused(client.post("/v1/predict", content=content, headers=PNG), 422)["problem"]


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "PPM"])
def test_truncated_image_is_refused(client, encode, kind, part):
    """Rather than filled up with grey."""
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8))
    content = encode(noise, kind)

    answer = client.post("/v1/predict", content=content[: int(len(content) * part)], headers=RAW)

    assert "does not decode" in refused(answer, 422)["problem"]


def test_empty_body_is_refused(client):
    """With a hint to send an image."""
    assert refused(client.post("/v1/predict", content=b"", headers=PNG), 422)["problem"] == "The body is empty."


def test_decompression_bomb_is_refused_before_it_is_decompressed(client):
    """Four kilobytes that become 25 megapixels, or 1,600."""
    contents = [bomb(5000, rows=5000), bomb(40_000, rows=10)]
    assert max(map(len, contents)) < 5000

    answers = [refused(client.post("/v1/predict", content=content, headers=PNG), 422) for content in contents]

    for side, answer in zip((5000, 40_000), answers, strict=True):
        assert f"{side}x{side} pixels" in answer["problem"]
        assert "4000000" in answer["detail"]


def test_large_picture_within_the_limit_is_recognised(client, png):
    """By the thread for large images."""
    answer = client.post("/v1/predict", content=png(9, side=1500), headers=PNG)

    assert answer.json()["predictions"][0]["class_id"] == 9


def test_unusual_pictures_are_read(client, encode):
    """16 bits, CMYK, grey, a palette, transparency, and the first picture of an animation."""
    pixels = np.full((40, 40, 3), 11, np.uint8)
    rgb = Image.fromarray(pixels)
    frames = [Image.fromarray(pixels + step) for step in (0, 20)]
    pictures = [
        encode(Image.fromarray(pixels[:, :, 0].astype(np.uint16) << 8)),
        encode(rgb.convert("L")),
        encode(rgb.convert("P", palette=Image.Palette.ADAPTIVE)),
        encode(rgb.convert("RGBA")),
        encode(rgb.convert("CMYK"), "JPEG", quality=100),
        encode(frames[0], "PNG", save_all=True, append_images=frames[1:]),
        encode(rgb, "PPM"),
    ]

    answer = client.post("/v1/predict", files=[("image", ("x", content)) for content in pictures])

    assert all(abs(entry["class_id"] - 11) <= 1 for entry in answer.json()["predictions"])


def test_exif_orientation_is_applied(client, encode):
    """The upper left corner is the one of the upright picture."""
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[20:, :20] = 30
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encode(Image.fromarray(pixels), "JPEG", quality=100, exif=exif.tobytes())

    answer = client.post("/v1/predict", content=content, headers=JPEG)

    assert abs(answer.json()["predictions"][0]["class_id"] - 30) <= 1


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "BMP", "AVIF"])
def test_formats_that_people_save_signs_in_are_read(client, encode, kind):
    """Whatever the content type says."""
    content = encode(Image.new("RGB", (40, 40), (30, 0, 0)), kind)

    assert client.post("/v1/predict", content=content, headers=RAW).status_code == 200


def test_other_formats_are_refused_by_name(client, encode):
    """With a hint to save the image in another format."""
    explanation = refused(client.post("/v1/predict", content=encode(Image.new("RGB", (9, 9)), "PDF"), headers=RAW), 422)

    assert "PDF" in explanation["problem"]
    assert explanation["expected"].startswith("a whole PPM, PNG, JPEG")
    assert "save" in explanation["hint"].lower()


def test_box_outside_of_the_image_is_refused(client, png):
    """Under the file's name and not the image's number in a batch."""
    raw = client.post("/v1/predict", content=png(1), headers=PNG, params={"box": "0,0,41,40"})
    form = client.post("/v1/predict", files={"image": ("a.png", png(1))}, data={"box": "0,0,41,40"})

    assert "does not lie inside the image of 40x40 pixels" in refused(raw, 422)["problem"]
    assert "exclusive" in raw.json()["detail"]
    assert raw.json()["subject"] is None
    assert refused(form, 422)["subject"] == "a.png"


def test_each_box_belongs_to_its_image(client, encode):
    """In a form, one for each image, empty for the whole image; in the query for a raw image."""
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[10:, 20:] = 8
    content = encode(Image.fromarray(pixels))

    form = client.post(
        "/v1/predict",
        files=[("image", ("a", content)), ("image", ("b", content))],
        data={"box": ["", "20,10,40,40"]},
    )
    raw = client.post("/v1/predict", content=content, headers=PNG, params={"box": "20,10,40,40"})

    assert [entry["class_id"] for entry in form.json()["predictions"]] == [0, 8]
    assert raw.json()["predictions"][0]["class_id"] == 8


@pytest.mark.parametrize(
    "box", ["1,2,3", "a,b,c,d", "-1,0,5,5", "1.5,0,5,5", "5,5,5,9", "9,1,2,5", "1,9,5,2", "0,0,9999999999,5", "٣,1,9,9"]
)
def test_invalid_boxes_are_refused(client, png, box):
    """In the query and in a form: too few numbers, none, negative, broken, empty, inverted, huge."""
    raw = client.post("/v1/predict", content=png(1), headers=PNG, params={"box": box})
    form = client.post("/v1/predict", files={"image": ("a", png(1))}, data={"box": box})

    refused(raw, 422)
    assert box in refused(form, 422)["problem"]


@pytest.mark.parametrize(
    ("files", "data", "status", "subject", "problem"),
    [
        ([], {"box": "1,2,3,4"}, 422, "image", "no image"),
        ([("photo", ("a.png", b"x"))], {}, 422, "photo", "unexpected file"),
        ([("image", ("a.png", b"x"))], {"image": "x"}, 422, "image", "unexpected text"),
        ([("image", ("a.png", b"x"))], {"top": "3"}, 422, "top", "unexpected text"),
        ([("image", ("a.png", b"x"))], {"box": ["", ""]}, 422, "box", "2 and 1"),
        ([("image", ("a.png", b"x"))] * 9, {}, 400, None, "Too many files"),
        ([("image", ("a.png", b"x"))], {"box": [""] * 9}, 400, None, "Too many fields"),
        ([("image", ("a.png", b"x")), ("image", ("b.png", b""))], {}, 422, "a.png", "None of the 2 images"),
        ([("image", ("a.png", b""))], {}, 422, "a.png", "empty (0 bytes)"),
    ],
)
def test_invalid_forms_are_refused(client, files, data, status, subject, problem):
    """With the field or file that is wrong."""
    if not files:
        files = [("box", (None, data.pop("box")))]

    explanation = refused(client.post("/v1/predict", files=files, data=data), status)

    assert explanation["subject"] == subject
    assert problem in explanation["problem"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=b", b"x"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; filename="a"\r\n\r\nx\r\n--b--\r\n',
        ),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n'),
    ],
)
def test_broken_forms_are_refused(client, kind, body):
    """Without a boundary, a name, or an end."""
    answer = client.post("/v1/predict", content=body, headers={"Content-Type": kind})

    assert answer.status_code in {400, 422}
    refused(answer, answer.status_code)


@pytest.mark.parametrize("missing", [4, 6, 40, 200])
def test_truncated_form_is_refused(client, png, missing):
    """Rather than answered with fewer predictions, though the header says that nothing more comes."""
    whole = client.build_request("POST", "/v1/predict", files=[("image", (f"{n}.png", png(n))) for n in range(3)])
    kind, body = whole.headers["Content-Type"], whole.read()

    answer = client.post("/v1/predict", content=body[:-missing], headers={"Content-Type": kind})

    assert "the form breaks off before its closing boundary" in refused(answer, 400)["problem"]


@pytest.mark.parametrize("epilogue", [b"", b"\r\n", b"\r\n \r\nThe end."])
def test_what_follows_a_form_is_ignored(client, png, epilogue):
    """As RFC 2046 says."""
    whole = client.build_request("POST", "/v1/predict", files=[("image", (f"{n}.png", png(n))) for n in range(3)])
    kind, body = whole.headers["Content-Type"], whole.read().rstrip()

    answer = client.post("/v1/predict", content=body + epilogue, headers={"Content-Type": kind})

    assert len(answer.json()["predictions"]) == 3


@pytest.mark.parametrize(
    "kind",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "nonsense", "image/png, image/x"],
)
def test_other_content_types_are_refused(client, png, kind):
    """With a hint how to set the right one."""
    headers = {} if kind is None else {"Content-Type": kind}

    explanation = refused(client.post("/v1/predict", content=png(1), headers=headers), 415)

    assert explanation["subject"] == "Content-Type"
    assert "Content-Type: image/png" in explanation["hint"]


@pytest.mark.parametrize("kind", ["image/jpg", "image/webp", "IMAGE/PNG; charset=binary"])
def test_any_image_type_is_accepted(client, png, kind):
    """What the bytes are, decoding finds out."""
    assert client.post("/v1/predict", content=png(1), headers={"Content-Type": kind}).status_code == 200


@pytest.mark.parametrize(
    "query", [{"top_k": "0"}, {"top_k": "44"}, {"top_k": "x"}, {"box": ""}, {"boxes": "1,2,3,4"}, {"top_k": "9" * 5000}]
)
def test_invalid_query_parameters_are_refused(client, png, query):
    """Unknown ones too: a misspelled box would otherwise mean the whole image."""
    (name,) = query

    assert refused(client.post("/v1/predict", content=png(1), headers=PNG, params=query), 422)["subject"] == name


def test_query_box_beside_a_form_is_refused(client, png):
    """It would not be clear which image it belongs to."""
    answer = client.post("/v1/predict", files={"image": ("a", png(1))}, params={"box": "1,2,3,4"})

    assert "form" in refused(answer, 422)["problem"]


@pytest.mark.parametrize("chunked", [False, True])
def test_body_that_is_too_large_is_refused(client, chunked):
    """By its Content-Length, or else once it exceeds the limit; a client that is still sending gets the error."""
    size = 3_000_000

    def chunks():
        yield from (bytes(100_000) for _ in range(size // 100_000))

    content = chunks() if chunked else io.BytesIO(bytes(size))
    headers = PNG if chunked else PNG | {"Content-Length": str(size)}

    assert "1000000 bytes" in refused(client.post("/v1/predict", content=content, headers=headers), 413)["expected"]
