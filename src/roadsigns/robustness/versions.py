"""All versions of one image: uncorrupted, and each kind of corruption at each severity."""

from collections.abc import Iterator, Sequence

from roadsigns.robustness.corruption import SEVERITIES
from roadsigns.robustness.corruptions import graded_corruptions, sign_box
from roadsigns.robustness.per_image_rng import image_generator
from roadsigns.robustness.pixels import side_of
from roadsigns.types import Box, LabelledImage, UInt8Image

__all__ = ["cut_surroundings", "image_versions"]


def cut_surroundings(image: UInt8Image, box: Box) -> tuple[UInt8Image, Box]:
    """Cut a sign out of a photograph, with its own side of surroundings in each direction as far as there are any.

    To corrupt the rest of a photograph would take long, and no model sees it. GTSRB's images stay whole.

    Args:
        image: RGB, shape (height, width, 3), uint8.
        box: The sign, inside the image.

    Returns:
        A view, and the box in it.
    """
    side = side_of(box)
    left, top = max(box.x1 - side, 0), max(box.y1 - side, 0)
    cut = image[top : box.y2 + side, left : box.x2 + side]
    return cut, Box(box.x1 - left, box.y1 - top, box.x2 - left, box.y2 - top)


def image_versions(
    image: UInt8Image, box: Box | None, row: LabelledImage, *, kinds: Sequence[str], seed: int
) -> Iterator[UInt8Image]:
    """Yield the image itself, and then each kind at severities 1 to 5.

    Place, direction and noise follow from the seed, the image's name and the kind, and are the same at each severity:
    severities differ in strength alone, and a new kind changes nothing in the others.

    Args:
        image: RGB, shape (height, width, 3), uint8; not written to.
        box: The sign; None for the middle 80 % of the image.
        row: Names the image.
        kinds: Names of corruptions with severities.
        seed: Not negative.

    Raises:
        ImageError: If the box does not lie inside the image.
    """
    sign = sign_box(image, box)
    known = {one.name: one for one in graded_corruptions()}
    yield image
    for kind in kinds:
        for severity in SEVERITIES:
            rng = image_generator(row._replace(image=f"{row.image}\n{kind}"), seed)
            yield known[kind].apply(image, sign, severity, rng)
