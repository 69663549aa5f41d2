"""Dark images, so that people see what they show."""

import numpy as np

from roadsigns.types import UInt8Image

__all__ = ["brighten"]

WELL_LIT, WHITE = 200.0, 255


def brighten(image: UInt8Image) -> UInt8Image:
    """Multiply a dark image until its 99th percentile is nearly white; another comes back as it is."""
    bright = max(float(np.percentile(image, 99)), 1.0)
    return image if bright >= WELL_LIT else (image * (WELL_LIT / bright)).clip(0, WHITE).astype(np.uint8)
