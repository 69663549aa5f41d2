"""Randomness that belongs to an image: from seed and name alone, wherever the data folder lies and whoever asks."""

import hashlib

import numpy as np

from roadsigns.types import LabelledImage

__all__ = ["image_generator"]


def image_generator(row: LabelledImage, seed: int) -> np.random.Generator:
    """Return a generator of an image's own."""
    name = "\n".join((str(row.class_id), row.track or "", row.image))
    # Python's own hash differs from one process to the next.
    digest = hashlib.sha256(name.encode(errors="surrogateescape")).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:8])])
