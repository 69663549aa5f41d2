"""Doubtful predictions are told."""

import numpy as np
import pytest
from fixtures.audits import NAMES, write_cross_validation

from roadsigns.audit.evidence import doubts


def test_networks_that_know_every_label_are_told(tmp_path, data, read, monkeypatch):
    """They have probably been trained on the images, and learned the wrong labels too."""
    monkeypatch.setattr(doubts, "SUSPICIOUSLY_MANY", 100)
    monkeypatch.setattr("fixtures.audits.made_up", lambda truth, n: np.eye(n, dtype=np.float32)[truth])

    assert "trained on them" in read(write_cross_validation(tmp_path / "cross", data), data).notes[-1]


def test_networks_that_know_little_are_told(tmp_path, data, read):
    """Their suspicions are worth little."""
    wrong = {f"{name}/{track}_{frame}.png": 0 for name in NAMES for track in range(4) for frame in range(3)}

    note = read(write_cross_validation(tmp_path / "cross", data, wrong=wrong), data).notes[-1]

    assert "misread 49.00 % of the images, so most suspicions will be images that are hard for them" in note
    assert "--recipe best" in note


@pytest.mark.parametrize(("wrong_images", "told"), [(5, False), (6, True)])
def test_networks_may_misread_one_image_in_twenty(tmp_path, data, read, wrong_images, told, monkeypatch):
    """Of 100 images, five: so many wrong labels are possible."""
    monkeypatch.setattr("fixtures.audits.made_up", lambda truth, n: np.eye(n, dtype=np.float32)[truth] * 0.9)
    wrong = {f"stop/{number // 5}_{number % 5}.png": 0 for number in range(wrong_images)}

    notes = read(write_cross_validation(tmp_path / "cross", data, wrong=wrong), data).notes

    assert any("misread" in note for note in notes) == told
