"""Folders and annotation files to samples. No image is decoded here, so the images are empty files."""

import os
import warnings

import pytest
from fixtures.errors import raises

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.reader import DRAWN_MARK, read_test, read_training
from roadsigns.datasets.registry import OWN_SOURCE
from roadsigns.errors import DataError
from roadsigns.types import Box, TrackKey

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
TEST_CSV = "GT-final_test.csv"
# An absent class is no fault of these small folders; what warns is tested below.
pytestmark = pytest.mark.filterwarnings("ignore:No image of class")


def row(name, class_id=0, box=(5, 6, 24, 25), size=(30, 31)):
    """One line of an annotation file."""
    return ";".join(map(str, (name, *size, *box, class_id)))


def write_class(data, class_id, names, rows=None, header=HEADER):
    """Write a class of the official training layout: empty images and their annotations."""
    folder = data / "Final_Training" / "Images" / f"{class_id:05d}"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).touch()
    lines = [row(name, class_id) for name in names] if rows is None else rows
    table = folder / f"GT-{class_id:05d}.csv"
    table.write_text("\n".join([header, *lines]) + "\n")
    return table


def write_test(data, names, table=TEST_CSV, rows=None, header=HEADER):
    """Write the official test layout, its annotations at `table`."""
    images = data / "Final_Test" / "Images"
    images.mkdir(parents=True, exist_ok=True)
    for name in names:
        (images / name).touch()
    lines = [row(name, index % 43) for index, name in enumerate(names)] if rows is None else rows
    (data / table).write_text("\n".join([header, *lines]) + "\n")


def write_plain(data, **names):
    """Write a folder per class."""
    for folder, files in names.items():
        (data / folder).mkdir(parents=True)
        for name in files:
            (data / folder / name).touch()


def refusal(read, data):
    """The error that reading stops with."""
    with pytest.raises(DataError) as raised:
        read(data)
    return raised.value


def test_official_training_images_have_class_box_and_track(tmp_path):
    """Corners are inclusive on disk and exclusive here; the track is the first number of the name."""
    write_class(tmp_path, 0, ["00000_00000.ppm", "00000_00001.ppm", "00001_00000.ppm"])
    write_class(tmp_path, 14, ["00000_00000.ppm"])

    data = read_training(tmp_path)

    assert data.classes == GTSRB_CLASSES
    assert data.source == "GTSRB"
    assert [(sample.class_id, sample.track) for sample in data.samples] == [
        (0, "00000"),
        (0, "00000"),
        (0, "00001"),
        (14, "00000"),
    ]
    assert {sample.box for sample in data.samples} == {Box(5, 6, 25, 26)}
    assert data.samples[3].track_key == TrackKey(14, "00000")
    assert data.samples[3].path == tmp_path / "Final_Training" / "Images" / "00014" / "00000_00000.ppm"


def test_drawn_folder_is_read_as_it_was_drawn(drawn_folder):
    """43 classes, two tracks of two frames each, and a test set of two images a class."""
    training, test = read_training(drawn_folder), read_test(drawn_folder)

    assert len(training.samples) == 43 * 4
    assert len({sample.track_key for sample in training.samples}) == 43 * 2
    assert len(test.samples) == 43 * 2
    assert {sample.class_id for sample in test.samples} == set(range(43))


@pytest.mark.parametrize(("mark", "source"), [("drawn signs, seed 7\n", "drawn signs, seed 7"), ("", "drawn signs")])
def test_drawn_signs_are_another_source_than_gtsrb(tmp_path, mark, source):
    """Their tracks have the same numbers and are other signs."""
    write_class(tmp_path, 0, ["00000_00000.ppm"])
    write_test(tmp_path, ["00000.ppm"])
    (tmp_path / "drawn-signs.txt").write_text(mark)

    assert read_training(tmp_path).source == read_test(tmp_path).source == source


@pytest.mark.parametrize("mark", ["drawn from my signs, seed 0\n", "drawn from my signs, seed 0"])
def test_drawn_signs_of_own_classes_name_their_source(tmp_path, mark):
    """As those in GTSRB's layout do; the file that says so is not a class."""
    write_plain(tmp_path, stop=["00000_00000.ppm"], bus=["00000_00000.ppm"])
    (tmp_path / "drawn-signs.txt").write_text(mark)

    data = read_training(tmp_path)

    assert data.source == "drawn from my signs, seed 0"
    assert [sign.name for sign in data.classes] == ["bus", "stop"]


