"""CSV and Parquet files as plain rows."""

import csv
import io
import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.datasets.layouts.tables import open_table
from roadsigns.errors import DataError

CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8)


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path):
    table = open_table(path)
    return table.header, [(number, list(fields)) for number, fields in table.rows()]


@given(rows=st.lists(st.tuples(CELLS.filter(str.strip), CELLS), max_size=5), separator=st.sampled_from(",;\t"))
def test_what_the_csv_module_writes_is_read(rows, separator, tmp_path_factory):
    """Whatever is in its fields, with any separator."""
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows([("path", "label"), *rows])
    path = write(tmp_path_factory.mktemp("table") / "t.csv", file.getvalue())

    assert read(path) == (("path", "label"), [(line, list(row)) for line, row in enumerate(rows, start=2)])


@pytest.mark.parametrize("name", ["t.csv", "T.CSV", "t.tsv"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_marks_line_ends_and_spaces_make_no_difference(tmp_path, name, start, end):
    """As Excel and Windows write them; names of columns may have spaces."""
    path = write(tmp_path / name, start + end.join(["path; label ", "a,b.png;stop", "", ";;", ""]))

    assert read(path) == (("path", "label"), [(2, ["a,b.png", "stop"])])


def test_quoted_fields_may_hold_separators_and_lines(tmp_path):
    """Numbers are lines of the file, where an editor finds them."""
    path = write(tmp_path / "t.csv", 'path,"label"\n"a,b.png","one\ntwo"\nc.png,"say ""stop"""\n')

    assert read(path)[1] == [(3, ["a,b.png", "one\ntwo"]), (4, ["c.png", 'say "stop"'])]


def test_empty_table_has_no_columns(tmp_path):
    assert read(write(tmp_path / "t.csv", "")) == ((), [])


def test_table_that_is_not_utf_8_is_refused(tmp_path):
    """In its header or later."""
    for content in (
        "sträße,label\n".encode("cp1252"),
        "path,label\n1.png,süd\n".encode("cp1252"),
        "a".encode("utf-16"),
    ):
        with raises(DataError, problem="not in UTF-8", hint="Save it", subject="t.csv"):
            read(write(tmp_path / "t.csv", content))


def test_table_in_an_archive_is_read(tmp_path):
    """A damaged one is told, not a traceback of zip's own."""
    path = tmp_path / "signs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("t.csv", "path,label\n1.png,stop\n")
    assert read(path / "t.csv")[1] == [(2, ["1.png", "stop"])]

    write(path, path.read_bytes().replace(b"1.png", b"2.png"))
    with raises(DataError, problem="cannot be read", subject="t.csv"):
        read(path / "t.csv")


def test_csv_that_is_none_is_refused(tmp_path):
    """A field that never ends is longer than the csv module takes."""
    with raises(DataError, problem="cannot be read", expected="CSV or Parquet", subject="t.csv"):
        read(write(tmp_path / "t.csv", "path,label\n" + "x" * 200_000))
    with raises(DataError, problem="No such file", subject="gone.csv"):
        read(tmp_path / "gone.csv")


IMAGES = {
    "bytes": (pa.array([b"one", b"two"]), [None, None]),
    "both": (pa.array([{"bytes": b"one", "path": "1.png"}, {"bytes": b"two", "path": None}]), ["1.png", None]),
    "null": (pa.array([None, {"bytes": b"two", "path": "2.png"}]), [None, "2.png"]),
}


@pytest.mark.parametrize("kind", IMAGES)
def test_parquet_rows_have_the_paths_of_their_images_and_not_the_bytes(tmp_path, kind):
    """Numbers are positions."""
    images, paths = IMAGES[kind]
    pq.write_table(pa.table({"image": images, "label": [3, 4]}), tmp_path / "t.parquet")

    table = open_table(tmp_path / "t.parquet")

    assert (table.header, table.image) == (("image", "label"), "image")
    assert list(table.rows()) == [(0, (paths[0], 3)), (1, (paths[1], 4))]


def test_parquet_table_of_paths_holds_no_images(tmp_path):
    pq.write_table(pa.table({"path": ["1.png"], "label": ["stop"]}), tmp_path / "t.parquet")

    assert open_table(tmp_path / "t.parquet").image is None
    assert read(tmp_path / "t.parquet")[1] == [(0, ["1.png", "stop"])]


def test_names_of_hugging_faces_labels_are_read(tmp_path):
    """Other columns and other metadata have none."""
    features = {"label": {"_type": "ClassLabel", "names": ["b", "a"]}, "image": {"_type": "Image"}, "boxes": [{}]}
    schema = pa.schema({"image": pa.binary(), "label": pa.int64()})
    for metadata, names in (
        ({"huggingface": json.dumps({"info": {"features": features}})}, {"label": ["b", "a"]}),
        ({"huggingface": "no JSON"}, {}),
        ({"huggingface": "[]"}, {}),
        ({"pandas": "{}"}, {}),
    ):
        table = pa.table({"image": [b"x"], "label": [0]}, schema=schema.with_metadata(metadata))
        pq.write_table(table, tmp_path / "t.parquet")
        assert open_table(tmp_path / "t.parquet").class_names == names


def test_damaged_parquet_file_is_refused(tmp_path):
    """Its end, which is read first, or its middle."""
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"path": [f"{number}.png" for number in range(99)], "label": range(99)}), path)
    content = path.read_bytes()
    for damaged in (b"", b"PAR1", content[:-20], content[:4] + bytes(400) + content[404:]):
        with raises(DataError, problem="cannot be read", subject="t.parquet"):
            read(write(path, damaged))


def test_parquet_file_in_an_archive_is_a_table(tmp_path):
    """As if it lay in a folder."""
    pq.write_table(pa.table({"path": ["a.png", "b.png"], "label": [3, 5]}), tmp_path / "t.parquet")
    with zipfile.ZipFile(tmp_path / "signs.zip", "w") as archive:
        archive.write(tmp_path / "t.parquet", "in/t.parquet")

    assert read(tmp_path / "signs.zip/in/t.parquet") == read(tmp_path / "t.parquet")


@pytest.mark.parametrize("name", ["in/t.parquet", "in/other.parquet"])
def test_parquet_file_in_an_archive_that_is_damaged_or_missing_is_refused(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "signs.zip", "w") as archive:
        archive.writestr("in/t.parquet", b"PAR1")

    with raises(DataError, problem="cannot be read", subject=f"signs.zip/{name}"):
        open_table(tmp_path / "signs.zip" / name)


@pytest.mark.parametrize(
    "rows", ['1.png,stop,"5\n2.png,stop,\n3.png,stop,\n', '1.png,stop,"5\n2.png,stop,"7"\n3.png,a,b\n']
)
def test_quotation_mark_that_swallows_rows_is_told_with_its_line(tmp_path, rows):
    """Whether it closes at the next one, or never."""
    (tmp_path / "t.csv").write_text(f"path,label,note\n0.png,stop,\n{rows}")

    with raises(DataError, problem="quotation mark opens", hint="Close it", subject="t.csv, line 3"):
        list(open_table(tmp_path / "t.csv").rows())


def test_field_of_several_lines_is_read(tmp_path):
    (tmp_path / "t.csv").write_text('path,label,note\n1.png,stop,"two\nlines"\n2.png,yield,\n')

    assert [(line, fields[0]) for line, fields in open_table(tmp_path / "t.csv").rows()] == [(3, "1.png"), (4, "2.png")]
