"""A million crops out of those of a data set: each is repeated with other brightness, as JPEG."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from roadsigns.datasets.reader import read_training
from roadsigns.progress import progress
from roadsigns.types import Sample

QUALITY = 90
GROUP_ROWS = 1000
# Of JPEG crops, about 24 MB in a shard; so that a million make more shards than there are workers.
SHARD_ROWS = 16_000


def write_crops(data: Path, folder: Path, *, count: int) -> None:
    """Write shards of so many crops with their boxes, unless they are there."""
    if folder.is_dir():
        return
    making = folder.with_name(f"{folder.name}.making")
    making.mkdir()
    samples = read_training(data).samples
    numbers = np.random.default_rng(0)
    images = [np.asarray(Image.open(sample.path).convert("RGB"), np.float32) for sample in samples]
    with progress("Writing crops", total=count) as advance:
        for shard, start in enumerate(range(0, count, SHARD_ROWS)):
            rows = range(start, min(start + SHARD_ROWS, count))
            table = pa.table(_columns(samples, images, rows, numbers))
            pq.write_table(table, making / f"{shard:05}.parquet", row_group_size=GROUP_ROWS, compression="none")
            advance(len(rows))
    making.rename(folder)


def _columns(
    samples: Sequence[Sample], images: Sequence[np.ndarray], rows: range, numbers: np.random.Generator
) -> dict[str, pa.Array]:
    chosen = [row % len(samples) for row in rows]
    boxes = np.array([samples[index].box for index in chosen])
    encoded = [_changed(images[index], numbers) for index in chosen]
    names = [f"{row:07}.jpg" for row in rows]
    corners = {name: pa.array(boxes[:, column]) for column, name in enumerate(("x1", "y1", "x2", "y2"))}
    return {"path": pa.array(names), "image": pa.array(encoded, pa.binary()), **corners}


def _changed(image: np.ndarray, numbers: np.random.Generator) -> bytes:
    pixels = (image * numbers.uniform(0.7, 1.3)).clip(0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
