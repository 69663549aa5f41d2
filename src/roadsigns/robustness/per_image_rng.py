"""A random generator for each image, seeded by the image's name: the same wherever the data folder lies."""

import hashlib

import numpy as np

from roadsigns.types import LabelledImage

__all__ = ["image_generator"]


def image_generator(row: LabelledImage, seed: int) -> np.random.Generator:
    """Return the random generator of an image."""
    name = "\n".join((str(row.class_id), row.track or "", row.image))
    # Python's own hash differs from one process to the next.
    digest = hashlib.sha256(name.encode(errors="surrogateescape")).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:8])])
