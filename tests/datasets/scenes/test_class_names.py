"""Names of classes are read from the files that YOLO's tools write."""

import pytest
from fixtures.errors import raises

from roadsigns.datasets.scenes.class_names import read_class_names
from roadsigns.errors import DataError


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data.yaml", "path: .\ntrain: images/train\nnc: 3\nnames: ['give way', \"no\", 30]\n"),
        ("data.yaml", "names:\n  0: give way\n  1: no\n  2: 30\n"),
        ("data.yml", "names:\n- give way\n- no\n- 30\n"),
        ("dataset.yaml", "names: {2: 30, 0: give way, 1: no}"),
        ("classes.txt", "give way\nno\n30\n\n"),
        ("obj.names", "\ufeffgive way\r\nno\r\n30"),
    ],
)
def test_names_are_texts_in_the_order_of_their_numbers(tmp_path, name, text):
    """YAML's words and numbers are names too."""
    (tmp_path / name).write_bytes(text.encode())

    assert read_class_names([tmp_path]) == (("give way", "no", "30"), tmp_path / name)


def test_the_first_file_that_names_classes_counts(tmp_path):
    """data.yaml before a list, wherever it lies; one without names is none."""
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "classes.txt").write_text("old")
    (tmp_path / "data.yaml").write_text("names: [new]")
    folders = [tmp_path / "labels", tmp_path]

    assert read_class_names(folders)[0] == ("new",)
    (tmp_path / "data.yaml").write_text("nc: 3")
    assert read_class_names(folders)[0] == ("old",)
    assert read_class_names([tmp_path / "gone"]) == ((), None)


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ("train: x\nnames: [stop", "not YAML", ", line "),
        ("names: " + "[" * 100_000, "not YAML", "data.yaml"),
        ("names: stop", "no list of names", "data.yaml"),
        ("names: [[stop]]", "no list of names", "data.yaml"),
        ("names: {0: stop, 2: yield}", "numbers 0, 2", "data.yaml"),
        ("names: {stop: 0}", "numbers stop", "data.yaml"),
    ],
)
def test_what_cannot_be_understood_is_refused(tmp_path, text, problem, line):
    (tmp_path / "data.yaml").write_text(text)

    with raises(DataError, problem=problem, expected="names: [stop, give way]") as caught:
        read_class_names([tmp_path])
    assert line in caught.value.subject
