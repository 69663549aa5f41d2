"""Predictions that fit are matched by name, those for other data are refused."""

import csv

from fixtures.audits import NAMES, write_cross_validation, write_tracks
from fixtures.errors import raises

from roadsigns.cross_validation.store import fold_file
from roadsigns.errors import RunError


def test_images_moved_since_then_are_not_judged(tmp_path, data, read):
    """After a label was corrected by moving the file: the rest is judged as before."""
    cross = write_cross_validation(tmp_path / "cross", data)
    (data / "bus" / "0_0.png").rename(data / "stop" / "9_0.png")

    evidence = read(cross, data)

    assert len(evidence.samples) == 99
    assert evidence.notes == (
        "The labels or boxes have changed since these predictions were made.",
        "Without a prediction, and judged by `check` alone: 1 image.",
    )


def test_predictions_of_other_data_are_refused(tmp_path, data, read):
    """Other classes; other images; the same names with other labels; another source."""
    cross = write_cross_validation(tmp_path / "cross", data)
    fewer = write_tracks(tmp_path / "fewer", classes=NAMES[:3])
    with raises(RunError, problem="numbers of classes differ", hint="roadsigns cross-validate"):
        read(cross, fewer)
    others = write_tracks(tmp_path / "others", tracks=12)
    with raises(RunError, problem="100 of its 300 images, and not bus/10_0.png", subject="cross"):
        read(cross, others)
    relabel(cross, data)
    with raises(RunError, problem="100 images have another label", subject="mine.csv"):
        read(tmp_path / "mine.csv", data)
    record = cross / "cross-validation.json"
    record.write_text(record.read_text().replace('"source": "own"', '"source": "GTSRB"'))
    with raises(RunError, problem="images of GTSRB", subject="cross"):
        read(cross, data)


def relabel(cross, data):
    """Write mine.csv, in which every label is another one."""
    rows = [row for number in (1, 2) for row in list(csv.reader(fold_file(cross, number).open()))[number > 1 :]]
    for row in rows[1:]:
        row[1] = str((int(row[1]) + 1) % len(NAMES))
    with (data.parent / "mine.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
