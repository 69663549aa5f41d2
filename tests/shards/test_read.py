"""Shards read batch by batch."""

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.shards import place, read
from roadsigns.shards.read import open_shard
from roadsigns.shards.shard import find_shards
from roadsigns.types import Box

pa = pytest.importorskip("pyarrow")
pytest.importorskip("fsspec")
REQUEST_BYTES = 200_000


def opened(path, *, with_boxes=True):
    (shard,) = find_shards([str(path)])
    return open_shard(shard, with_boxes=with_boxes)


def test_rows_are_entries_with_names_and_boxes(tmp_path, write_shard, picture):
    """A row without an image, and one with half a box, are errors of their own."""
    corners = {"x1": [1, None, 1, 1], "y1": [2, None, 2, 2], "x2": [3, None, None, 3], "y2": [4, None, 4, 4]}
    path = write_shard(tmp_path / "a.parquet", [7, 8, 9, None], name=["a", "b", "c", "d"], **corners)

    shard = opened(path)
    entries = [entry for batch in shard.batches() for entry in batch.entries]

    assert shard.images == 4
    assert shard.layout[:2] == ("image (binary)", "name (string)")
    assert [(entry.name, entry.box) for entry in entries[:2]] == [("a", Box(1, 2, 3, 4)), ("b", None)]
    assert entries[0].image == picture(7)
    assert "x2 is empty" in entries[2].image.problem
    assert "holds no image" in entries[3].image.problem


def test_images_without_a_path_are_called_by_their_row(tmp_path, write_shard):
    """Over all batches."""
    path = write_shard(tmp_path / "a.parquet", [1] * 5, group=2)

    names = [entry.name for batch in opened(path).batches() for entry in batch.entries]

    assert names == [f"a.parquet/00000{row}" for row in range(5)]


def test_images_of_hugging_face(tmp_path):
    """Structs with bytes and a path."""
    import pyarrow.parquet as pq

    cells = [{"bytes": b"one", "path": "one.png"}, {"bytes": b"two", "path": None}]
    pq.write_table(pa.table({"image": cells, "label": [3, 4]}), tmp_path / "a.parquet")

    (batch,) = opened(tmp_path / "a.parquet").batches()

    assert [(entry.name, entry.image) for entry in batch.entries] == [("one.png", b"one"), ("a.parquet/000001", b"two")]
    assert batch.carried.to_pylist() == [{"label": 3}, {"label": 4}]


def test_few_large_images_are_held_at_once(tmp_path, write_shard, monkeypatch):
    """However large a group of rows is."""
    monkeypatch.setattr(read, "BATCH_BYTES", 2800)
    path = write_shard(tmp_path / "a.parquet", [bytes([number]) * 900 for number in range(9)], group=9)

    assert [len(batch.entries) for batch in opened(path).batches()] == [2, 2, 2, 2, 1]


@pytest.mark.parametrize("group", [1, 10, 100])
def test_a_shard_is_read_in_few_requests(tmp_path, monkeypatch, group):
    """As few as its bytes allow, and none brings more than one should, however large its groups of rows are."""
    import pyarrow.parquet as pq

    monkeypatch.setattr(place, "REQUEST_BYTES", REQUEST_BYTES)
    monkeypatch.setattr(read, "BATCH_BYTES", 2 * REQUEST_BYTES)
    sizes = []
    read_range = place.Place.read_range
    monkeypatch.setattr(
        place.Place, "read_range", lambda self, start, end: sizes.append(end - start) or read_range(self, start, end)
    )
    numbers = np.random.default_rng(0)
    images = [numbers.bytes(20_000) for _ in range(100)]
    table = pa.table({"image": pa.array(images, pa.binary()), "camera": list(range(100))})
    # A page is read as a whole.
    pages = {"write_batch_size": 1, "data_page_size": REQUEST_BYTES // 4, "use_dictionary": False}
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=group, **pages)
    size = (tmp_path / "a.parquet").stat().st_size

    entries = [entry for batch in opened(tmp_path / "a.parquet").batches() for entry in batch.entries]

    assert [entry.image for entry in entries] == images
    assert max(sizes) <= REQUEST_BYTES
    assert len(sizes) <= 3 + size // REQUEST_BYTES
    assert sum(sizes) <= size + REQUEST_BYTES


def test_damage_is_an_error_of_the_shard(tmp_path, write_shard):
    """At its end as it is opened, before it while it is read."""
    path = write_shard(tmp_path / "a.parquet", [1] * 9)
    whole = path.read_bytes()

    path.write_bytes(whole[:-20])
    with raises(DataError, problem="The shard is damaged", subject="a.parquet"):
        opened(path)

    path.write_bytes(bytes(200) + whole[200:])
    with raises(DataError, problem="The shard is damaged", subject="a.parquet"):
        list(opened(path).batches())


def test_a_flipped_bit_is_noticed_where_there_are_checksums(tmp_path):
    """Such as those that are packed have."""
    import pyarrow.parquet as pq

    table = pa.table({"image": pa.array([bytes(range(256)) * 4] * 9, pa.binary())})
    pq.write_table(table, tmp_path / "a.parquet", write_page_checksum=True, compression="none", use_dictionary=False)
    content = bytearray((tmp_path / "a.parquet").read_bytes())
    content[6000] ^= 1
    (tmp_path / "a.parquet").write_bytes(content)

    with raises(DataError, problem="The shard is damaged", subject="a.parquet"):
        list(opened(tmp_path / "a.parquet").batches())


def test_a_shard_that_has_gone_is_an_error(tmp_path, write_shard):
    """A key that was listed and is missing."""
    (shard,) = find_shards([str(write_shard(tmp_path / "a.parquet", [1]))])
    (tmp_path / "a.parquet").unlink()

    with raises(DataError, problem="not there any more", subject="a.parquet"):
        open_shard(shard, with_boxes=True)


def test_archives_are_read_too(tmp_path, write_tar, picture):
    """How many images they hold is not known before."""
    path = write_tar(tmp_path / "a.tar", {"a/1.png": picture(1), "a/1.cls": b"5", "2.png": b"junk"})

    shard = opened(path)
    (batch,) = shard.batches()

    assert (shard.images, shard.has_boxes) == (None, True)
    assert [entry.name for entry in batch.entries] == ["a.tar/a/1.png", "a.tar/2.png"]
    assert batch.carried.to_pylist() == [
        {"cls": "5", "txt": None, "json": None},
        {"cls": None, "txt": None, "json": None},
    ]


def test_an_archive_that_ends_early_is_damaged(tmp_path, write_tar, picture):
    """Not a shard with fewer images."""
    path = write_tar(tmp_path / "a.tar", {f"{number}.png": picture(1) for number in range(9)})
    path.write_bytes(path.read_bytes()[:3000])

    with raises(DataError, problem="The shard is damaged", subject="a.tar"):
        list(opened(path).batches())


def test_an_archive_without_images_has_no_batches(tmp_path, write_tar):
    """Its results will be empty."""
    assert list(opened(write_tar(tmp_path / "a.tar", {"notes.md": b"x"})).batches()) == []