def test_source_that_is_no_text_is_read_all_the_same(tmp_path):
    """A mark is a mark, also a damaged one."""
    write_plain(tmp_path, stop=["00000_00000.ppm"])
    (tmp_path / "drawn-signs.txt").write_bytes(b"drawn from \xff\nmore")

    assert read_training(tmp_path).source == "drawn from \N{REPLACEMENT CHARACTER}"


@pytest.mark.gtsrb
def test_real_training_set_is_complete(gtsrb_data):
    """39,209 images of 1,307 tracks in 43 classes."""
    samples = gtsrb_data.samples

    assert len(samples) == 39_209
    assert len({sample.track_key for sample in samples}) == 1_307
    assert {sample.class_id for sample in samples} == set(range(43))


@pytest.mark.parametrize("place", [TEST_CSV, f"Final_Test/{TEST_CSV}", f"Final_Test/Images/{TEST_CSV}"])
def test_test_annotations_are_found_at_all_three_places(tmp_path, place):
    """Beside Final_Test, inside it, or inside Images. Order is the annotations', and there are no tracks."""
    (tmp_path / "Final_Test" / "Images").mkdir(parents=True)
    write_test(tmp_path, ["00001.ppm", "00000.ppm"], table=place)

    data = read_test(tmp_path)

    assert [(sample.path.name, sample.class_id, sample.track) for sample in data.samples] == [
        ("00001.ppm", 0, None),
        ("00000.ppm", 1, None),
    ]
    assert data.samples[0].box == Box(5, 6, 25, 26)


def test_annotations_without_labels_are_ignored(tmp_path):
    """The official archive has GT-final_test.test.csv inside Images; it names no class."""
    write_test(
        tmp_path, ["00000.ppm"], table="Final_Test/Images/GT-final_test.test.csv", rows=["00000.ppm;30;31;5;6;24;25"]
    )

    error = refusal(read_test, tmp_path)
    assert "no GT-final_test.csv" in error.problem
    assert "the one with labels" in error.hint

    write_test(tmp_path, ["00000.ppm"])

    assert len(read_test(tmp_path).samples) == 1


def test_test_annotations_without_the_class_column_are_refused(tmp_path):
    """The label-less file under the labelled one's name."""
    write_test(tmp_path, ["0.ppm"], rows=["0.ppm;30;31;5;6;24;25"], header=HEADER.removesuffix(";ClassId"))

    error = refusal(read_test, tmp_path)
    assert "lacks the column ClassId" in error.problem
    assert "that have labels" in error.hint


def test_test_set_stands_alone(tmp_path):
    """A folder that holds only Final_Test is evaluated on, and cannot be trained on."""
    write_test(tmp_path, ["00000.ppm"])

    assert len(read_test(tmp_path).samples) == 1
    assert "only test images" in refusal(read_training, tmp_path).problem


def test_folder_without_a_test_set_is_refused_as_one(tmp_path):
    """With the ways out: that of the caller too."""
    write_class(tmp_path, 0, ["00000_00000.ppm"])

    with raises(DataError, problem="no test images", hint="roadsigns download", subject=str(tmp_path)):
        read_test(tmp_path)
    with raises(DataError, hint="`. Or else."):
        read_test(tmp_path, instead="Or else.")


@pytest.mark.parametrize("name", ["00000_00000.ppm", "00000_00000.PPM", "00000_00000.Png", "00000_00000.JPG"])
def test_suffix_counts_in_any_case(tmp_path, name):
    write_class(tmp_path, 0, [name])

    assert [sample.path.name for sample in read_training(tmp_path).samples] == [name]


def test_absent_and_empty_classes_shift_no_label(tmp_path):
    """Class 1 has an empty folder and class 2 none; class 3 stays 3."""
    write_class(tmp_path, 0, ["00000_00000.ppm"])
    write_class(tmp_path, 1, [])
    write_class(tmp_path, 3, ["00000_00000.ppm"])

    with pytest.warns(UserWarning, match=r"No image of class 1, 2, 4, .*stay as they are"):
        data = read_training(tmp_path)

    assert [sample.class_id for sample in data.samples] == [0, 3]


def test_empty_class_of_ones_own_is_named(tmp_path):
    """Its label alone tells nobody which folder to fill."""
    (tmp_path / "go").mkdir()
    (tmp_path / "stop").mkdir()
    (tmp_path / "stop" / "1.png").touch()

    with pytest.warns(UserWarning, match=r"No image of class 0 \(go\) in"):
        read_training(tmp_path)


