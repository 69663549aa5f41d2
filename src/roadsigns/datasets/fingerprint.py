"""Checksums of data sets, by which a run knows the data that it was trained on."""

import hashlib

from roadsigns.datasets.scenes.scene import SceneSet
from roadsigns.types import DataSet

__all__ = ["fingerprint", "fingerprint_of_scenes"]


def fingerprint(data: DataSet) -> str:
    """Return the SHA-256 of every image's class, name and box, in order, as 64 hexadecimal digits.

    No file is opened, and the place of the folder makes no difference.
    """
    digest = hashlib.sha256()
    for sample in data.samples:
        digest.update(f"{sample.class_id}/{sample.path.name} {sample.box}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def fingerprint_of_scenes(scenes: SceneSet) -> str:
    """Return the SHA-256 of every scene's name, boxes and classes, in order, as 64 hexadecimal digits.

    Signs that are ignored make no difference.
    """
    digest = hashlib.sha256()
    for scene in scenes.scenes:
        signs = [(tuple(sign.box), sign.name) for sign in scene.signs if not sign.ignored]
        digest.update(f"{scene.path.stem} {signs}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()
