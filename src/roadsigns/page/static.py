"""The static files of the page, and the drawings of the signs."""

from pathlib import Path

from roadsigns.datasets.spec import GTSRB_CLASSES
from roadsigns.synthesis.designs import official_designs
from roadsigns.types import SignClass

__all__ = ["PAGE_FOLDER", "drawing_file", "has_drawing"]

PAGE_FOLDER = Path(__file__).parent / "site"


def has_drawing(sign: SignClass) -> bool:
    """Return whether the package has a drawing of a class. Custom classes have none."""
    return sign.class_id < len(GTSRB_CLASSES) and sign == GTSRB_CLASSES[sign.class_id]


def drawing_file(class_id: int) -> Path:
    """Return the drawing of a GTSRB class: of its designs, the most common one."""
    designs = official_designs()
    shares = designs.shares[class_id]
    return designs.files[class_id][shares.index(max(shares))]
