"""Shards for the tests of jobs; what they share with those of shards."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def write_shard():
    """Write a Parquet shard of so many small pictures with further columns."""
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    def write(path, count, **columns):
        pixels = np.random.default_rng(count).integers(0, 256, (count, 24, 24, 3), np.uint8)
        images = [b"P6 24 24 255\n" + one.tobytes() for one in pixels]
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table({"image": pa.array(images, pa.binary()), **columns}), path)
        return path

    return write
