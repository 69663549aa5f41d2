"""Which layout data has. No image is opened but those of the pickle, so the images are empty files."""

import logging
import pickle
import re
import subprocess
import sys
import tarfile
import zipfile

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.datasets.layouts.layout import Row
from roadsigns.datasets.layouts.recognise import open_data
from roadsigns.datasets.reader import read_training
from roadsigns.errors import DataError
from roadsigns.preprocessing.decode import read_image

HEADER = "Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId,Path\n"
# A folder of each layout: {file: content}.
FOLDERS = {
    "official": {"Final_Training/Images/00014/00003_00027.ppm": ""},
    "kaggle": {"Train/14/00014_00003_00027.png": "", "Test/0.png": "", "Test.csv": HEADER, "Meta/0.png": ""},
    "torchvision": {"gtsrb/GTSRB/Training/00014/00003_00027.ppm": "", "gtsrb/GTSRB/Training/00014/GT-00014.csv": ""},
    "splits": {"train/stop/1.png": "", "val/stop/2.png": ""},
    "plain": {"stop/1.png": "", "go/2.png": ""},
}


def write(data, files):
    for name, content in files.items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(content)
    return data


def pack(path, data):
    """Pack a folder's content into an archive."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for file in sorted(data.rglob("*")):
                archive.write(file, file.relative_to(data))
    else:
        with tarfile.open(path, "w") as archive:
            archive.add(data, ".")
    return path


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("around", ["", "archive", "archive/GTSRB", "a/b/c"])
@pytest.mark.parametrize("suffix", ["", ".zip", ".tar"])
def test_layout_is_recognised_in_a_folder_an_archive_and_folders_around_it(tmp_path, name, around, suffix):
    """Downloads often hold one folder that holds everything."""
    data = tmp_path / "data"
    write(data / around, FOLDERS[name])

    layout = open_data(pack(tmp_path / f"data{suffix}", data) if suffix else data)

    assert layout.name == name
    if layout.has_training:
        assert any(isinstance(item, Row) for item in layout.training())


def test_folder_that_is_read_in_another_is_told(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    write(tmp_path / "archive", FOLDERS["plain"])

    assert open_data(tmp_path).data == tmp_path / "archive"
    assert f"Reading {tmp_path / 'archive'}, the only folder in {tmp_path}." in caplog.messages


def test_single_class_folder_is_a_class(tmp_path):
    """It holds images; the folder around it is the data."""
    layout = open_data(write(tmp_path, {"stop/1.png": "", "stop/more/2.png": ""}))

    assert layout.data == tmp_path
    assert [sign.name for sign in layout.spec.classes] == ["stop"]


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "T.CSV"])
def test_table_is_recognised_by_its_suffix(tmp_path, name):
    assert open_data(write(tmp_path, {name: "path,label\n1.png,stop\n"}) / name).name == "table"


def test_table_in_an_archive_is_named_by_its_path(tmp_path):
    """Its images are those beside it in the archive."""
    write(tmp_path / "data", {"t.csv": "path,label\nphotos/1.png,stop\n", "photos/1.png": ""})
    path = pack(tmp_path / "signs.zip", tmp_path / "data")

    (row,) = open_data(path / "t.csv").training()

    assert (row.folder, row.name) == ("photos", "1.png")


@pytest.mark.parametrize("name", ["notes.txt", "a.7z", "a.png", "a.rar", "a.json", "a.npz", "a"])
def test_file_of_another_kind_is_refused(tmp_path, name):
    """With what is read."""
    with raises(DataError, problem="another kind", expected="zip or tar archive, or a CSV or Parquet", subject=name):
        open_data(write(tmp_path, {name: ""}) / name)


def test_missing_data_are_refused_with_where_to_get_some(tmp_path):
    for name in ("gone", "gone.zip", "gone.csv", "gone/deeper"):
        with raises(DataError, problem=f"{name} does not exist", hint="roadsigns download"):
            open_data(tmp_path / name)


def test_damaged_archive_is_refused(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"no archive")

    with raises(DataError, problem="cannot be read", subject="a.zip"):
        open_data(tmp_path / "a.zip")


@pytest.fixture
def udacity(tmp_path):
    """A pickle as Udacity's course has them: {features: images, labels: numbers}."""
    images = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
    data = {"features": images, "labels": np.array([14, 3, 14, 0, 3], np.uint8), "sizes": None}
    folder = tmp_path / "my data"
    folder.mkdir()
    for name in ("test.p", "train.p", "valid.p"):
        (folder / name).write_bytes(pickle.dumps(data))
    return folder, images


@pytest.mark.parametrize("name", ["train.p", ""])
def test_pickle_is_refused_with_a_line_that_makes_class_folders(udacity, tmp_path, name):
    """The line works as it is, in another folder too; of a folder of pickles it takes the one for training."""
    folder, images = udacity
    with raises(DataError, problem="A pickle is a program", hint="If you trust it", subject="train.p") as caught:
        open_data(folder / name)

    line = re.search(r"python -c .*", caught.value.hint)[0]
    program = line.replace("python", f"'{sys.executable}'", 1)
    subprocess.run(program, shell=True, check=True, cwd=tmp_path, timeout=60)

    with pytest.warns(UserWarning, match="No image of class 1, 2, 4"):
        data = read_training(tmp_path / "signs")
    assert [(sample.class_id, sample.track) for sample in data.samples] == [
        (number, None) for number in (0, 3, 3, 14, 14)
    ]
    for sample, index in zip(data.samples, (3, 1, 4, 0, 2), strict=True):
        np.testing.assert_array_equal(read_image(sample.path), images[index])


@pytest.mark.parametrize("name", ["$(touch x).p", "`x`.p", 'a"b.p', "a'b.p", "a\nb.pkl"])
def test_name_of_a_pickle_never_gets_into_a_shell(tmp_path, name):
    """Somebody will copy the line without reading it."""
    (tmp_path / name).touch()

    with raises(DataError, hint="open('FILE.p', 'rb')") as caught:
        open_data(tmp_path / name)
    assert name not in caught.value.hint


def test_pickles_beside_class_folders_are_told_and_not_read(tmp_path):
    with pytest.warns(UserWarning, match=r"1 \.p file"):
        data = read_training(write(tmp_path, {**FOLDERS["plain"], "train.p": ""}))

    assert len(data.samples) == 2
