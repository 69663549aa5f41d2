"""Predictions as a CSV file: small, read back as they were, and refused where they are broken."""

import lzma
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.errors import RunError
from roadsigns.evaluation.predictions import keep_top
from roadsigns.evaluation.predictions_csv import read_predictions, write_predictions
from roadsigns.types import Sample

HEADER = "image,class_id,track,class_1,probability_1,class_2,probability_2\n"
ROW = "00014/00003_00027.ppm,14,00003,14,0.75,13,0.25\n"


def samples(count, num_classes=3):
    return [
        Sample(Path(f"data/{index % num_classes}/7_{index}.png"), index % num_classes, track="7")
        for index in range(count)
    ]


@st.composite
def probabilities(draw):
    """Rows that sum to 1, of 2 to 8 classes."""
    seed, count, classes = draw(st.integers(0, 2**32)), draw(st.integers(0, 6)), draw(st.integers(2, 8))
    sharpness = draw(st.sampled_from([0, 1, 30]))
    logits = sharpness * np.random.default_rng(seed).normal(size=(count, classes))
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (exponents / exponents.sum(axis=1, keepdims=True)).astype(np.float32)


@given(probabilities())
def test_predictions_are_read_back_as_they_were_written(tmp_path_factory, rows):
    """All names, classes and rounded probabilities, and what does not decode."""
    path = tmp_path_factory.mktemp("predictions") / "fold-1.csv"
    broken = Sample(Path('data/a, "b"\n/\udcff.png'), 2)
    predictions = keep_top(samples(len(rows)), rows, undecodable=[broken])

    write_predictions(predictions, path)
    again = read_predictions(path)

    assert (again.rows, again.undecodable) == (predictions.rows, predictions.undecodable)
    assert again.undecodable[0].track_key is None
    np.testing.assert_array_equal(again.class_ids, predictions.class_ids)
    np.testing.assert_array_equal(again.probabilities, predictions.probabilities)


def test_with_fewer_classes_all_are_kept():
    """Somebody's three signs."""
    assert keep_top(samples(2), np.full((2, 3), 1 / 3, np.float32)).class_ids.shape == (2, 3)


def test_image_is_named_by_its_class_folder_and_file(tmp_path):
    """Wherever the data folder lies; a probability has no digits that say nothing."""
    rows = np.array([[0, 1, 0], [0.5, 0.25, 0.25]], np.float32)

    write_predictions(keep_top(samples(2), rows), tmp_path / "fold-1.csv")

    assert (tmp_path / "fold-1.csv").read_text().splitlines()[1:] == [
        "0/7_0.png,0,7,1,1,0,0,2,0",
        "1/7_1.png,1,7,0,0.5,1,0.25,2,0.25",
    ]


def test_thousand_images_take_less_than_100_kilobytes(tmp_path):
    """All of GTSRB in less than 4 MB."""
    rows = np.random.default_rng(0).dirichlet(np.full(43, 0.1), 1000).astype(np.float32)

    write_predictions(keep_top(samples(1000, 43), rows), tmp_path / "fold-1.csv")

    assert (tmp_path / "fold-1.csv").stat().st_size < 100_000


def test_corruption_of_each_image_is_read_back(tmp_path):
    """In a column of its own; an image that does not decode has none."""
    rows = np.array([[0.75, 0.25, 0], [0.5, 0.25, 0.25]], np.float32)
    broken = Sample(Path("data/2/8_0.png"), 2, track="8")
    predictions = replace(keep_top(samples(2), rows, undecodable=[broken]), corruptions=("dark", "low contrast"))
    path = tmp_path / "fold-1-hard.csv"

    write_predictions(predictions, path)
    again = read_predictions(path)

    assert path.read_text().splitlines()[0].startswith("image,class_id,track,corruption,class_1,")
    assert path.read_text().splitlines()[-1] == "2/8_0.png,2,8,"
    assert again.corruptions == ("dark", "low contrast")
    assert (again.rows, again.undecodable) == (predictions.rows, predictions.undecodable)
    np.testing.assert_array_equal(again.class_ids, predictions.class_ids)


def test_file_without_corruptions_names_none(tmp_path):
    """Such as every file from before version 0.2.0."""
    path = tmp_path / "fold-1.csv"
    path.write_text(HEADER + ROW)

    assert read_predictions(path).corruptions is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is empty"),
        ("Filename;Width\n", "its first line is 'Filename;Width', not image,class_id,track,class_1,"),
        ("image,class_id,track\n", "its first line is 'image,class_id,track', not"),
        (HEADER + ROW[:-1], "its last line breaks off"),
        (HEADER + ROW[:-8] + "\n", "line 2 has 6 fields instead of 7"),
        (HEADER + ROW + ROW, "line 3 names '00014/00003_00027.ppm' a second time"),
        (HEADER + ROW[21:], "line 2 names no image"),
        (HEADER + ROW.replace("14,0.75", "x,0.75"), "line 2: invalid literal"),
        (HEADER + ROW.replace("14,0.75", "99999999999,0.75"), "line 2: '99999999999' is not the number of a class"),
        (HEADER + ROW.replace(",14,", f",{'9' * 5000},", 1), "99' is not the number of a class"),
        (HEADER + ROW.replace("0.75", "nan"), "line 2 does not hold class ids with falling"),
        (HEADER + ROW.replace("0.75", "0.2"), "line 2 does not hold class ids with falling"),
        (HEADER + ROW.replace("0.75", "1.5"), "line 2 does not hold class ids with falling"),
        (HEADER + ROW.replace("0.25", "-0.25"), "line 2 does not hold class ids with falling"),
        (HEADER + ROW.replace(",13,", ",14,"), "line 2 does not hold class ids with falling"),
        (HEADER + ROW.replace(",13,", ",-1,"), "line 2 does not hold class ids with falling"),
        (HEADER + 'a,"b\n', "unexpected end of data"),
    ],
)
def test_broken_file_is_refused(tmp_path, text, problem):
    """With what is wrong, where, and what to do."""
    path = tmp_path / "fold-1.csv"
    path.write_text(text)

    with pytest.raises(RunError) as raised:
        read_predictions(path)
    assert raised.value.subject == str(path)
    assert problem in raised.value.problem
    assert "move that of a fold away" in raised.value.hint
    assert raised.value.__cause__ is not None


def test_packed_file_holds_the_same_text(tmp_path):
    """A name that ends in .xz is enough, to write and to read."""
    predictions = keep_top(samples(3), np.full((3, 3), 1 / 3, np.float32))
    plain, packed = tmp_path / "fold-1.csv", tmp_path / "fold-1.csv.xz"

    write_predictions(predictions, plain)
    write_predictions(predictions, packed)

    assert lzma.decompress(packed.read_bytes()) == plain.read_bytes()
    assert read_predictions(packed).rows == predictions.rows


@pytest.mark.parametrize("damage", [lambda packed: packed[:-20], lambda packed: b"a" + packed, lambda packed: b""])
def test_broken_packed_file_is_refused(tmp_path, damage):
    """Cut short, no such file at all, or empty."""
    path = tmp_path / "fold-1.csv.xz"
    path.write_bytes(damage(lzma.compress((HEADER + ROW).encode())))

    with raises(RunError, problem="not a complete file of predictions", subject=str(path)):
        read_predictions(path)


def test_missing_file_is_refused(tmp_path):
    """With the path."""
    with pytest.raises(RunError) as raised:
        read_predictions(tmp_path / "fold-1.csv")
    assert raised.value.subject == str(tmp_path / "fold-1.csv")
    assert "No such file" in raised.value.problem