def test_complete_data_set_warns_of_nothing(drawn_folder):
    """Silence is the normal case."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_training(drawn_folder)


def test_hidden_folders_are_no_classes(tmp_path):
    write_class(tmp_path, 0, ["00000_00000.ppm"])
    images = tmp_path / "Final_Training" / "Images"
    (images / ".ipynb_checkpoints").mkdir()
    (images / "00000" / "._00000_00000.ppm").touch()

    assert len(read_training(tmp_path).samples) == 1


@pytest.mark.parametrize("name", ["00043", "stop", "00000 copy"])
def test_folder_that_is_no_class_is_refused(tmp_path, name):
    """In the official layout there are 43 classes and no other folders."""
    write_class(tmp_path, 0, ["00000_00000.ppm"])
    (tmp_path / "Final_Training" / "Images" / name).mkdir()

    error = refusal(read_training, tmp_path)
    assert error.subject == str(tmp_path / "Final_Training" / "Images" / name)
    assert "00000 to 00042" in error.problem


def test_images_without_annotations_are_refused(tmp_path):
    """In the official layout every class has its CSV."""
    write_class(tmp_path, 0, ["00000_00000.ppm"]).unlink()

    error = refusal(read_training, tmp_path)
    assert "1 image and no GT-00000.csv" in error.problem
    assert error.hint.startswith("Unpack")


def test_image_without_a_row_is_refused(tmp_path):
    """It would have no box."""
    write_class(tmp_path, 0, ["00000_00000.ppm", "00000_00001.ppm"], rows=[row("00000_00000.ppm")])

    error = refusal(read_training, tmp_path)
    assert error.subject.endswith("GT-00000.csv")
    assert "no row for 00000_00001.ppm" in error.problem


def test_row_without_an_image_is_refused(tmp_path):
    """Something has been lost; a check tells how much."""
    rows = [row(f"00000_0000{frame}.ppm") for frame in (0, 2, 1)]
    write_class(tmp_path, 0, ["00000_00000.ppm"], rows=rows)

    error = refusal(read_training, tmp_path)
    assert error.subject.endswith("GT-00000.csv, line 3")
    assert "00000_00002.ppm is not there" in error.problem
    assert "roadsigns check" in error.hint


def test_test_row_without_an_image_is_refused(tmp_path):
    """The same for the test set."""
    write_test(tmp_path, ["00000.ppm"], rows=[row("00000.ppm"), row("00001.ppm")])

    assert "00001.ppm is not there" in refusal(read_test, tmp_path).problem


def test_row_of_another_class_is_refused(tmp_path):
    """The folder and the annotations disagree."""
    write_class(tmp_path, 3, ["00000_00000.ppm"], rows=[row("00000_00000.ppm", class_id=4)])

    error = refusal(read_training, tmp_path)
    assert error.subject.endswith("00003/00000_00000.ppm")
    assert "annotated as class 4" in error.problem


@pytest.mark.parametrize("class_id", [-1, 43])
def test_class_that_gtsrb_does_not_have_is_refused(tmp_path, class_id):
    """Labels are 0 to 42."""
    write_test(tmp_path, ["00000.ppm"], rows=[row("00000.ppm", class_id=class_id)])

    error = refusal(read_test, tmp_path)
    assert error.subject.endswith("GT-final_test.csv, line 2")
    assert f"class {class_id} is not one of GTSRB's, which are 0 to 42" in error.problem


@pytest.mark.parametrize("missing", ["Filename", "Width", "Roi.X1", "Roi.Y2"])
def test_annotations_that_lack_a_column_are_refused(tmp_path, missing):
    """The column is named, and what was found."""
    header = ";".join(name for name in HEADER.split(";") if name != missing)
    write_class(tmp_path, 0, ["00000_00000.ppm"], header=header)

    error = refusal(read_training, tmp_path)
    assert f"lacks the column {missing}; found {header}" in error.problem


@pytest.mark.parametrize("separator", [",", "\t"])
def test_annotations_with_another_separator_are_read(tmp_path, separator):
    """Spreadsheets save them so."""
    header, line = (text.replace(";", separator) for text in (HEADER, row("00000_00000.ppm")))
    write_class(tmp_path, 0, ["00000_00000.ppm"], rows=[line], header=header)

    assert read_training(tmp_path).samples[0].box == Box(5, 6, 25, 26)


def test_empty_annotations_are_refused(tmp_path):
    write_class(tmp_path, 0, ["00000_00000.ppm"]).write_text("")

    assert "found an empty file" in refusal(read_training, tmp_path).problem


def test_annotations_that_are_no_text_are_refused(tmp_path):
    """An image under the annotations' name."""
    write_class(tmp_path, 0, ["00000_00000.ppm"]).write_bytes(b"\x89PNG\xff\xfe")

    error = refusal(read_training, tmp_path)
    assert error.subject.endswith("GT-00000.csv")
    assert "cannot be read" in error.problem


