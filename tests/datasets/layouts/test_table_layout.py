"""Tables of labelled images. No image is opened, so the images are empty files."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fixtures.errors import raises

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.datasets.layouts.layout import Row, path_of
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.layouts.table_layout import TableLayout
from roadsigns.errors import DataError
from roadsigns.types import Box


@pytest.fixture
def write(tmp_path):
    """Write a table, and the images with these names; gives its layout."""

    def write(*lines, images=("1.png", "2.png", "3.png"), name="t.csv"):
        for image in images:
            (tmp_path / image).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / image).touch()
        (tmp_path / name).write_text("\n".join([*lines, ""]))
        return TableLayout.recognise(tmp_path / name)

    return write


def write_parquet(path, labels, names=None, **columns):
    path.parent.mkdir(parents=True, exist_ok=True)
    images = [{"bytes": b"x", "path": f"{number}.png"} for number in range(len(labels))]
    table = pa.table({"image": images, "label": labels, **columns})
    if names:
        features = {"label": {"_type": "ClassLabel", "names": names}}
        metadata = {"huggingface": json.dumps({"info": {"features": features}})}
        table = table.replace_schema_metadata(metadata)
    pq.write_table(table, path)


def rows(items):
    items = list(items)
    assert all(isinstance(item, Row) for item in items), items
    return [(path_of(item), item.class_id) for item in items]


def problems(items):
    return [(item.kind, item.file, item.detail) for item in items if isinstance(item, Problem)]


@pytest.mark.parametrize("folders", [("de", "en"), ("data", "cropped"), (".", "data")])
def test_several_configurations_are_refused(tmp_path, folders):
    """Hugging Face keeps each in a folder of its own; the same images may be in both."""
    for folder in folders:
        write_parquet(tmp_path / folder / "train-00000-of-00001.parquet", [0, 1])
    write_parquet(tmp_path / folders[1] / "test-00000-of-00001.parquet", [0, 1])

    with raises(DataError, problem="look like configurations", hint=f"such as {tmp_path}/"):
        TableLayout.recognise(tmp_path)
    assert len(rows(TableLayout.recognise(tmp_path / folders[1]).training())) == 2


def test_folders_of_different_splits_are_one_configuration(tmp_path):
    """As some tools write them."""
    for split in ("train", "test"):
        write_parquet(tmp_path / split / "0000.parquet", [0, 1])

    layout = TableLayout.recognise(tmp_path)

    assert [len(rows(items)) for items in (layout.training(), layout.test())] == [2, 2]


def test_rows_are_images_in_the_order_of_the_table(write):
    """Class names are numbered in natural order."""
    layout = write("path,label", "3.png,sign 10", "1.png,sign 2", "2.png,sign 10")

    assert rows(layout.training()) == [("3.png", 1), ("1.png", 0), ("2.png", 1)]
    assert [sign.name for sign in layout.spec.classes] == ["sign 2", "sign 10"]
    assert (layout.title, layout.source) == ("a CSV table of paths and labels", "own")
    assert (layout.has_training, layout.has_validation, layout.has_test) == (True, False, False)


def test_numbers_are_the_labels_themselves(write):
    """A missing one shifts none; pandas writes them as floats."""
    layout = write("path,label", "1.png,3.0", "2.png,1.0")

    assert rows(layout.training()) == [("1.png", 3), ("2.png", 1)]
    assert len(layout.spec.classes) == 4


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_and_quotes_make_no_difference(write, separator):
    layout = write(separator.join(["path", "label"]), separator.join(['"a, b;.png"', '"stop"']), images=["a, b;.png"])

    assert rows(layout.training()) == [("a, b;.png", 0)]


@pytest.mark.parametrize(
    "path", ["photos/1.png", "photos\\1.png", "./photos/1.png", "photos//1.png", "x/../photos/1.png"]
)
def test_paths_start_from_the_tables_folder(write, path):
    """Windows' paths too."""
    (row,) = write("path,label", f"{path},stop", images=["photos/1.png", "x/2.png"]).training()

    assert isinstance(row, Row)
    assert row.class_id == 0


