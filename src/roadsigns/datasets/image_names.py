"""Names of images without a track, which splits and folds take for tracks of their own."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from roadsigns.types import Sample

__all__ = ["image_names"]


def image_names(samples: Iterable[Sample]) -> dict[tuple[int, Path], str]:
    """Name each image without a track: by its file, or by its path where files of a class have the same name.

    The names depend neither on where the data lie nor on the order of the samples.

    Returns:
        {(class id, path): name}. Signs of one class in one image have one name.
    """
    images = {(sample.class_id, sample.path) for sample in samples if sample.track is None}
    uses = Counter((class_id, path.name) for class_id, path in images)
    if len(uses) == len(images):
        return {(class_id, path): path.name for class_id, path in images}
    root = os.path.commonpath([path.parent.absolute() for _, path in images])
    return {
        (class_id, path): path.name if uses[class_id, path.name] == 1 else path.absolute().relative_to(root).as_posix()
        for class_id, path in images
    }
