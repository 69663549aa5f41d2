"""The page's files and the drawings of the signs."""

from pathlib import Path

from roadsigns.datasets.spec import GTSRB_CLASSES
from roadsigns.synthesis.designs import official_designs
from roadsigns.types import SignClass

__all__ = ["PAGE_FOLDER", "drawing_file", "has_drawing"]

PAGE_FOLDER = Path(__file__).parent / "site"


def has_drawing(sign: SignClass) -> bool:
    """Tell whether the package has a drawing of a class; the classes of a person's own signs have none."""
    return sign.class_id < len(GTSRB_CLASSES) and sign == GTSRB_CLASSES[sign.class_id]


def drawing_file(class_id: int) -> Path:
    """Return the drawing of one of GTSRB's classes that stands most often on the road."""
    designs = official_designs()
    shares = designs.shares[class_id]
    return designs.files[class_id][shares.index(max(shares))]