def test_absolute_paths_are_read(write, tmp_path):
    layout = write("path,label", f"{tmp_path}/photos/1.png,stop", images=["photos/1.png"])

    assert [layout.data / path for path, _ in rows(layout.training())] == [tmp_path / "photos/1.png"]


def test_splits_of_a_column_are_kept_apart(write):
    """Nothing means training."""
    layout = write("path,label,split", "1.png,a,valid", "2.png,b,Test", "3.png,a,")

    assert rows(layout.training()) == [("3.png", 0)]
    assert rows(layout.validation()) == [("1.png", 0)]
    assert rows(layout.test()) == [("2.png", 1)]


def test_unknown_split_is_refused(write):
    """It may mean something else."""
    with raises(
        DataError, problem="The column Fold holds '3'", expected="train, val or test", hint="rename", subject="t.csv"
    ):
        write("path,label,Fold", "1.png,a,3")


def test_boxes_and_tracks_come_from_columns(write):
    """An empty one is the whole image; the names no longer tell tracks."""
    layout = write(
        "path,label,x1,y1,x2,y2,track,width,height",
        *("00003_00001.png,a,1,2,3,4,tree,30,40", "00003_00002.png,a,,,,,,,"),
        images=["00003_00001.png", "00003_00002.png"],
    )

    first, second = layout.training()

    assert (first.track, first.annotation.box, first.annotation.width) == ("tree", Box(1, 2, 3, 4), 30)
    assert (second.track, second.annotation) == (None, None)
    assert not layout.tracks_from_names
    assert layout.title == "a CSV table of paths and labels, boxes from x1, y1, x2, y2"


def test_names_tell_tracks_where_no_column_does(write):
    """They are to be doubted."""
    layout = write("path,label", "a/00003_00001.png,stop", images=["a/00003_00001.png"])

    assert [row.track for row in layout.training()] == ["00003"]
    assert layout.tracks_from_names


def test_size_that_is_empty_beside_a_box_is_unknown(write):
    (row,) = write("path,label,x1,y1,x2,y2,width,height", "1.png,a,1,2,3,4,,").training()

    assert (row.annotation.width, row.annotation.fits) == (0, True)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",stop,,,,", "it names no image"),
        ("1.png,,,,,", "it names no class"),
        ("1.png,-1,,,,", "it names no class"),
        ("1.png", "it names no class"),
        ("1.png,stop,1,2,3,", "y2 is empty and other numbers of the box are not"),
        ("1.png,stop,0.1,0.2,0.3,0.4", "'0.1' is not a whole number"),
        ("1.png,stop,a,b,c,d", "'a' is not a whole number"),
    ],
)
def test_row_that_makes_no_sense_is_a_problem_with_its_line(write, row, problem):
    """The others are read."""
    layout = write("path,label,x1,y1,x2,y2", "2.png,stop,,,,", "", row, "3.png,stop,,,,")

    items = list(layout.training())

    assert problems(items) == [("bad-row", "t.csv", f"line 4: {problem}")]
    assert len(items) == 3
    assert items[1].as_error(layout.data).hint.partition(" `roadsigns")[0].endswith("Correct the row, or remove it.")


def test_fractions_are_told_to_be_pixels(write):
    """Some tools write parts of the width."""
    (item,) = write("path,label,x1,y1,x2,y2", "1.png,a,0.1,0.2,0.3,0.4").training()

    assert item.hint.startswith("Boxes are in whole pixels.")


@pytest.mark.parametrize("lines", [["path,label"], ["path,label", "", ","]])
def test_table_without_rows_is_refused(write, lines):
    with raises(DataError, problem="The table has no rows", subject="t.csv"):
        write(*lines)


