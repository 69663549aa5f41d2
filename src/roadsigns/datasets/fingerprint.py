"""Checksums of data sets, by which a run knows the data that it was trained on."""

import hashlib

from roadsigns.datasets.scenes.scene import Scene, SceneSet
from roadsigns.types import DataSet

__all__ = ["fingerprint", "fingerprint_of_scene", "fingerprint_of_scenes"]


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
        digest.update(_labels_of(scene))
    return digest.hexdigest()


def fingerprint_of_scene(scene: Scene) -> str:
    """Return 12 hexadecimal digits by which a scene is known again in another copy of its data, or in more data."""
    return hashlib.sha256(_labels_of(scene)).hexdigest()[:12]


def _labels_of(scene: Scene) -> bytes:
    signs = [(tuple(sign.box), sign.name) for sign in scene.signs if not sign.ignored]
    return f"{scene.path.stem} {signs}\n".encode(errors="surrogateescape")