def test_annotations_may_start_with_a_byte_order_mark(tmp_path):
    table = write_class(tmp_path, 0, ["00000_00000.ppm"])
    table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes().replace(b"\n", b"\r\n"))

    assert len(read_training(tmp_path).samples) == 1


@pytest.mark.parametrize(
    "box", [(-1, 6, 24, 25), (5, -1, 24, 25), (5, 6, 30, 25), (5, 6, 24, 31), (25, 6, 24, 25), (5, 26, 24, 25)]
)
def test_box_outside_its_image_is_refused(tmp_path, box):
    """The line, the box and the image's size are named. The image has 30x31 pixels, corners are inclusive."""
    write_class(tmp_path, 0, ["00000_00000.ppm"], rows=[row("00000_00000.ppm", box=box)])

    error = refusal(read_training, tmp_path)
    assert error.subject.endswith("GT-00000.csv, line 2")
    assert "{},{} to {},{} in 30x31 pixels".format(*box) in error.problem


@pytest.mark.parametrize("box", [(0, 0, 29, 30), (29, 30, 29, 30)])
def test_box_may_reach_the_images_edge(tmp_path, box):
    """The whole image, and its last pixel alone."""
    write_class(tmp_path, 0, ["00000_00000.ppm"], rows=[row("00000_00000.ppm", box=box)])

    assert read_training(tmp_path).samples[0].box == Box(box[0], box[1], box[2] + 1, box[3] + 1)


@pytest.mark.parametrize(
    "line", ["0.ppm;30;31;5;6;24;x;0", "0.ppm;30;31;5;6", "0.ppm;30;31;5.5;6;24;25;0", "0.ppm;;;;;;;"]
)
def test_row_that_is_not_numbers_is_refused(tmp_path, line):
    """The line's number and content are reported."""
    write_test(tmp_path, ["0.ppm"], rows=[row("0.ppm"), line])

    error = refusal(read_test, tmp_path)
    assert error.subject.endswith("line 3")
    assert f"expected whole numbers, got {line}" in error.problem


@pytest.mark.parametrize("name", ["../00000.ppm", "/etc/passwd", "sub/00000.ppm"])
def test_file_name_that_is_a_path_is_refused(tmp_path, name):
    """Annotations name files beside them, nothing else on the disk."""
    write_test(tmp_path, ["00000.ppm"], rows=[row(name)])

    assert f"'{name}' is not a plain file name" in refusal(read_test, tmp_path).problem


@pytest.mark.parametrize("read", [read_training, read_test])
def test_folder_that_is_missing_or_a_file_is_refused(tmp_path, read):
    """With what a data folder looks like and how to get one."""
    (tmp_path / "file").touch()

    missing, file = refusal(read, tmp_path / "nowhere"), refusal(read, tmp_path / "file")

    assert "nowhere does not exist" in missing.problem
    assert "roadsigns draw" in missing.hint
    assert "another kind" in file.problem
    assert missing.expected == file.expected
    assert "a folder, a zip or tar archive, or a CSV or Parquet table" in file.expected


def test_test_set_without_a_row_is_refused(tmp_path):
    """A header alone."""
    write_test(tmp_path, [])

    assert "list no image" in refusal(read_test, tmp_path).problem


@pytest.mark.parametrize("folders", [[], ["a", "b"], ["Final_Training/Images"], ["Final_Training/Images/00000"]])
def test_folder_without_images_is_refused(tmp_path, folders):
    """Empty, empty classes, or an official layout without anything in it."""
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True)

    error = refusal(read_training, tmp_path)
    assert error.subject == str(tmp_path)
    assert "no images in class folders" in error.problem
    assert "PPM, PNG, JPEG" in error.expected


