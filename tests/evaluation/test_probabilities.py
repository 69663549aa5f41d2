"""All probabilities of a fold: kept exactly, and refused where they are not the CSV's."""

import zipfile

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import RunError
from roadsigns.evaluation.predictions import keep_top
from roadsigns.evaluation.predictions_csv import read_predictions, write_predictions
from roadsigns.evaluation.probabilities import probabilities_file, read_probabilities, read_unknown, write_probabilities


@pytest.fixture
def fold(tmp_path, three_signs):
    """A fold's CSV and its probabilities: (file, predictions, probabilities)."""
    rows = np.random.default_rng(0).dirichlet([0.1] * 3, len(three_signs.samples)).astype(np.float32)
    predictions = keep_top(three_signs.samples, rows)
    write_predictions(predictions, tmp_path / "fold-1.csv")
    file = probabilities_file(tmp_path, 1)
    write_probabilities(predictions.full, file)
    return file, read_predictions(tmp_path / "fold-1.csv"), rows


def test_probabilities_are_read_back_to_the_bit(fold):
    """Six digits of the CSV are enough to see that they belong to it."""
    file, predictions, rows = fold

    assert predictions.full is None
    np.testing.assert_array_equal(read_probabilities(file, predictions, num_classes=3), rows)


def test_missing_probabilities_are_reported(fold):
    file, predictions, _ = fold
    file.unlink()

    with pytest.raises(RunError) as raised:
        read_probabilities(file, predictions, num_classes=3)
    assert raised.value.subject == str(file)
    assert "Move the fold's CSV file away" in raised.value.hint


def test_damaged_probabilities_are_refused(fold):
    """A file that breaks off, and one that is none."""
    file, predictions, _ = fold
    content = file.read_bytes()
    for broken in (content[: len(content) // 2], b"", b"class"):
        file.write_bytes(broken)
        with raises(RunError, problem="is damaged: it is no archive") as caught:
            read_probabilities(file, predictions, num_classes=3)
        assert "pickle" not in str(caught.value)


@pytest.mark.parametrize("change", ["order", "shape", "type"])
def test_probabilities_of_other_readings_are_refused(fold, change):
    """Of another model, or another number of images or classes."""
    file, predictions, rows = fold
    other = {"order": rows[::-1], "shape": rows[:, :2], "type": rows.astype(np.float64)}[change]
    write_probabilities(other, file)

    with pytest.raises(RunError) as raised:
        read_probabilities(file, predictions, num_classes=3)
    assert "shape (60, 3)" in raised.value.expected


def test_kinds_of_unknown_are_read_back_to_the_bit(fold):
    """There are none unless they were written."""
    file, _, rows = fold
    assert read_unknown(file, len(rows)) is None

    write_probabilities(rows, file, unknown=rows / 2)

    np.testing.assert_array_equal(read_unknown(file, len(rows)), rows / 2)


@pytest.mark.parametrize("change", ["nan", "above", "below", "length", "shape", "type"])
def test_kinds_of_unknown_that_are_none_are_refused(fold, change):
    """Thresholds of nonsense would be stored in a model."""
    file, _, rows = fold
    other = {
        "nan": np.full_like(rows, np.nan),
        "above": rows * 5,
        "below": -rows,
        "length": rows[:9],
        "shape": rows[:, :, np.newaxis],
        "type": rows.astype(np.float64),
    }[change]
    write_probabilities(rows, file, unknown=other)

    with raises(RunError, problem="kinds of unknown", expected="shape (60, kinds)", hint="Move the fold's CSV"):
        read_unknown(file, len(rows))


@pytest.mark.parametrize("member", ["probabilities", "unknown"])
def test_compressed_data_that_are_damaged_are_refused(fold, member):
    """Within the stream of a member, where zlib notices it."""
    file, predictions, rows = fold
    write_probabilities(rows, file, unknown=np.zeros((len(rows), 2), np.float32))
    content = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        entry = archive.getinfo(f"{member}.npy")
    # Behind the name and the extra field, whose length the header ends with.
    header = content[entry.header_offset : entry.header_offset + 30]
    start = entry.header_offset + len(header) + len(entry.filename) + int.from_bytes(header[28:], "little")
    # A block of a fourth kind, which does not exist.
    content[start] = 0b111
    file.write_bytes(content)

    with raises(RunError, problem="is damaged"):
        if member == "unknown":
            read_unknown(file, len(rows))
        else:
            read_probabilities(file, predictions, num_classes=3)
