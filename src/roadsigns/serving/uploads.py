"""A request's body to uploads: the raw bytes of one image, or a form with one or many."""

import re
from collections.abc import AsyncGenerator

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from roadsigns.serving.errors import ApiError
from roadsigns.serving.limits import Limits
from roadsigns.serving.worker import Box, Upload

__all__ = ["BOX_PATTERN", "FORM_TYPE", "RAW_TYPES", "parse_box", "parse_uploads", "require_media_type"]

FORM_TYPE = "multipart/form-data"
RAW_TYPES = ("image/png", "image/jpeg", "image/x-portable-pixmap", "application/octet-stream")
# An image has at most 64 million pixels, so no side has ten digits.
BOX_PATTERN = r"^\d{1,9},\d{1,9},\d{1,9},\d{1,9}$"
BOX = re.compile(BOX_PATTERN, re.ASCII)
EXPECTED_BOX = "Four whole numbers x1,y1,x2,y2 in pixels from the top left, x2 and y2 exclusive, such as 5,6,41,42."
EXPECTED_FORM = "A form with one or more files named 'image', and no 'box' or one for each of them, in their order."
LONGEST_SHOWN = 100


def require_media_type(request: Request) -> str:
    """Return the type of a request's body, before it is read.

    Raises:
        ApiError: If the service does not read it.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type in (*RAW_TYPES, FORM_TYPE):
        return media_type
    raise ApiError(
        415,
        f"The content type '{media_type[:LONGEST_SHOWN]}'." if media_type else "No content type.",
        f"One of {', '.join((*RAW_TYPES, FORM_TYPE))}.",
        "Name the type in the header Content-Type; with curl: -H 'Content-Type: image/png' --data-binary @sign.png, "
        "or -F image=@sign.png.",
    )


async def parse_uploads(request: Request, body: bytes, *, top_k: int, box: str | None, limits: Limits) -> list[Upload]:
    """Take a body apart.

    Args:
        request: For its headers.
        body: As it came.
        top_k: How many classes to tell of.
        box: The query's box, for one raw image.
        limits: How many images there may be.

    Raises:
        ApiError: If it is of another type, no whole form, holds too much or nothing, or its boxes make no sense.
    """
    if require_media_type(request) != FORM_TYPE:
        if not body:
            raise ApiError(
                422, "An empty body.", "The bytes of one PPM, PNG or JPEG file.", "Send the file's content as the body."
            )
        return [Upload(body, None if box is None else parse_box(box), top_k)]
    if box is not None:
        raise ApiError(
            422,
            "A form, and a box in the query.",
            "The query's box only with one raw image.",
            "Put the boxes into the form: a field 'box' for each 'image'.",
        )
    form = await _parse_form(request, body, limits)
    try:
        return await _form_uploads(form, top_k)
    finally:
        await form.close()


def parse_box(text: str) -> Box:
    """Parse "5,6,41,42".

    Raises:
        ApiError: If it is anything else, or its sides are swapped.
    """
    if not BOX.match(text):
        raise ApiError(
            422,
            f"The box '{text[:LONGEST_SHOWN]}'.",
            EXPECTED_BOX,
            "Write the box so, or leave it out for the whole image.",
        )
    x1, y1, x2, y2 = map(int, text.split(","))
    if not (x1 < x2 and y1 < y2):
        raise ApiError(
            422,
            f"The box {text}, whose right or lower side does not lie beyond the other.",
            EXPECTED_BOX,
            "Swap the sides so that x1 < x2 and y1 < y2.",
        )
    return x1, y1, x2, y2


async def _parse_form(request: Request, body: bytes, limits: Limits) -> FormData:
    parser = _InMemoryParser(request.headers, _once(body), max_files=limits.images, max_fields=limits.images)
    try:
        return await parser.parse()
    except MultiPartException as error:
        if error.message.startswith("Too many"):
            raise ApiError(
                422,
                f"A form of more than {limits.images} images or boxes.",
                f"At most {limits.images} in a request.",
                "Send several requests.",
            ) from error
        raise ApiError(
            400,
            f"A form that cannot be read ({error.message.removesuffix('.')}).",
            EXPECTED_FORM,
            "Let a library write the form, or send one raw image.",
        ) from error


class _InMemoryParser(MultiPartParser):
    """Starlette's, but what is in memory already is not written to disk again."""

    spool_max_size = 0  # Without limit, says tempfile; `BodyReader` has bounded it.


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


async def _form_uploads(form: FormData, top_k: int) -> list[Upload]:
    images: list[UploadFile] = []
    boxes: list[str] = []
    for name, value in form.multi_items():
        if name == "image" and isinstance(value, UploadFile):
            images.append(value)
        elif name == "box" and isinstance(value, str):
            boxes.append(value)
        else:
            kind = "a file" if isinstance(value, UploadFile) else "text"
            raise ApiError(
                422,
                f"A form with a field '{name[:LONGEST_SHOWN]}' that is {kind}.",
                EXPECTED_FORM,
                "Name the files 'image', each with a file name, and the boxes 'box'.",
            )
    if not images:
        raise ApiError(422, "A form without an image.", EXPECTED_FORM, "Add a file named 'image'.")
    if boxes and len(boxes) != len(images):
        raise ApiError(
            422,
            f"{len(boxes)} boxes for {len(images)} images.",
            EXPECTED_FORM,
            "Send a box for each image; an empty one takes the whole image.",
        )
    return [
        Upload(await image.read(), parse_box(box) if box else None, top_k, image.filename)
        for image, box in zip(images, boxes or [""] * len(images), strict=True)
    ]