def test_image_that_is_not_there_is_a_problem(write, tmp_path):
    """With the place that was looked at: paths may be meant to start elsewhere."""
    layout = write("path,label", "1.png,a", "gone/1.png,a", "9.png,b", "https://example.org/1.png,b", "\0.png,a")

    items = list(layout.training())

    assert problems(items) == [
        ("no-file", "gone/1.png", "t.csv, line 3"),
        ("no-file", "9.png", "t.csv, line 4"),
        ("no-file", "https:/example.org/1.png", "t.csv, line 5"),
        ("no-file", "\0.png", "t.csv, line 6"),
    ]
    error = items[1].as_error(layout.data, tmp_path / "t.csv")
    assert f"{tmp_path}/gone/1.png" in error.hint
    assert error.hint.endswith(f"wrong with {tmp_path}/t.csv.")


def test_repeated_row_is_read_once(write):
    """Else the image would be in training and validation after a split. Its path may be spelled otherwise."""
    layout = write("path,label", "1.png,a", "2.png,b", "1.png,a", "./2.png,b")

    items = list(layout.training())

    assert problems(items) == [
        ("repeated-row", "1.png", "t.csv, line 4: as in line 2"),
        ("repeated-row", "2.png", "t.csv, line 5: as in line 3"),
    ]
    assert [path_of(item) for item in items if isinstance(item, Row)] == ["1.png", "2.png"]


def test_absolute_path_repeats_a_relative_one(write, tmp_path):
    """Whatever folder the table is read from."""
    layout = write("path,label", "1.png,a", f"{tmp_path}/1.png,a")

    assert [kind for kind, *_ in problems(layout.training())] == ["repeated-row"]


def test_photograph_may_show_several_signs(write):
    """Each box is one."""
    layout = write("path,label,x,y,w,h", "1.png,a,0,0,9,9", "1.png,b,20,0,9,9")

    assert rows(layout.training()) == [("1.png", 0), ("1.png", 1)]


def test_image_in_two_classes_is_a_problem(write):
    layout = write("path,label", "1.png,stop", "1.png,go")

    assert problems(layout.training()) == [
        ("contrary-rows", "1.png", "t.csv, line 3: as 'go' here, as 'stop' in line 2")
    ]


@pytest.mark.parametrize(
    ("first", "second"), [("train", "test"), ("test", "train"), ("train", "val"), ("val", "train")]
)
def test_image_in_two_splits_is_a_problem_of_the_training(write, first, second):
    """Whichever row comes first: nothing is trained on what is tested with. The test itself stays as it is."""
    layout = write("path,label,split", f"1.png,a,{first}", f"1.png,a,{second}")

    assert [kind for kind, *_ in problems(layout.training())] == ["contrary-rows"]
    assert rows(layout.test() if "test" in (first, second) else layout.validation()) == [("1.png", 0)]


def test_image_for_validation_and_test_is_a_problem_of_the_validation(write):
    """Which is read together with the training."""
    layout = write("path,label,split", "1.png,a,test", "2.png,a,train", "1.png,a,val")

    assert [kind for kind, *_ in problems(layout.validation())] == ["contrary-rows"]


def test_columns_of_gtsrbs_own_names_are_gtsrbs_classes(write):
    """With labels that are numbers of them, and boxes that count the last row and column in."""
    header = "Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId,Path"
    layout = write(header, "30,31,5,6,24,25,14,1.png")
    (row,) = layout.training()

    assert (layout.spec, layout.source, row.class_id) == (GTSRB, "GTSRB", 14)
    assert row.annotation.box == Box(5, 6, 25, 26)
    assert write(header, "30,31,5,6,24,25,61,1.png").source == "own"
    assert write("ClassId,Path", "14,1.png").source == "own"


def test_parquet_files_of_a_folder_are_one_data_set(tmp_path):
    """Their splits come from their names, as Hugging Face publishes them."""
    write_parquet(tmp_path / "data/train-00000-of-00002.parquet", [1, 0], ["stop", "go"])
    write_parquet(tmp_path / "data/train-00001-of-00002.parquet", [1], ["stop", "go"])
    write_parquet(tmp_path / "data/validation-00000-of-00001.parquet", [0], ["stop", "go"])
    write_parquet(tmp_path / "data/test-00000-of-00001.parquet", [1], ["stop", "go"])
    layout = TableLayout.recognise(tmp_path)

    first, second = (f"data/train-0000{number}-of-00002.parquet" for number in (0, 1))
    assert rows(layout.training()) == [(f"{first}/000000", 1), (f"{first}/000001", 0), (f"{second}/000000", 1)]
    assert len(rows(layout.validation())) == len(rows(layout.test())) == 1
    assert layout.title == "a Parquet table that holds the images"


