"""Scores are read back as they were, and only beside the predictions that they belong to."""

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.cross_validation.left_out.scores_file import read_scores, scores_file, write_scores
from roadsigns.errors import RunError
from roadsigns.evaluation.predictions import keep_top


@pytest.fixture(scope="module")
def predictions(three_signs):
    """Of sixty images."""
    return keep_top(three_signs.samples, np.full((60, 3), 1 / 3, np.float32))


def test_scores_are_read_back(predictions, tmp_path):
    """To the last digit of a float32."""
    scores = {name: np.random.default_rng(seed).random(60).astype(np.float32) for seed, name in enumerate("ab")}
    write_scores(predictions, scores, scores_file(tmp_path, 3))
    found = read_scores(tmp_path / "fold-3-scores.csv", predictions)

    assert list(found) == ["a", "b"]
    for name, values in scores.items():
        np.testing.assert_array_equal(found[name].astype(np.float32), values)


def test_blank_line_at_the_end_counts_as_none(predictions, tmp_path):
    """An editor may leave one."""
    path = tmp_path / "fold-1-scores.csv"
    write_scores(predictions, {"a": np.zeros(60)}, path)
    path.write_text(path.read_text() + "\n")

    assert read_scores(path, predictions)["a"].shape == (60,)


@pytest.mark.parametrize("damage", ["missing", "empty", "blank", "shorter", "other", "no number", "no score"])
def test_file_that_does_not_fit_is_refused(predictions, tmp_path, damage):
    """With what to do."""
    path = tmp_path / "fold-1-scores.csv"
    write_scores(predictions, {"a": np.zeros(60)}, path)
    lines = path.read_text().splitlines()
    changed = {
        "empty": [],
        "blank": [""],
        "shorter": lines[:-1],
        "other": [*lines[:-1], "other.png,0.5"],
        "no number": [*lines[:-1], lines[-1].replace(",0", ",nan")],
        "no score": [line.partition(",")[0] for line in lines],
    }
    path.write_text("".join(f"{line}\n" for line in changed.get(damage, [])))
    if damage == "missing":
        path.unlink()

    with raises(RunError, problem="The scores cannot be read", hint="repeats that fold", subject=path.name):
        read_scores(path, predictions)
