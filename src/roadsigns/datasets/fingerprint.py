"""A checksum of a data set, by which a run knows the data that it was trained on."""

import hashlib

from roadsigns.types import DataSet

__all__ = ["fingerprint"]


def fingerprint(data: DataSet) -> str:
    """Return the SHA-256 of every image's class, name and box, in order, as 64 hexadecimal digits.

    No file is opened, and the place of the folder makes no difference.
    """
    digest = hashlib.sha256()
    for sample in data.samples:
        digest.update(f"{sample.class_id}/{sample.path.name} {sample.box}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()
