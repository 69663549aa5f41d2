"""From a request's body to uploads: the raw bytes of one image, or a form with one or more."""

import re
from collections.abc import AsyncGenerator

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from roadsigns.preprocessing.decode import FORMATS
from roadsigns.serving.errors import ApiError
from roadsigns.serving.worker import Box, Upload

__all__ = ["BOX_PATTERN", "FORM_TYPE", "RAW_TYPES", "parse_box", "parse_uploads", "require_media_type"]

FORM_TYPE = "multipart/form-data"
RAW_TYPES = ("image/png", "image/jpeg", "image/x-portable-pixmap", "application/octet-stream")
IMAGE_TYPE = re.compile(r"image/[a-z0-9.+-]+")
# An image has at most 64 million pixels, so no side has ten digits.
BOX_PATTERN = r"^\d{1,9},\d{1,9},\d{1,9},\d{1,9}$"
BOX = re.compile(BOX_PATTERN, re.ASCII)
EXPECTED_BOX = (
    "four whole numbers x1,y1,x2,y2 in pixels from the top left, x2 and y2 exclusive, x1 < x2 and y1 < y2, "
    "such as 5,6,41,42"
)
LONGEST_SHOWN = 100


def require_media_type(request: Request) -> str:
    """Return the media type of a request's body, before the body is read.

    Raises:
        ApiError: If the service does not read this type.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    # "image/jpg" is not registered, and sent all the same. What the bytes are, decoding finds out.
    if IMAGE_TYPE.fullmatch(media_type) or media_type in (*RAW_TYPES, FORM_TYPE):
        return media_type
    raise ApiError(
        415,
        f"The media type '{media_type[:LONGEST_SHOWN]}' is not supported." if media_type else "The header is missing.",
        expected=f"one of {', '.join((*RAW_TYPES, FORM_TYPE))}, or another image type",
        hint="Set the header; with curl: -H 'Content-Type: image/png' --data-binary @sign.png, or -F image=@sign.png.",
        subject="Content-Type",
    )


async def parse_uploads(
    request: Request, body: bytes, *, top_k: int, box: str | None, images: int, boxes: bool
) -> list[Upload]:
    """Split a body into uploads.

    Args:
        request: For its headers.
        body: The whole body.
        top_k: How many classes to return for each image.
        box: The box from the query, for one raw image.
        images: How many images there may be at most.
        boxes: Whether they may have boxes.

    Raises:
        ApiError: If the body is empty or of another type, the form is broken or holds too much, or a box is invalid.
    """
    if require_media_type(request) != FORM_TYPE:
        if not body:
            raise ApiError(
                422,
                "The body is empty.",
                expected=f"the bytes of one image file ({FORMATS})",
                hint="Send the content of the file as the body.",
            )
        return [Upload(body, None if box is None else parse_box(box), top_k)]
    if box is not None:
        raise ApiError(
            422,
            "A box in the query does not go with a form.",
            hint="Put the boxes into the form: a field 'box' for each 'image', in the same order.",
            subject="box",
        )
    form = await _parse_form(request, body, images=images, boxes=boxes)
    try:
        return await _form_uploads(form, top_k, with_boxes=boxes)
    finally:
        await form.close()


def parse_box(text: str) -> Box:
    """Parse "5,6,41,42".

    Raises:
        ApiError: If it is anything else, or x1 < x2 and y1 < y2 does not hold.
    """
    if BOX.match(text):
        x1, y1, x2, y2 = map(int, text.split(","))
        if x1 < x2 and y1 < y2:
            return x1, y1, x2, y2
    raise ApiError(
        422,
        f"'{text[:LONGEST_SHOWN]}' is not a box.",
        expected=EXPECTED_BOX,
        hint="Correct the box, or leave it out to use the whole image.",
        subject="box",
    )


async def _parse_form(request: Request, body: bytes, *, images: int, boxes: bool) -> FormData:
    # A text that is not expected is to be named, not counted.
    parser = _InMemoryParser(request.headers, _once(body), max_files=images, max_fields=images)
    most = "one file" if images == 1 else f"1 to {images} files"
    try:
        return await parser.parse()
    except MultiPartException as error:
        raise ApiError(
            400,
            f"The form cannot be read ({error.message.removesuffix('.')}).",
            expected=f"multipart/form-data with {most}{' and at most as many boxes' if boxes else ''}",
            hint="Let an HTTP library write the form, send fewer images per request, or send one raw image.",
        ) from error


class _InMemoryParser(MultiPartParser):
    """Starlette's parser, without writing to disk what is in memory already."""

    spool_max_size = 0  # For tempfile, 0 means no limit; `BodyReader` has limited the size.
    has_ended = False

    def on_end(self) -> None:
        """Note the closing boundary. Without it, the parent class returns the parts that came before."""
        self.has_ended = True

    async def parse(self) -> FormData:
        """Parse the form.

        Raises:
            MultiPartException: If it is broken, holds too much, or breaks off.
        """
        form = await super().parse()
        if self.has_ended:
            return form
        await form.close()
        raise MultiPartException("the form breaks off before its closing boundary")


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


async def _form_uploads(form: FormData, top_k: int, *, with_boxes: bool) -> list[Upload]:
    images: list[UploadFile] = []
    boxes: list[str] = []
    for name, value in form.multi_items():
        if name == "image" and isinstance(value, UploadFile):
            images.append(value)
        elif with_boxes and name == "box" and isinstance(value, str):
            boxes.append(value)
        else:
            raise ApiError(
                422,
                f"The form has an unexpected {'file' if isinstance(value, UploadFile) else 'text'}.",
                expected="files named 'image' and texts named 'box'" if with_boxes else "one file named 'image'",
                hint="Rename or remove it; a file needs a file name.",
                subject=name[:LONGEST_SHOWN],
            )
    if not images:
        raise ApiError(422, "The form has no image.", hint="Add a file named 'image'.", subject="image")
    if boxes and len(boxes) != len(images):
        raise ApiError(
            422,
            f"The numbers of boxes and images differ: {len(boxes)} and {len(images)}.",
            expected="no box, or one for each image in the same order",
            hint="Send an empty box to use the whole of an image.",
            subject="box",
        )
    return [
        Upload(await image.read(), parse_box(box) if box else None, top_k, image.filename)
        for image, box in zip(images, boxes or [""] * len(images), strict=True)
    ]
