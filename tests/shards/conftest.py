"""Shards of pictures that one can count, and a reading that computes next to nothing."""

import tarfile
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from roadsigns.bulk.fields import PredictionFields
from roadsigns.bulk.stream import Result
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.errors import ImageError
from roadsigns.inference.prediction import ClassProbability, Prediction
from roadsigns.preprocessing.decode import decode_image
from roadsigns.shards.process import Reading


@pytest.fixture(scope="session")
def picture():
    """The bytes of a picture of that class, for the reading below."""

    def make(class_id, side=8):
        file = BytesIO()
        Image.fromarray(np.full((side, side, 3), class_id, np.uint8)).save(file, "PNG")
        return file.getvalue()

    return make


@pytest.fixture(scope="session")
def write_shard(picture):
    """Write a Parquet shard of pictures; an image of None is a null, of bytes these."""
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    def write(path, images, *, group=3, **columns):
        cells = [picture(image) if isinstance(image, int) else image for image in images]
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table({"image": pa.array(cells, pa.binary()), **columns}), path, row_group_size=group)
        return path

    return write


@pytest.fixture(scope="session")
def write_tar():
    """Write a tar archive of {name: bytes}."""

    def write(path, members, mode="w"):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(path, mode) as archive:
            for name, content in members.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, BytesIO(content))
        return path

    return write


@pytest.fixture
def reading():
    """Tells an image's class by its first red value, and reads some ahead."""

    def compute(entries):
        entries = list(entries)
        for entry in entries:
            outcome = entry.image
            if isinstance(outcome, bytes):
                try:
                    class_id = int(decode_image(outcome)[0, 0, 0])
                    top = (ClassProbability(class_id, GTSRB_CLASSES[class_id].name, 0.75),)
                    outcome = Prediction(class_id, top[0].name, 0.75, top)
                except ImageError as error:
                    outcome = error.about(entry.name)
            yield Result(entry, outcome)

    return Reading(compute, PredictionFields(GTSRB_CLASSES, 1), with_boxes=True)
