"""Images in a column of a Parquet file."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fixtures.errors import raises

from roadsigns.archives.parquet_images import ParquetImages, image_column, import_parquet, row_name
from roadsigns.errors import DataError, MissingExtraError

CONTENTS = [bytes([number]) * (number + 1) for number in range(50)]


def write(path, images, **options):
    pq.write_table(pa.table({"label": range(len(images)), "image": images}), path, **options)
    return path


@pytest.mark.parametrize(
    "form", [pa.array, lambda images: pa.array([{"bytes": one, "path": "1.png"} for one in images])]
)
@pytest.mark.parametrize("size", [1, 7, 100])
def test_image_of_every_row_is_read(tmp_path, form, size):
    """As bytes alone or with a path, whatever the row groups."""
    images = ParquetImages(write(tmp_path / "a.parquet", form(CONTENTS), row_group_size=size), "a.parquet")

    assert [images.open(row_name(row)).read() for row in range(50)] == CONTENTS


@pytest.mark.parametrize("name", [row_name(50), "-1", "stop", "", "1.png", "stop/000001"])
def test_row_that_is_not_there_is_an_oserror(tmp_path, name):
    """As a file that is not there."""
    with pytest.raises(FileNotFoundError):
        ParquetImages(write(tmp_path / "a.parquet", CONTENTS), "a.parquet").open(name)


@pytest.mark.parametrize("image", [None, {"bytes": None, "path": "1.png"}])
def test_row_without_an_image_is_an_oserror(tmp_path, image):
    """Hugging Face writes the path alone where images lie beside the file."""
    images = ParquetImages(
        write(tmp_path / "a.parquet", pa.array([{"bytes": b"x", "path": "0.png"}, image])), "a.parquet"
    )

    assert images.open(row_name(0)).read() == b"x"
    with pytest.raises(OSError, match="holds no image"):
        images.open(row_name(1))


@pytest.mark.parametrize("content", ["text", [1, 2]])
def test_struct_whose_bytes_are_none_is_no_image(tmp_path, content):
    images = ParquetImages(write(tmp_path / "a.parquet", pa.array([{"bytes": content, "path": "0.png"}])), "a.parquet")

    with pytest.raises(FileNotFoundError):
        images.open(row_name(0))


def test_table_without_images_has_none(tmp_path):
    """It may hold paths."""
    pq.write_table(pa.table({"path": ["1.png"]}), tmp_path / "a.parquet")

    with pytest.raises(FileNotFoundError):
        ParquetImages(tmp_path / "a.parquet", "a.parquet").open(row_name(0))


def test_rows_are_not_listed(tmp_path):
    """A listing would lack their labels."""
    with pytest.raises(NotADirectoryError):
        ParquetImages(write(tmp_path / "a.parquet", CONTENTS), "a.parquet").scan("")


def test_damaged_row_group_is_an_oserror(tmp_path):
    """The file's end, which says what it holds, may be whole."""
    path = write(tmp_path / "a.parquet", CONTENTS)
    content = path.read_bytes()
    path.write_bytes(content[:4] + bytes(len(content) // 2) + content[4 + len(content) // 2 :])

    with pytest.raises(OSError, match="damaged"):
        ParquetImages(path, "a.parquet").open(row_name(0))


def test_changed_file_at_the_same_path_is_read_anew(tmp_path):
    """Even where its time of change is the same, as archives keep it."""
    path = write(tmp_path / "a.parquet", [b"before"])
    status = path.stat()
    assert ParquetImages(path, "a.parquet").open(row_name(0)).read() == b"before"

    write(path, [b"after, and longer"])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert ParquetImages(path, "a.parquet").open(row_name(0)).read() == b"after, and longer"


def test_rows_are_read_from_several_threads_at_once(tmp_path):
    """Of several row groups."""
    images = ParquetImages(write(tmp_path / "a.parquet", CONTENTS, row_group_size=7), "a.parquet")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda row: images.open(row_name(row % 50)).read(), range(500))) == CONTENTS * 10


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"label": pa.int64(), "image": pa.binary()}, "image"),
        ({"raw": pa.binary(), "Image": pa.binary()}, "Image"),
        ({"raw": pa.large_binary(), "label": pa.string()}, "raw"),
        ({"label": pa.binary(), "picture": pa.struct({"bytes": pa.binary()})}, "picture"),
        ({"img": pa.struct({"bytes": pa.binary(), "path": pa.string()})}, "img"),
        ({"image": pa.string(), "size": pa.struct({"width": pa.int64()})}, None),
        ({}, None),
    ],
)
def test_column_of_images_is_found_by_name_or_type(columns, found):
    """A column of paths is none."""
    assert image_column(pa.schema(columns)) == found


@pytest.mark.parametrize("kind", [pa.binary(), pa.struct({"bytes": pa.binary(), "path": pa.string()})])
def test_several_columns_of_images_are_refused(tmp_path, kind):
    """Which one shows the sign is not known."""
    schema = pa.schema({"left eye": kind, "right eye": kind})
    pq.write_table(schema.empty_table(), tmp_path / "a.parquet")

    with raises(DataError, problem="several columns of images: left eye, right eye", subject="a.parquet"):
        ParquetImages(tmp_path / "a.parquet", "a.parquet")


def test_missing_pyarrow_is_told_with_what_to_install(monkeypatch):
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)

    with raises(MissingExtraError, problem="not installed", hint="pip install 'roadsigns[parquet]'"):
        import_parquet()