def test_groups_are_those_of_gtsrb_and_of_nothing_else(tmp_path):
    """A folder of drawn signs has the same classes and tracks, custom ones the same names; they are other signs."""
    for name in ("official", "drawn"):
        write_class(tmp_path / name, 26, ["00016_00000.ppm", "00099_00000.ppm"])
    (tmp_path / "drawn" / DRAWN_MARK).write_text("drawn signs, seed 0\n")
    write_plain(tmp_path / "own", **{"26": ["00016_00000.ppm"]})

    groups = {
        name: [sample.group for sample in read_training(tmp_path / name).samples]
        for name in ("official", "drawn", "own")
    }

    assert groups == {"official": ["00002", None], "drawn": [None, None], "own": [None]}


def test_own_folders_are_classes_in_natural_order(tmp_path):
    """Their names are the classes' names; hidden folders and loose files are passed over."""
    write_plain(tmp_path, **{"sign 10": ["a.png"], "sign 2": ["b.JPG"], "Bus": ["c.ppm"], ".git": ["d.png"]})
    (tmp_path / "readme.txt").touch()

    data = read_training(tmp_path)

    assert data.source == OWN_SOURCE
    assert [(sign.class_id, sign.name) for sign in data.classes] == [(0, "Bus"), (1, "sign 2"), (2, "sign 10")]
    assert [(sample.path.name, sample.class_id) for sample in data.samples] == [
        ("c.ppm", 0),
        ("b.JPG", 1),
        ("a.png", 2),
    ]
    assert {sample.box for sample in data.samples} == {None}


def test_own_folders_that_are_numbers_are_the_labels(tmp_path):
    """In numeric order; number 1 is absent and number 9 empty, and neither shifts the others."""
    write_plain(tmp_path, **{"10": ["a.png"], "9": [], "2": ["b.png"], "0": ["c.png"]})

    with pytest.warns(UserWarning, match=r"No image of class 1, 3, 4, 5, 6, 7, 8, 9 in"):
        data = read_training(tmp_path)

    assert [sample.class_id for sample in data.samples] == [0, 2, 10]
    assert [sign.class_id for sign in data.classes] == list(range(11))
    assert data.classes[10].name == "10"


def test_own_images_have_a_track_where_their_name_has_it(tmp_path):
    """TRACK_FRAME, as in GTSRB; other names tell none."""
    write_plain(tmp_path, stop=["00003_00001.png", "holiday.png", "3_1_2.png"])

    tracks = {sample.path.name: sample.track for sample in read_training(tmp_path).samples}

    assert tracks == {"00003_00001.png": "00003", "holiday.png": None, "3_1_2.png": None}


def test_two_own_folders_of_one_number_are_refused(tmp_path):
    """7 and 07 would be one class."""
    write_plain(tmp_path, **{"7": ["a.png"], "07": ["b.png"]})

    error = refusal(read_training, tmp_path)
    assert error.subject == str(tmp_path)
    assert "both are class 7" in error.problem
    assert "Merge them" in error.hint


def test_own_folders_of_huge_numbers_are_refused(tmp_path):
    """20261122 is a date; twenty million classes are a mistake."""
    write_plain(tmp_path, **{"20261122": ["a.png"], "1": ["b.png"]})

    error = refusal(read_training, tmp_path)
    assert error.subject == str(tmp_path / "20261122")
    assert "below 10000" in error.problem
    assert "Give the folders names." in error.hint


def write_annotated(data, folder, names, rows=None):
    """Write a class folder of images in GTSRB's format, in no official layout."""
    write_plain(data, **{folder: names})
    lines = [row(name, int(folder)) for name in names] if rows is None else rows
    (data / folder / f"GT-{folder}.csv").write_text("\n".join([HEADER, *lines]) + "\n")


def test_class_folders_in_gtsrbs_format_have_boxes_and_tracks(tmp_path):
    """As BelgiumTSC comes: 62 classes, none of them GTSRB's, each folder with its annotations."""
    write_annotated(tmp_path, "00000", ["00003_00000.ppm"])
    write_annotated(tmp_path, "00061", ["00001_00007.ppm"])

    data = read_training(tmp_path)

    assert data.source == OWN_SOURCE
    assert len(data.classes) == 62
    assert data.classes[61].name == "00061"
    assert [(sample.class_id, sample.track, sample.box) for sample in data.samples] == [
        (0, "00003", Box(5, 6, 25, 26)),
        (61, "00001", Box(5, 6, 25, 26)),
    ]


