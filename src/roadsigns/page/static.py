"""The static files of the page, and the drawings of the signs."""

from pathlib import Path

from roadsigns.datasets.registry import spec_of, spec_with
from roadsigns.synthesis.designs import designs_of
from roadsigns.types import SignClass

__all__ = ["PAGE_FOLDER", "drawing_file", "has_drawing"]

PAGE_FOLDER = Path(__file__).parent / "site"


def has_drawing(sign: SignClass) -> bool:
    """Return whether the package has a drawing of a class. Custom classes have none."""
    spec = spec_with(sign)
    return spec is not None and spec.drawings is not None


def drawing_file(sign: SignClass) -> Path:
    """Return the drawing of a class: of its designs, the most common one.

    Raises:
        DataError: If there is none; see `has_drawing`.
    """
    designs = designs_of(spec_with(sign) or spec_of([sign]))
    shares = designs.shares[sign.class_id]
    return designs.files[sign.class_id][shares.index(max(shares))]