def test_order_of_hugging_faces_names_stays(tmp_path):
    """Classes without an image too."""
    write_parquet(tmp_path / "train.parquet", [2, 0], ["stop", "go", "bend"])
    layout = TableLayout.recognise(tmp_path)

    assert [sign.name for sign in layout.spec.classes] == ["stop", "go", "bend"]
    assert [class_id for _, class_id in rows(layout.training())] == [2, 0]


@pytest.mark.parametrize(("label", "problem"), [(3, "class 3 is none of the 2"), (-1, "it names no class")])
def test_number_without_a_name_is_a_problem(tmp_path, label, problem):
    """-1 is Hugging Face's number for no label. Rows of a Parquet file count from 1."""
    write_parquet(tmp_path / "train.parquet", [0, label], ["stop", "go"])

    items = list(TableLayout.recognise(tmp_path).training())

    ((kind, file, detail),) = problems(items)
    assert (kind, file) == ("bad-row", "train.parquet")
    assert detail.startswith(f"line 2: {problem}")


@pytest.mark.parametrize("labels", [["stop", "go"], [1, 0]])
def test_labels_of_parquet_may_be_text_or_numbers(tmp_path, labels):
    write_parquet(tmp_path / "signs.parquet", labels)

    assert [class_id for _, class_id in rows(TableLayout.recognise(tmp_path).training())] == [1, 0]


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train-00000-of-00001.parquet", "train"),
        ("signs.parquet", "train"),
        ("test/0000.parquet", "test"),
        ("valid/0000.parquet", "validation"),
        ("test signs/train-00000-of-00001.parquet", "train"),
        ("latest.parquet", "train"),
    ],
)
def test_split_of_a_parquet_file_is_a_word_of_its_name_or_folder(tmp_path, name, split):
    """Its own name first."""
    write_parquet(tmp_path / name, ["stop"])

    assert list(TableLayout.recognise(tmp_path).rows) == [split]


def test_tracks_of_parquet_come_from_the_paths_in_it(tmp_path):
    """Or from a column."""
    table = pa.table({"image": [{"bytes": b"x", "path": "00014_00003_00027.png"}], "label": [14]})
    pq.write_table(table, tmp_path / "a.parquet")
    assert [row.track for row in TableLayout.recognise(tmp_path / "a.parquet").training()] == ["00003"]

    write_parquet(tmp_path / "a.parquet", [14], track=["tree"])
    assert [row.track for row in TableLayout.recognise(tmp_path / "a.parquet").training()] == ["tree"]


def test_folder_with_images_is_no_table(tmp_path):
    """A table of results may lie beside them."""
    write_parquet(tmp_path / "results/a.parquet", ["stop"])
    (tmp_path / "stop").mkdir()
    (tmp_path / "stop/1.png").touch()

    assert TableLayout.recognise(tmp_path) is None
    assert TableLayout.recognise(tmp_path / "stop/1.png") is None
    assert TableLayout.recognise(tmp_path / "gone") is None


def test_missing_part_of_a_parquet_table_is_told(tmp_path):
    """Half of the images would be learned without a word."""
    write_parquet(tmp_path / "data/train-00000-of-00002.parquet", ["stop", "yield"])
    write_parquet(tmp_path / "data/test-00001-of-00004-1a2b.parquet", ["stop"])
    layout = TableLayout.recognise(tmp_path)

    assert problems(layout.training()) == [
        ("missing-parts", "data/train-00000-of-00002.parquet", "without part 2 of 2")
    ]
    assert problems(layout.test()) == [
        ("missing-parts", "data/test-00001-of-00004-1a2b.parquet", "without part 1 and 2 more of 4")
    ]