def test_class_folders_with_names_have_boxes_too(tmp_path):
    """The annotations' labels are then another data set's numbers, and nobody compares them."""
    write_plain(tmp_path, bus=["a.ppm"], tram=["b.ppm"])
    (tmp_path / "tram" / "GT-tram.csv").write_text(f"{HEADER}\n{row('b.ppm', 77)}\n")

    samples = read_training(tmp_path).samples

    assert [(sample.class_id, sample.box) for sample in samples] == [(0, None), (1, Box(5, 6, 25, 26))]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([row("1_0.ppm", 8)], "annotated as class 8"),
        ([], "no row for 1_0.ppm"),
        ([row("1_0.ppm", 7), row("1_1.ppm", 7)], "1_1.ppm is not there"),
        ([row("1_0.ppm", 7, box=(5, 6, 30, 25))], "5,6 to 30,25 in 30x31 pixels"),
    ],
)
def test_annotations_of_class_folders_are_as_strict(tmp_path, rows, problem):
    """Errors are refused as in the official layout."""
    write_annotated(tmp_path, "7", ["1_0.ppm"], rows)

    assert problem in refusal(read_training, tmp_path).problem


def test_nothing_is_written_to_the_data_folder(tmp_path):
    """It may be read-only."""
    write_class(tmp_path, 0, ["00000_00000.ppm"])
    write_test(tmp_path, ["00000.ppm"])
    before = sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))

    read_training(tmp_path)
    read_test(tmp_path)

    assert sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*")) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_annotations_that_may_not_be_read_are_refused(tmp_path):
    """Permissions are named."""
    write_class(tmp_path, 0, ["00000_00000.ppm"]).chmod(0)

    assert "Permission denied" in refusal(read_training, tmp_path).problem


def facts(data):
    """(path below the folder, track, whether it is held out) of each sample."""
    return [("/".join(sample.path.parts[-2:]), sample.track, sample.held_out) for sample in data.samples]


DOUBTFUL = {
    "dates": {"stop": ["20240519_101500.jpg", "20240520_101500.jpg"], "go": ["20240519_111500.jpg"]},
    "a single sign": {"1": ["1_1.jpg", "1_2.jpg"], "2": ["2_1.jpg", "2_2.jpg"]},
}


@pytest.mark.parametrize("reason", DOUBTFUL)
def test_names_that_cannot_be_tracks_are_not_taken_for_them(tmp_path, reason):
    """With what was decided, and how to change it."""
    write_plain(tmp_path, **DOUBTFUL[reason])

    with pytest.warns(UserWarning, match=rf"not taken for tracks: .*{reason}.*table with a column `track`"):
        data = read_training(tmp_path)

    assert {sample.track for sample in data.samples} == {None}


@pytest.mark.parametrize("reason", DOUBTFUL)
def test_test_images_have_tracks_where_training_images_have(tmp_path, reason):
    """What the names say is one thing in one folder."""
    write_plain(tmp_path / "train", **DOUBTFUL[reason])
    names = [f"{number}_{frame}.jpg" for number in range(2) for frame in range(2)]
    write_plain(tmp_path / "test", **dict.fromkeys(DOUBTFUL[reason], names))

    with pytest.warns(UserWarning, match=rf"not taken for tracks: .*{reason}"):
        data = read_test(tmp_path)

    assert {sample.track for sample in data.samples} == {None}


def test_test_images_alone_are_judged_by_their_own_names(tmp_path):
    write_plain(tmp_path, **DOUBTFUL["dates"])
    rows = [f"{name}/{file},{name},test\n" for name, files in DOUBTFUL["dates"].items() for file in files]
    (tmp_path / "signs.csv").write_text("path,label,split\n" + "".join(rows))

    with pytest.warns(UserWarning, match="they begin with dates"):
        assert {sample.track for sample in read_test(tmp_path / "signs.csv").samples} == {None}


def test_names_of_the_official_layout_are_believed(tmp_path):
    """A small part of it may have a single sign in each class."""
    for class_id in (0, 1):
        write_class(tmp_path, class_id, ["00003_00000.ppm", "00003_00001.ppm"])

    with warnings.catch_warnings():
        warnings.filterwarnings("error", "The names of")
        data = read_training(tmp_path)

    assert [sample.track for sample in data.samples] == ["00003"] * 4


