"""The files of a judgement: every unknown image with what it was called, and pictures."""

import csv
import dataclasses

import numpy as np
import pytest
from PIL import Image

from roadsigns.evaluation.rejection.report import COLUMNS, draw_pictures, write_table
from roadsigns.reporting.misread_sheet import draw_misread


def test_table_names_every_unknown_image(judgement, tmp_path):
    """With the class that it was taken for, and whether it was accepted."""
    write_table(judgement, tmp_path)
    with (tmp_path / "unknown.csv").open(newline="") as file:
        header, *rows = csv.reader(file)

    assert header == [*COLUMNS, "max-softmax"]
    assert len(rows) == 8
    for row, image, class_id, accepted in zip(
        rows, judgement.images, judgement.class_ids, judgement.accepted, strict=True
    ):
        values = dict(zip(header, row, strict=True))
        assert (values["path"], values["kind"], values["x1"]) == (str(image.path), image.kind, "")
        assert values["name"] == judgement.evaluation.class_names[class_id]
        assert values["accepted"] == str(int(accepted))
    scores = [float(row[-1]) for row in rows]
    assert scores == pytest.approx(judgement.unknown_scores["max-softmax"].tolist(), rel=1e-8)


def test_table_has_the_kind_of_what_is_called_unknown(judgement, tmp_path):
    """Of an accepted image it has none."""
    (result,) = judgement.results
    scores = judgement.unknown_scores["max-softmax"]
    known = dataclasses.replace(result, score="known", threshold=float(np.median(scores)))
    told = dataclasses.replace(
        judgement, results=(known,), called=("danger",) * len(scores), unknown_scores={"known": scores}
    )
    write_table(told, tmp_path)

    with (tmp_path / "unknown.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["accepted"], row["unknown_kind"]) for row in rows} == {("0", "danger"), ("1", "")}


def test_pictures_are_drawn(judgement, tmp_path):
    """A histogram with the curve, and the accepted images."""
    draw_pictures(judgement, tmp_path)

    for name in ("unknown.png", "accepted.png"):
        assert np.asarray(Image.open(tmp_path / name)).std() > 10


def test_where_none_is_accepted_the_nearest_are_drawn(judgement, tmp_path):
    """In place of an empty sheet."""
    (result,) = judgement.results
    draw_pictures(dataclasses.replace(judgement, results=(dataclasses.replace(result, threshold=2.0),)), tmp_path)
    draw_misread([], tmp_path / "empty.png", title="Nothing")

    drawn, empty = (Image.open(tmp_path / name).height for name in ("accepted.png", "empty.png"))
    assert drawn > empty + 50