def test_tracks_of_a_column_are_believed(tmp_path):
    """Somebody has written them."""
    write_plain(tmp_path, photos=["1.jpg", "2.jpg"])
    table = tmp_path / "signs.csv"
    table.write_text("path,label,track\nphotos/1.jpg,stop,20240519\nphotos/2.jpg,go,20240519\n")

    assert [sample.track for sample in read_training(table).samples] == ["20240519"] * 2


def test_what_is_passed_over_is_counted_and_named_in_one_warning(tmp_path):
    """Photographs of an unknown format, folders in class folders, images beside them."""
    write_plain(tmp_path, stop=["1.jpg", "2.heic", "3.HEIC", ".hidden.heic"], go=["1.jpg", "labels.csv"])
    write_plain(tmp_path / "go", more=["2.jpg"])
    (tmp_path / "stray.jpg").touch()

    with pytest.warns(UserWarning, match="Passed over") as caught:
        read_training(tmp_path)

    (message,) = {str(warning.message) for warning in caught}
    assert message == (
        f"Passed over in {tmp_path}: stray.jpg: 1 image beside the class folders; go: 1 .csv file; go/more: 1 image; "
        "stop: 2 .heic files. `roadsigns check` lists everything."
    )


def test_many_places_of_what_is_passed_over_are_counted(tmp_path):
    """A warning is no list."""
    write_plain(tmp_path, **{f"sign {number}": ["1.jpg", "2.heic"] for number in range(9)})

    with pytest.warns(UserWarning, match=r"sign 4: 1 \.heic file; and in 4 more places\. `roadsigns check`"):
        read_training(tmp_path)


def test_repeated_rows_of_a_table_are_told(tmp_path):
    """With their place."""
    write_plain(tmp_path, photos=["1.jpg", "2.jpg"])
    table = tmp_path / "signs.csv"
    table.write_text("path,label\nphotos/1.jpg,stop\nphotos/2.jpg,go\nphotos/1.jpg,stop\n")

    with pytest.warns(UserWarning, match=r"photos/1\.jpg: signs\.csv, line 4: as in line 2\."):
        data = read_training(table)

    assert len(data.samples) == 2


def test_own_validation_images_come_last_and_are_held_out(tmp_path):
    """Whatever the folders are called."""
    write_plain(tmp_path / "train", stop=["3.jpg"], go=["4.jpg"])
    write_plain(tmp_path / "dev", stop=["1.jpg"], go=["2.jpg"])

    assert facts(read_training(tmp_path)) == [
        ("go/4.jpg", None, False),
        ("stop/3.jpg", None, False),
        ("go/2.jpg", None, True),
        ("stop/1.jpg", None, True),
    ]


def test_what_was_read_is_told_in_one_line(tmp_path, caplog):
    """Each split with its number, and what is known of its images."""
    caplog.set_level("INFO")
    write_plain(tmp_path / "train", stop=["00001_1.jpg", "00002_1.jpg", "a.jpg"])
    write_plain(tmp_path / "val", stop=["1.jpg"])
    write_plain(tmp_path / "test", stop=["2.jpg", "3.jpg"])

    read_training(tmp_path)
    read_test(tmp_path)

    assert caplog.messages == [
        f"{tmp_path}: folders train, validation, test of class folders: "
        "3 training images with tracks for 2, 1 validation image, 2 test images.",
        f"{tmp_path}: folders train, validation, test of class folders: 2 test images.",
    ]


def test_data_of_validation_images_alone_are_refused_for_training(tmp_path):
    """Nothing would be learned."""
    write_plain(tmp_path, photos=["1.jpg"])
    table = tmp_path / "signs.csv"
    table.write_text("path,label,split\nphotos/1.jpg,stop,val\n")

    assert "only validation images" in refusal(read_training, table).problem


def test_data_of_test_images_alone_are_refused_for_training(tmp_path):
    """With what can be done with them."""
    write_test(tmp_path, ["00000.ppm"])

    error = refusal(read_training, tmp_path)
    assert "only test images" in error.problem
    assert "--split test" in error.hint


def test_error_in_a_table_names_the_table(tmp_path):
    """`roadsigns check` of its folder would say something else."""
    table = tmp_path / "signs.csv"
    table.write_text("path,label\n1.jpg,stop\n")

    error = refusal(read_training, table)
    assert error.subject == f"{table}, line 2"
    assert error.hint.endswith(f"wrong with {table}.")
